"""The resources that the files of one command bring, each with where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from portal.fhir.elements import Json, one_line, text, values_at

KINDS = (
    *("Organization", "Practitioner", "PractitionerRole", "Location", "Patient"),
    *("RelatedPerson", "CareTeam", "CarePlan", "Appointment"),
)
"""In the order in which they are written: what is referred to comes first."""

_MEMBERS = (
    "Practitioner",
    "PractitionerRole",
    "RelatedPerson",
    "Organization",
    "Patient",
    "CareTeam",
)
_ACTORS = ("Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Location")

MAPPED_REFERENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "Organization": {},
    "Practitioner": {},
    "Location": {"managingOrganization": ("Organization",)},
    "PractitionerRole": {"practitioner": ("Practitioner",), "organization": ("Organization",)},
    "Patient": {"managingOrganization": ("Organization",)},
    "RelatedPerson": {"patient": ("Patient",)},
    "CareTeam": {
        "subject": ("Patient",),
        "participant.member": _MEMBERS,
        "participant.onBehalfOf": ("Organization",),
        "managingOrganization": ("Organization",),
    },
    "CarePlan": {"subject": ("Patient",)},
    "Appointment": {"participant.actor": _ACTORS},
}
"""The references that become something on a page, and the types that they may mean."""


@dataclass(slots=True, eq=False)
class Incoming:
    """One resource. The last fields are known once it was written, or found to be written."""

    file: str
    path: str
    kind: str
    body: Json
    full_url: str = ""
    source_text: str = ""
    """The file's own text when it holds this resource alone."""
    bundle: "Bundle | None" = None
    parent: "Incoming | None" = None
    contained: dict[str, "Incoming"] = field(default_factory=dict)
    key: str = ""
    """Under which it is stored; empty until then, and for ever when it is left out."""
    row_id: UUID | None = None
    patient_id: UUID | None = None

    @property
    def label(self) -> str:
        if self.parent:
            return f"{self.parent.label}#{text(self.body, 'id')}"
        if resource_id := text(self.body, "id"):
            return f"{self.kind}/{resource_id}"
        return f"{self.kind} {self.full_url}".strip()

    @property
    def base(self) -> str:
        """The server's address, when the Bundle gives the resource an absolute URL."""
        if not is_absolute(self.full_url):
            return ""
        return self.full_url.rsplit("/", 2)[0]


@dataclass(slots=True, eq=False)
class Bundle:
    """What a Bundle holds, by every name under which its resources may be called."""

    names: dict[str, Incoming] = field(default_factory=dict)
    full_urls: set[str] = field(default_factory=set)
    """Of every entry, those of types that are not read too."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that is not read at all."""

    file: str
    kind: str
    label: str
    reason: str


def is_absolute(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def all_references(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every `reference` of a resource with its path, whether it is mapped or not."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from all_references(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "reference" and isinstance(item, str):
                yield f"{path}.reference", one_line(item)
            else:
                yield from all_references(item, f"{path}.{one_line(name)}")


def mapped_references(incoming: Incoming) -> Iterator[tuple[Json, tuple[str, ...]]]:
    """Each reference object of the body with the types that it may mean."""
    for dotted, kinds in MAPPED_REFERENCES[incoming.kind].items():
        for _, reference in values_at(incoming.body, dotted):
            if isinstance(reference, dict):
                yield reference, kinds
