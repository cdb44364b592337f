"""Who may do what, in one place; everything that is not said here is denied."""
