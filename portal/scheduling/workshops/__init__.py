"""Workshops with a number of places: prepared, proposed, taken, called off."""
