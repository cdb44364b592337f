"""Files of many lines that become entries of the directory, batch by batch."""
