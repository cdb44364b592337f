"""Keeping one appointment from a relative."""
