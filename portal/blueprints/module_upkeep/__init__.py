"""What happens to a module after it was published: its review renewed, its readers, its end."""
