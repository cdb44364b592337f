"""Features, and the audiences that compose them."""
