"""One's own account: who I am here, and how I read."""
