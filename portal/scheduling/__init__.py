"""Appointments as they are made, repeated, answered, announced and sent to calendars."""
