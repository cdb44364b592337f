"""Choosing the file."""

from wtforms import FileField

from portal.web.forms import PortalForm


class ImportForm(PortalForm):
    """Filled by the view: the file is read in pieces, never as a field."""

    file = FileField()
