"""When and how each person wants to be reminded."""
