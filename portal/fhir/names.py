"""The short human name of a resource, for reports and for people shown in words."""

from portal.fhir.elements import Json, child, objects, strings, text
from portal.fhir.people import full_name, prefix_of, words_of


def name_in(kind: str, body: Json) -> str:
    """Empty when the resource gives no name."""
    if kind in ("Patient", "RelatedPerson"):
        return full_name(body)
    if kind == "Practitioner":
        return " ".join(filter(None, (prefix_of(body), full_name(body))))
    if kind == "Organization":
        return organization_name(body)
    if kind == "PractitionerRole":
        return text(child(body, "practitioner"), "display")
    if kind == "Appointment":
        return title_of(body)
    return text(body, "name")


def organization_name(body: Json) -> str:
    identifiers = (text(identifier, "value") for identifier in objects(body, "identifier"))
    candidates = (text(body, "name"), *strings(body, "alias"), *identifiers)
    return next(filter(None, candidates), "")


def title_of(body: Json) -> str:
    """Of an appointment: its description, else the most telling of its codes."""
    concepts = [
        *objects(body, "serviceType"),
        *objects(body, "reasonCode"),
        child(body, "appointmentType"),
        *objects(body, "specialty"),
        *objects(body, "serviceCategory"),
    ]
    return next(filter(None, (text(body, "description"), *map(words_of, concepts))), "")
