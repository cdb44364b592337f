"""The code sets whose values FHIR R4 requires; other codes are free and kept as text.

Source: the required bindings of https://hl7.org/fhir/R4/ for the resources that are imported.
"""

from portal.errors import ImportRefusedError
from portal.fhir.elements import Json, shown, values_at
from portal.models.agenda import AppointmentStatus
from portal.models.care import CareTeamStatus
from portal.models.directory import Gender

_GENDER = tuple(Gender)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME_USE = ("usual", "official", "temp", "nickname", "anonymous", "old", "maiden")
_TELECOM_SYSTEM = ("phone", "fax", "email", "pager", "url", "sms", "other")
_TELECOM_USE = ("home", "work", "temp", "old", "mobile")
_ADDRESS_USE = ("home", "work", "temp", "old", "billing")
_IDENTIFIER_USE = ("usual", "official", "temp", "secondary", "old")
_NARRATIVE = ("generated", "extensions", "additional", "empty")
_BUNDLE_TYPE = (
    *("document", "message", "transaction", "transaction-response", "batch", "batch-response"),
    *("history", "searchset", "collection"),
)
_PLAN_STATUS = (
    *("draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"),
)
_ACTIVITY_STATUS = (
    *("not-started", "scheduled", "in-progress", "on-hold", "completed", "cancelled"),
    *("stopped", "unknown", "entered-in-error"),
)
_METHOD = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")

_EVERYWHERE = {"identifier.use": _IDENTIFIER_USE, "text.status": _NARRATIVE}
_REACHED = {"telecom.system": _TELECOM_SYSTEM, "telecom.use": _TELECOM_USE}
_PLACED = {"address.use": _ADDRESS_USE, "address.type": ("postal", "physical", "both")}
_PERSON = {"gender": _GENDER, "name.use": _NAME_USE} | _REACHED | _PLACED

_REQUIRED: dict[str, dict[str, tuple[str, ...]]] = {
    "Patient": _PERSON
    | {
        "contact.gender": _GENDER,
        "contact.name.use": _NAME_USE,
        "link.type": ("replaced-by", "replaces", "refer", "seealso"),
    },
    "Practitioner": _PERSON,
    "RelatedPerson": _PERSON,
    "PractitionerRole": _REACHED | {"availableTime.daysOfWeek": _DAYS},
    "Organization": _REACHED | _PLACED,
    "Location": _REACHED
    | _PLACED
    | {
        "status": ("active", "suspended", "inactive"),
        "mode": ("instance", "kind"),
        "hoursOfOperation.daysOfWeek": _DAYS,
    },
    "CareTeam": {"status": tuple(CareTeamStatus)},
    "CarePlan": {
        "status": _PLAN_STATUS,
        "intent": ("proposal", "plan", "order", "option"),
        "activity.detail.status": _ACTIVITY_STATUS,
    },
    "Appointment": {
        "status": tuple(AppointmentStatus),
        "participant.status": ("accepted", "declined", "tentative", "needs-action"),
        "participant.required": ("required", "optional", "information-only"),
    },
    "Bundle": {
        "type": _BUNDLE_TYPE,
        "entry.request.method": _METHOD,
        "entry.search.mode": ("match", "include", "outcome"),
    },
}


def check_codes(body: Json, *, kind: str, file: str, path: str) -> None:
    """Raises `ImportRefusedError` with the allowed values."""
    for dotted, allowed in (_EVERYWHERE | _REQUIRED[kind]).items():
        for below, value in values_at(body, dotted):
            if value not in allowed:
                found = shown(value) if isinstance(value, str) else "this value"
                reason = f"{found} is not one of {', '.join(allowed)}"
                raise ImportRefusedError(file, f"{path}.{below}", reason)
