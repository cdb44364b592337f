"""What the patient answers, and what the professional answers them."""

from flask import Blueprint

bp = Blueprint(
    "answering", __name__, url_prefix="/p/<uuid:patient_id>/agenda/<uuid:appointment_id>"
)
