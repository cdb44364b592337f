"""What an invitation asks of the one who makes it."""

from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, DataRequired, StopValidation

from portal.access.offered_rights import OFFERED_RIGHTS
from portal.blueprints.invitations.relationships import OTHER, RELATIONSHIPS
from portal.identity.addresses import is_address
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l

MAIL, PAPER = "mail", "paper"


def _name(missing: Any) -> StringField:
    return StringField(
        filters=[stripped],
        validators=[DataRequired(missing), AtMost(100, _l("This name is too long"))],
    )


def _is_address(form: "MailForm", field: StringField) -> None:
    """An address is needed for a mail, and only then."""
    if not form.is_by_mail:
        return
    if not field.data:
        raise StopValidation(str(_l("Write the e-mail address of this person")))
    if not is_address(field.data):
        raise StopValidation(str(_l("Write the whole address, such as jeanne@example.org")))


class MailForm(PortalForm):
    """By mail; `WayForm` adds the choice of paper."""

    email = StringField(
        filters=[stripped],
        validators=[AtMost(254, _l("This e-mail address is too long")), _is_address],
    )

    @property
    def is_by_mail(self) -> bool:
        return True

    @property
    def problems(self) -> list[tuple[str, str]]:
        """In the order of the page, where how to reach the person comes last."""
        return sorted(super().problems, key=lambda problem: problem[0] in ("way", "email"))


class WayForm(MailForm):
    """`can_mail` is set by the view: without it everything goes on paper."""

    way = RadioField(
        choices=offered([MAIL, PAPER]),
        validate_choice=False,
        validators=[AnyOf([MAIL, PAPER], message=_l("Choose one of the answers"))],
    )
    can_mail = True

    def only_paper(self) -> None:
        self.can_mail = False
        self.way.data = PAPER

    @property
    def is_by_mail(self) -> bool:
        return self.can_mail and self.way.data == MAIL


class CarerForm(WayForm):
    given_name = _name(_l("Write the first name of this person"))
    family_name = _name(_l("Write the last name of this person"))
    relationship = SelectField(
        choices=offered(["", *RELATIONSHIPS, OTHER]),
        validate_choice=False,
        validators=[AnyOf([*RELATIONSHIPS, OTHER], message=_l("Say who this person is"))],
    )
    relationship_text = StringField(
        filters=[stripped], validators=[AtMost(100, _l("Write it in fewer words"))]
    )
    rights = SelectMultipleField(
        choices=offered([f"{category}:{action}" for category, action in OFFERED_RIGHTS]),
        validate_choice=False,
        validators=[DataRequired(_l("Choose what this person may see"))],
    )

    def validate_relationship_text(self, field: StringField) -> None:
        if self.relationship.data == OTHER and not field.data:
            raise StopValidation(str(_l("Write who this person is, for example: godmother")))

    def validate_rights(self, field: SelectMultipleField) -> None:
        known = {f"{category}:{action}" for category, action in OFFERED_RIGHTS}
        if not set(field.data or ()) <= known:
            raise StopValidation(str(_l("Choose among the answers of the page")))

    @property
    def relation(self) -> str:
        """A role code, or words: in lower case, so that no word is taken for a code."""
        if self.relationship.data != OTHER:
            return str(self.relationship.data)
        text = str(self.relationship_text.data)
        return text.lower() if text.isupper() else text

    @property
    def grants(self) -> tuple[str, ...]:
        """Without a `see` that an `act` implies."""
        chosen = set(self.rights.data or ())
        implied = {right.replace(":act", ":see") for right in chosen if right.endswith(":act")}
        return tuple(sorted(chosen - implied))


class PatientForm(WayForm):
    """The patient is named in the record."""


class ProfessionalForm(WayForm):
    practitioner = RadioField(validate_choice=False)

    def write_to(self, address: str) -> None:
        """The address of the directory, whatever was typed."""
        self.email.data, self.way.data = address, MAIL

    def offer(self, ids: list[str]) -> None:
        self.practitioner.choices = offered(ids)
        self.practitioner.validators = [AnyOf(ids, message=_l("Choose one of the professionals"))]


class ColleagueForm(MailForm):
    given_name = _name(_l("Write the first name of this person"))
    family_name = _name(_l("Write the last name of this person"))
    organization = RadioField(validate_choice=False)

    def offer(self, ids: list[str]) -> None:
        self.organization.choices = offered(ids)
        self.organization.validators = [AnyOf(ids, message=_l("Choose one of the answers"))]


class ExpertForm(WayForm):
    """A patient expert may have no e-mail address, or an account already: the way is the same."""

    given_name = _name(_l("Write the first name of this person"))
    family_name = _name(_l("Write the last name of this person"))
    organization = RadioField(validate_choice=False)

    def offer(self, ids: list[str]) -> None:
        self.organization.choices = offered(ids)
        self.organization.validators = [AnyOf(ids, message=_l("Choose one of the answers"))]
        if len(ids) == 1:
            self.organization.data = ids[0]
