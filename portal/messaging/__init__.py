"""Conversations as they are begun, sent, read, answered, handed on, and announced."""
