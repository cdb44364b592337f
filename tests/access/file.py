"""A file where each part holds its own canary, and whom that canary may be shown to."""

from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID

from portal.crypto import new_token, token_hash
from portal.models.account import Invitation, InvitationKind
from portal.models.agreement import AppointmentNote, ChangeRequest, NoteAudience, RequestKind
from portal.models.audit import AccessEvent, AccessQuestion
from portal.models.base import new_id
from portal.models.consent import ConsentDecision
from portal.models.need import Need, NeedChange
from portal.models.rights import CareLink, CareLinkKind, EmergencyAccess, GrantRequest, Mandate
from portal.models.series import AppointmentSeries
from portal.scheduling.notes import cell_of
from tests import factories
from tests.access.conversations import write_conversations
from tests.access.world import World

CANARIES = {
    "zzidentityzz": {"patient:open"},
    "zzagendazz": {"agenda:see"},
    "zzsecretzz": {"agenda:see"},
    "zzteamzz": {"care_team:see"},
    # Who sees the choices sees the names of those they are about.
    "zzmemberzz": {"care_team:see", "consents:see"},
    "zzconsentszz": {"consents:see"},
    "zzinvitationszz": {"invitations:make", "carers:manage"},
    "zzemergencyzz": {"access_log:see"},
    "zzmandateszz": {"mandates:verify", "carers:manage"},
    "zzmessagezz": {"messages:see"},
    "zznotezz": {"messages:answer"},
    "zzdraftzz": {"messages:act"},
    "zzkeptzz": {"messages:see"},
}
"""Each word, and the permissions of which one lets it be seen."""
SECRET = "zzsecretzz"
"""Kept from every relative, parents and guardians too."""
KEPT = "zzkeptzz"
"""Of a conversation that is kept from every relative."""
OF_ANOTHER = "zzotherzz"
"""In every text of the other patient's file."""
NAME_OF_ANOTHER = "zzodilezz"
NURSES = ("zzmemberzz", "zzodilesnursezz")
"""Of both files: every professional finds them in the directory, and not whom they care for."""


@dataclass(frozen=True)
class File:
    """The items of one patient's file, by the names of `ITEMS`."""

    items: dict[str, UUID]


def fill(world: World, *, word: str = "") -> File:
    """Write every part of the file; with `word` that one stands everywhere."""
    session, patient = world.session, world.patient
    patient.given_name = patient.family_name = NAME_OF_ANOTHER if word else "zzidentityzz"
    nurse = factories.make_practitioner(
        session, given_name="A", family_name=NURSES[bool(word)], phone=word or "zzteamzz"
    )
    relative = factories.make_relative(session, patient=patient, given_name=word or "zzteamzz")
    factories.make_member(session, patient=patient, related_person_id=relative.id)
    member = factories.make_member(
        session, patient=patient, practitioner_id=nurse.id, contact_for=word or "zzteamzz"
    )
    need = Need(
        patient_id=patient.id,
        code="dressing",
        detail=word or "zzteamzz",
        frequency=word or "zzteamzz",
        owner_id=member.id,
    )
    session.add(need)
    session.flush()
    change = NeedChange(
        patient_id=patient.id,
        need_id=need.id,
        version=1,
        at=world.now,
        owner_id=member.id,
        owner_name=word or "zzteamzz",
        detail=word or "zzteamzz",
    )
    session.add(change)
    session.flush()
    visit = _visit(world, word or "zzagendazz")
    secret = _visit(world, word or SECRET)
    if not word:
        world.hide(secret, actor=None)
    items = {"visit": visit, "secret": secret, "need": need.id, "member": member.id}
    items["note"] = _note(world, visit, word or "zzagendazz")
    items["change_request"] = _change_request(world, visit, word or "zzagendazz")
    items["series"] = _series(world, word or "zzagendazz")
    return File(items | _papers(world, word) | write_conversations(world, word))


def _visit(world: World, word: str) -> UUID:
    row = factories.make_appointment(
        world.session,
        patient=world.patient,
        starts_at=world.now + timedelta(hours=30),
        title=word,
        place=word,
        address=word,
        phone=word,
        instructions=word,
        performer_text=word,
        transport=word,
        preparation=word,
    )
    visit_id: UUID = row.id
    return visit_id


