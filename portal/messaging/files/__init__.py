"""Photos and documents of messages: sealed, counted, forgotten."""
