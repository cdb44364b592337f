"""Signing in: password and code, recovery codes, invitations and enrolment."""
