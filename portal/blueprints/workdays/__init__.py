"""The day and the week of a professional, on the screen and on paper."""
