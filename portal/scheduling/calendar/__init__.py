"""Agendas as iCalendar (RFC 5545 and 7986): what phones and computers subscribe to."""
