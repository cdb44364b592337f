"""The education programme as the team sees it, and its papers, which the family reads too."""
