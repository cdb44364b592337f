"""Conversations about one patient, for the family and for those who answer."""
