"""Choosing a file, and saying what it shows."""

from wtforms import FileField, StringField

from portal.web.forms import PortalForm


class FileForm(PortalForm):
    """Filled by the view: a file is no text."""

    file = FileField()
    alternative_text = StringField()
