"""Telling people that something changed or waits for them, and never what."""
