"""What to prepare before a visit, and notes beside it."""

from flask import Blueprint

bp = Blueprint(
    "preparation", __name__, url_prefix="/p/<uuid:patient_id>/agenda/<uuid:appointment_id>"
)
