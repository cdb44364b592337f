"""Booking, moving and cancelling, for a patient."""
