"""How a conversation is shown: author lines, messages, lines of acts, rows of lists."""
