"""A new subscription: for which device, whose visits, how much of them, and when it rings."""

from collections.abc import Collection
from uuid import UUID

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.blueprints.calendars.service import ALARMS, Wanted
from portal.models.base import new_id
from portal.web.form_values import uuid_of
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l

ALL = "all"
NEUTRAL, DETAILED = "neutral", "detailed"


class FeedForm(PortalForm):
    """`people` are the ids of the reader's own people, set by the view."""

    name = StringField(
        filters=[stripped],
        validators=[
            AtMost(80, _l("Write it in fewer words")),
            DataRequired(_l("Write the name of the device")),
        ],
    )
    whose = RadioField(validate_choice=False)
    level = RadioField(validate_choice=False)
    alarm = SelectField(validate_choice=False)
    feed_id = HiddenField()
    people: Collection[UUID] = ()

    def validate_whose(self, field: RadioField) -> None:
        is_everybody = field.data == ALL and len(self.people) > 1
        if not is_everybody and uuid_of(field.data) not in self.people:
            raise ValidationError(str(_l("Choose whose appointments")))

    def validate_level(self, field: RadioField) -> None:
        if field.data not in (NEUTRAL, DETAILED):
            raise ValidationError(str(_l("Choose what is written")))

    def validate_alarm(self, field: SelectField) -> None:
        if field.data and field.data not in {str(one) for one in ALARMS}:
            raise ValidationError(str(_l("Choose a time of the list")))

    def wanted(self) -> Wanted:
        return Wanted(
            feed_id=uuid_of(self.feed_id.data) or new_id(),
            name=self.name.data or "",
            patient_id=uuid_of(self.whose.data),
            is_detailed=self.level.data == DETAILED,
            alarm_minutes=int(self.alarm.data) if self.alarm.data else None,
        )
