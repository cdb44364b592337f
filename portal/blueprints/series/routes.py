"""Visits that repeat: the rule, what follows, the end."""

from flask import Blueprint

bp = Blueprint("series", __name__, url_prefix="/p/<uuid:patient_id>/agenda/series")
