"""What the patient needs, and who answers for it."""
