"""A patient's answer as a FHIR R4 Consent: who, about what, and a mark of the exact text.

The mark is a name of RFC 6920 (`ni:///sha-256;…`); the text itself is attached.
"""

from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.consents.texts import ConsentText
from portal.fhir.elements import Json
from portal.models.consent import ConsentPurpose, ConsentStatus

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_STATUS = {
    ConsentStatus.GIVEN: "active",
    ConsentStatus.REFUSED: "rejected",
    ConsentStatus.WITHDRAWN: "inactive",
}
_REASON = {
    ConsentPurpose.CARE_COORDINATION: ("CAREMGT", "care management"),
    ConsentPurpose.OUTSIDE_CARE_TEAM: ("TREAT", "treatment"),
    ConsentPurpose.SOCIAL_SERVICES: ("CAREMGT", "care management"),
    ConsentPurpose.EDUCATION_PROGRAMME: ("TREAT", "treatment"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of `consent_decision`, with names."""

    id: UUID
    status: ConsentStatus
    decided_at: datetime
    patient_id: UUID
    practitioner_id: UUID | None
    recipient: str
    author: str
    capacity: str
    signed_on: date | None


def resource(answer: Answer, *, text: ConsentText) -> Json:
    """Built as plain JSON: the library that knows the whole standard is for files from outside."""
    return {
        "resourceType": "Consent",
        "id": str(answer.id),
        "language": text.locale,
        "status": _STATUS[answer.status],
        "scope": _scope(text.purpose),
        "category": [_loinc("59284-0", "Consent Document")],
        "patient": {"reference": f"Patient/{answer.patient_id}"},
        "dateTime": answer.decided_at.isoformat(),
        "performer": [_performer(answer)],
        "sourceAttachment": _attachment(answer, text),
        "policy": [{"uri": hash_name(text)}],
        "provision": _provision(answer, text),
    }


def _scope(purpose: ConsentPurpose) -> Json:
    if purpose is ConsentPurpose.EDUCATION_PROGRAMME:
        return _concept("consentscope", "treatment", "Treatment")
    return _concept("consentscope", "patient-privacy", "Privacy Consent")


def hash_name(text: ConsentText) -> str:
    digest = urlsafe_b64encode(bytes.fromhex(text.sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def _performer(answer: Answer) -> Json:
    """Who answered. A coordinator only copied what the patient signed."""
    if answer.capacity == "legal_representative":
        return {"type": "RelatedPerson", "display": answer.author}
    return {"reference": f"Patient/{answer.patient_id}"}


def _attachment(answer: Answer, text: ConsentText) -> Json:
    signed = f" ({answer.signed_on.isoformat()})" if answer.signed_on else ""
    return {
        "contentType": "application/json",
        "language": text.locale,
        "data": b64encode(text.canonical.encode()).decode(),
        "title": text.words.title + signed,
    }


def _provision(answer: Answer, text: ConsentText) -> Json:
    code, display = _REASON[text.purpose]
    reason = {"system": f"{_TERMINOLOGY}/v3-ActReason", "code": code, "display": display}
    return {
        "type": "permit" if answer.status is ConsentStatus.GIVEN else "deny",
        "period": {"start": answer.decided_at.isoformat()},
        "actor": [
            {
                "role": _concept("v3-ParticipationType", "IRCP", "information recipient"),
                "reference": _recipient(answer),
            }
        ],
        "action": [_concept("consentaction", "access", "Access")],
        "purpose": [reason],
    }


def _recipient(answer: Answer) -> Json:
    if answer.practitioner_id is not None:
        reference = f"Practitioner/{answer.practitioner_id}"
        return {"reference": reference, "display": answer.recipient}
    return {"reference": f"CareTeam/{answer.patient_id}"}


def _concept(system: str, code: str, display: str) -> Json:
    coding = {"system": f"{_TERMINOLOGY}/{system}", "code": code, "display": display}
    return {"coding": [coding]}


def _loinc(code: str, display: str) -> Json:
    return {"coding": [{"system": "http://loinc.org", "code": code, "display": display}]}
