"""What a new module is called, about what, for whom, and who answers for it."""

from uuid import UUID

from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.education.members import House
from portal.models.education import Audience, Theme
from portal.web.form_values import uuid_of
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l


class NewModuleForm(PortalForm):
    """The view sets `organizations`, for which the reader writes."""

    title = StringField(
        filters=[stripped],
        validators=[
            AtMost(80, _l("Write it in fewer words")),
            DataRequired(_l("Write what the module is called")),
        ],
    )
    theme = RadioField(choices=offered(Theme), validate_choice=False)
    audience = RadioField(choices=offered(Audience), validate_choice=False)
    organization = RadioField(validate_choice=False)
    organizations: list[House]

    def validate_theme(self, field: RadioField) -> None:
        if field.data not in list(Theme):
            raise ValidationError(str(_l("Choose what it is about")))

    def validate_audience(self, field: RadioField) -> None:
        if field.data not in list(Audience):
            raise ValidationError(str(_l("Choose for whom it is written")))

    def validate_organization(self, field: RadioField) -> None:
        if self.organization_id is None:
            raise ValidationError(str(_l("Choose who publishes it")))

    @property
    def organization_id(self) -> UUID | None:
        """The only one, or the one that was chosen."""
        offered_ids = [one.id for one in self.organizations]
        if len(offered_ids) == 1:
            return offered_ids[0]
        chosen = uuid_of(self.organization.data)
        return chosen if chosen in offered_ids else None
