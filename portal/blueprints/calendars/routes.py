"""Subscriptions: the agenda in the calendar that people already use."""

from flask import Blueprint

bp = Blueprint("calendars", __name__)
