"""When and how each person wants to be reminded."""

from flask import Blueprint

bp = Blueprint("reminders", __name__, url_prefix="/account/reminders")
