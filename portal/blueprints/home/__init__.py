"""Home: what is next, whom to call, and for whom."""
