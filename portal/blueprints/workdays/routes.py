"""The day and the week of a professional, on the screen and on paper."""

from flask import Blueprint

bp = Blueprint("workdays", __name__, url_prefix="/professional/agenda")
