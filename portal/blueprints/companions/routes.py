"""Who goes along, and how they get there."""

from flask import Blueprint

bp = Blueprint(
    "companions", __name__, url_prefix="/p/<uuid:patient_id>/agenda/<uuid:appointment_id>"
)
