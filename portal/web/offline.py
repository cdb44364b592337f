"""The page that says that there is no network, as scripts carry it along."""

import json

from flask import Response, current_app

from portal.config import LOCALES
from portal.web.templating import environment

_LASTS = 3600
"""Seconds for which a browser does not ask again for the script of a worker."""


def worker(name: str, **values: object) -> Response:
    """The script of a service worker, with the page of each language and `__NAME__` replaced."""
    pages = {
        locale: environment(locale).get_template("errors/offline.html").render()
        for locale in LOCALES
    }
    body = current_app.extensions["assets"].text(name)
    for placeholder, value in {"OFFLINE": pages, **values}.items():
        body = body.replace(f"__{placeholder}__", json.dumps(value, ensure_ascii=False))
    response = Response(body, mimetype="text/javascript")
    response.headers["Cache-Control"] = f"private, max-age={_LASTS}"
    return response
