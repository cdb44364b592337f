"""Photos and documents of a message."""
