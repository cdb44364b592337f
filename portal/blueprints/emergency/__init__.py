"""One hour in a file for a professional outside the circle; the patient is told at once."""
