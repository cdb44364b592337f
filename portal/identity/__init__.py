"""Accounts and what proves who holds them (NIST SP 800-63B): rules and rows, nothing of the web."""
