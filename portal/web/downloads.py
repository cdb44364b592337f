"""What a browser keeps as a file."""

from urllib.parse import quote

from flask import Response


def as_download(response: Response, name: str) -> Response:
    """Never shown within our pages: the device opens it with what it has for that.

    RFC 5987: any name, and nothing in it ends the header.
    """
    quoted = quote(name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quoted}"
    return response
