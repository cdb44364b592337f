"""Visits that repeat: the rule, what follows, the end."""
