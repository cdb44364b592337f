"""The directory: organizations and professionals."""
