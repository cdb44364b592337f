"""How well circles are kept, by organization."""
