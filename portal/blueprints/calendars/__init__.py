"""Subscriptions: the agenda in the calendar that people already use."""
