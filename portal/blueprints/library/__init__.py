"""Modules that anybody may read, without an account."""
