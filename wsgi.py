"""The WSGI entry: `granian --interface wsgi wsgi:app`, or any other WSGI server."""

from portal import create_app
from portal.config import Config
from portal.errors import ConfigError
from portal.web import logs

try:
    config = Config.from_env()
    app = create_app(config)
    app.extensions["database"].check_durability()
except ConfigError as error:
    raise SystemExit(f"Relais cannot start. {error}") from None
logs.configure(config.log_level)
