"""Inviting: relatives, the patient themself, professionals of the circle, fellow coordinators."""
