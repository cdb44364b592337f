"""From whom an appointment or a conversation is kept."""

from uuid import UUID

from wtforms import BooleanField, SelectMultipleField
from wtforms.validators import StopValidation

from portal.web.forms import PortalForm
from portal.web.i18n import lazy_gettext as _l


class HidingForm(PortalForm):
    """`offer` says whose links there are: any other one is refused."""

    links = SelectMultipleField(validate_choice=False)
    is_secret = BooleanField()
    """A minor keeps it from their parents and from everybody else."""

    offered: frozenset[str] = frozenset()

    def offer(self, links: list[UUID]) -> None:
        self.offered = frozenset(str(one) for one in links)

    def validate_links(self, field: SelectMultipleField) -> None:
        if not self.offered.issuperset(field.data or ()):
            raise StopValidation(str(_l("Choose among the answers of the page")))

    def chosen(self) -> set[UUID | None]:
        """Links; None is "from all of them"."""
        found: set[UUID | None] = {UUID(one) for one in self.links.data or ()}
        return found | ({None} if self.is_secret.data else set())
