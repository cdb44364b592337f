"""Modules as pages show them: in lists, step by step, with who answers for them."""
