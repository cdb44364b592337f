"""Which of two entries stays, and which value of each field that differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wtforms import HiddenField, RadioField
from wtforms.validators import AnyOf

from portal.blueprints.directory.forms import OrganizationForm, PractitionerForm
from portal.blueprints.directory.merging import Entry, fields_of
from portal.models.directory import Practitioner
from portal.web.forms import PortalForm, offered
from portal.web.i18n import lazy_gettext as _l


class Side(StrEnum):
    FIRST = "first"
    SECOND = "second"


class MergeForm(PortalForm):
    keep = RadioField(
        choices=offered([one.value for one in Side]),
        validate_choice=False,
        validators=[AnyOf(list(Side), message=_l("Choose which entry stays"))],
    )
    version = HiddenField()

    def in_order(self, first: Any, second: Any) -> tuple[Any, Any]:
        """The one that stays, then the one that goes."""
        return (first, second) if self.keep.data == Side.FIRST else (second, first)

    def from_gone(self, names: Iterable[str], sent: Mapping[str, str]) -> frozenset[str]:
        """The fields whose value was chosen from the entry that goes."""
        goes = Side.SECOND if self.keep.data == Side.FIRST else Side.FIRST
        return frozenset(name for name in names if sent.get(name) == goes)


@dataclass(frozen=True, slots=True)
class Choice:
    """One field that differs, in words; `chosen` is a side."""

    name: str
    label: str
    first: str
    second: str
    chosen: str

    @property
    def words(self) -> str:
        return self.first if self.chosen == Side.FIRST else self.second


def choices_of(first: Entry, second: Entry, sent: Mapping[str, str]) -> list[Choice]:
    """As sent, else what is not empty, else the first."""
    form_type = PractitionerForm if isinstance(first, Practitioner) else OrganizationForm
    form = form_type()
    return [
        Choice(
            name=name,
            label=form[name].label.text,
            first=form.words_of(name, getattr(first, name)),
            second=form.words_of(name, getattr(second, name)),
            chosen=_chosen(sent.get(name, ""), getattr(first, name)),
        )
        for name in fields_of(first)
        if getattr(first, name) != getattr(second, name)
    ]


def _chosen(sent: str, first: Any) -> str:
    if sent in Side.__members__.values():
        return sent
    return Side.FIRST if first else Side.SECOND
