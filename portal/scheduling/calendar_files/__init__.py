"""A calendar file (RFC 5545) that somebody sent, read without trusting it."""
