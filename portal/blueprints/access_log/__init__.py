"""Who read the file, in plain words; a line that surprises can be asked about."""
