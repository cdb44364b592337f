"""What to prepare before a visit, and notes beside it."""
