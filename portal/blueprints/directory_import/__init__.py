"""A CSV file becomes entries of the directory."""
