"""The agenda: one place for practice, hospital, home visits and family."""
