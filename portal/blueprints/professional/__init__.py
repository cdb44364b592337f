"""The professionals' side: their patients."""
