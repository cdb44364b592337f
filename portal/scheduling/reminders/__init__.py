"""What people asked to be reminded of, and when it is due."""
