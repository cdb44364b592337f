"""Who writes and who reviews modules, as the coordinators of an organization keep it."""
