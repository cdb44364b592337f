"""Workshops with a number of places."""

from flask import Blueprint

bp = Blueprint("workshops", __name__, url_prefix="/professional/workshops")
