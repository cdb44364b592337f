"""Who is in the circle of a patient: adding, changing, ending, leaving."""
