"""Choosing the file, then what of it is kept."""

from wtforms import FileField, HiddenField, SelectMultipleField

from portal.web.forms import PortalForm


class FileForm(PortalForm):
    """Filled by the view: a file is no text."""

    file = FileField()


class ChoiceForm(PortalForm):
    """The numbers of what was ticked, and what was read, sealed."""

    chosen = SelectMultipleField(validate_choice=False)
    sealed = HiddenField()

    def numbers(self, most: int) -> list[int]:
        """Those that the page offered."""
        told = {text for text in self.chosen.data or [] if text.isascii() and text.isdigit()}
        return [number for number in range(most) if str(number) in told]
