"""When a professional is away, and who answers instead."""
