"""What the patient answers, and what the professional answers them."""
