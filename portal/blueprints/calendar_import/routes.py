"""A calendar file that a hospital sent becomes an appointment."""

from flask import Blueprint

bp = Blueprint("calendar_import", __name__, url_prefix="/p/<uuid:patient_id>/agenda/import")
