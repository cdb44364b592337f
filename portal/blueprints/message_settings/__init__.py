"""How one hears of messages, and how soon one answers them."""
