"""Flask extensions, created bare; `create_app` binds them."""

from flask_compress import Compress
from flask_login import LoginManager
from htmx_flask import Htmx

compress = Compress()
htmx = Htmx()
login_manager = LoginManager()
