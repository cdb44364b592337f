"""Photos and documents of messages: checked, made anew, sealed, forgotten."""
