"""Who does what: the circle around the patient."""