def _series(world: World, word: str) -> UUID:
    """With one date, which nobody is kept from."""
    row = AppointmentSeries(
        patient_id=world.patient.id,
        rrule="FREQ=WEEKLY;BYDAY=MO",
        first_day=(world.now + timedelta(hours=30)).date(),
        at=time(8),
        title=word,
        place=word,
        performer_text=word,
    )
    world.session.add(row)
    world.session.flush()
    starts_at = world.now + timedelta(hours=30)
    factories.make_appointment(
        world.session,
        patient=world.patient,
        starts_at=starts_at,
        recurrence_start=starts_at,
        series_id=row.id,
        title=word,
    )
    return row.id


def _note(world: World, visit_id: UUID, word: str) -> UUID:
    """Of somebody who is in none of the circles, for everybody who sees the visit."""
    author, _ = factories.make_user(world.session, world.keys)
    note_id = new_id()
    note = AppointmentNote(
        patient_id=world.patient.id,
        id=note_id,
        appointment_id=visit_id,
        author_id=author.id,
        capacity="carer",
        audience=NoteAudience.EVERYBODY,
        text_sealed=world.keys.seal(word.encode(), cell_of(note_id)),
        at=world.now,
    )
    world.session.add(note)
    world.session.flush()
    return note_id


def _change_request(world: World, visit_id: UUID, word: str) -> UUID:
    """Of somebody who is in none of the circles any more; it awaits its answer."""
    asker, _ = factories.make_user(world.session, world.keys)
    request = ChangeRequest(
        patient_id=world.patient.id,
        appointment_id=visit_id,
        kind=RequestKind.CHANGE,
        asked_by=asker.id,
        capacity="carer",
        asked_at=world.now,
        text=word,
    )
    world.session.add(request)
    world.session.flush()
    return request.id


def _papers(world: World, word: str) -> dict[str, UUID]:
    """A consent on paper, an invitation, an emergency and a question about the log."""
    patient_id, user_id = world.patient.id, next(iter(world.users.values())).id
    decision = ConsentDecision(
        patient_id=patient_id,
        purpose="outside_care_team",
        practitioner_id=factories.make_practitioner(world.session, family_name="Roux").id,
        status="given",
        text_version=1,
        text_locale="fr",
        text_hash="0" * 64,
        actor_id=user_id,
        capacity="coordinator",
        channel="paper",
        paper_note=word or "zzconsentszz",
        decided_at=world.now,
    )
    invitation = Invitation(
        token_hash=token_hash(new_token()),
        email=f"{word or 'zzinvitationszz'}@example.org",
        invited_by=user_id,
        kind=InvitationKind.CARER,
        patient_id=patient_id,
        created_at=world.now,
        ends_at=world.now + timedelta(days=14),
    )
    emergency = EmergencyAccess(
        patient_id=patient_id,
        user_id=user_id,
        reason=word or "zzemergencyzz",
        starts_at=world.now - timedelta(days=2),
        ends_at=world.now - timedelta(days=1),
    )
    event = AccessEvent(
        patient_id=patient_id,
        sequence=1,
        at=world.now,
        actor_id=user_id,
        capacity="professional",
        category="agenda",
        action="see",
        decision="allowed",
        reason="shares_care",
        request_id="R-0",
        previous_hash=b"",
        hash=b"1",
    )
    question = AccessQuestion(
        patient_id=patient_id, sequence=1, asked_by=user_id, created_at=world.now
    )
    for row in (decision, invitation, emergency, event, question):
        world.session.add(row)
        world.session.flush()
    link, mandate = _link_and_mandate(world)
    request = GrantRequest(
        patient_id=patient_id,
        care_link_id=link.id,
        category="documents",
        action="see",
        created_at=world.now,
    )
    world.session.add(request)
    world.session.flush()
    return {
        "decision": decision.id,
        "invitation": invitation.id,
        "emergency": emergency.id,
        "question": question.id,
        "link": link.id,
        "mandate": mandate.id,
        "request": request.id,
    }


def _link_and_mandate(world: World) -> tuple[CareLink, Mandate]:
    """Of a carer; the legal status was over as soon as it began."""
    actor = next(name for name, link in world.links.items() if link.kind is CareLinkKind.CARER)
    world.add_mandate(actor, "personne_de_confiance", lasts=timedelta(0))
    mandate: Mandate = world.rows[actor, "mandates"][-1]
    return world.links[actor], mandate
