"""Booking, moving and cancelling, for a patient."""

from flask import Blueprint

bp = Blueprint("booking", __name__, url_prefix="/p/<uuid:patient_id>/agenda")
