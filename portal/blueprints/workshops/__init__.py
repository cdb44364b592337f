"""Workshops with a number of places."""
