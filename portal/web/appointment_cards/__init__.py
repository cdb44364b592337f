"""The cards of an appointment's page: each says one thing in words, and what can be done."""

from portal.web.appointment_cards.facts import Facts

__all__ = ["Facts"]
