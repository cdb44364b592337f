"""Who goes along, and how they get there."""
