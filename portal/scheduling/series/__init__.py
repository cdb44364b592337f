"""Visits that repeat: the rule, its dates as rows, and what changes of them."""
