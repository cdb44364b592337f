"""Education: modules that patient experts write, professionals review, and people read."""
