"""What patients are asked: the published texts, their versions, and a mark of each exact text."""
