"""What families answer and ask for, and what the professional answers them."""
