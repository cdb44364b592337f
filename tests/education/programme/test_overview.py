"""The programme as one reader sees it: nobody else's reading."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.programme.overview import Reader, overview
from portal.education.programme.seen import Overview
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.education import Module, ModuleProgress
from portal.models.programme import ItemState, ProgrammeState
from portal.models.rights import GrantCategory, HiddenItem
from tests import factories
from tests.education.modules import make_desk, make_module, make_published
from tests.education.programme.papers import Team, make_item, make_team
from tests.education.programme.test_goals import add
from tests.education.programme.test_items import a_module, a_workshop, propose


def reader_of(team: Team, name: str = "jeanne") -> Reader:
    user = getattr(team, name)
    return Reader(patient_id=team.patient.id, user_id=user.id, locale="fr", sees_agenda=True)


def seen(session: Session, keys: KeyRing, reader: Reader) -> Overview:
    session.flush()
    found = overview(session, reader, keys=keys)
    assert found is not None
    return found


def test_without_a_programme_there_is_none(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys)
    other = factories.make_patient(session)
    assert overview(session, replace(reader_of(team), patient_id=other.id), keys=keys) is None


def test_each_reader_sees_what_they_read_themselves(session: Session, keys: KeyRing) -> None:
    team, desk = make_team(session, keys), make_desk(session, keys)
    module = make_module(session, desk)
    version = make_published(session, desk, module)
    make_item(session, keys, team, module_id=module.id, reason="Le sel")
    session.add(
        ModuleProgress(
            patient_id=team.patient.id,
            user_id=team.jeanne.id,
            module_id=module.id,
            version_id=version.id,
            step=2,
            started_at=now(),
            updated_at=now(),
            finished_at=now(),
        )
    )
    of_jeanne = seen(session, keys, reader_of(team))
    of_paul = seen(session, keys, reader_of(team, "paul"))
    assert (of_jeanne.finished, of_paul.finished) == (1, 0)
    assert of_paul.modules[0].row.step is None
    assert (of_jeanne.modules[0].row.title, of_jeanne.modules[0].reason) == (
        version.title,
        "Le sel",
    )
    assert of_jeanne.programme.state is ProgrammeState.ACCEPTED


def test_a_module_that_is_read_no_longer_has_no_name(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys)
    thing = a_module(session, make_desk(session, keys))
    make_item(session, keys, team, module_id=thing.module_id)
    module = session.get_one(Module, thing.module_id)
    module.retracted_at, module.retraction_reason = now(), "Faux"
    found = seen(session, keys, reader_of(team))
    assert (found.modules, len(found.items)) == ([], 1)
    assert (found.items[0].row.title, found.items[0].row.slug) == (None, None)


def test_the_place_in_a_workshop_is_seen_where_the_agenda_is(
    session: Session, keys: KeyRing
) -> None:
    team = make_team(session, keys)
    thing = a_workshop(session, team)
    make_item(session, keys, team, workshop_id=thing.workshop_id)
    visit = Appointment(
        patient_id=team.patient.id,
        workshop_id=thing.workshop_id,
        kind=AppointmentKind.WORKSHOP,
        status=AppointmentStatus.BOOKED,
        title="Cuisiner",
        starts_at=now() + timedelta(days=3),
        time_zone="Europe/Paris",
    )
    session.add(visit)
    session.flush()
    reader = reader_of(team, "paul")
    assert seen(session, keys, reader).workshops[0].row.appointment_id == visit.id
    closed = seen(session, keys, replace(reader, sees_agenda=False)).workshops[0].row
    assert (closed.appointment_id, closed.status) == (None, None)
    assert closed.workshop_title == "Cuisiner avec moins de sel"
    session.add(
        HiddenItem(
            patient_id=team.patient.id,
            item_id=visit.id,
            category=GrantCategory.AGENDA,
            created_by=team.jeanne.id,
            created_at=now(),
        )
    )
    assert seen(session, keys, reader).workshops[0].row.appointment_id is None
    assert seen(session, keys, reader_of(team)).workshops[0].row.appointment_id == visit.id


def test_what_was_declined_or_waits_is_not_in_the_programme(
    session: Session, keys: KeyRing
) -> None:
    team, desk = make_team(session, keys), make_desk(session, keys)
    make_item(
        session,
        keys,
        team,
        module_id=a_module(session, desk).module_id,
        state=ItemState.DECLINED,
    )
    waiting = propose(session, keys, team, a_module(session, desk))
    found = seen(session, keys, reader_of(team))
    assert (found.modules, [one.row.id for one in found.waiting]) == ([], [waiting.id])
    assert found.waiting[0].proposer == "Nadia Bensaïd"


def test_goals_say_who_wrote_them_for_the_patient(session: Session, keys: KeyRing) -> None:
    team = make_team(session, keys)
    add(session, keys, team, "Marcher")
    add(session, keys, team, "Jardiner", by=team.paul.id)
    found = seen(session, keys, reader_of(team)).goals
    assert [(one.words, one.writer) for one in found] == [
        ("Marcher", ""),
        ("Jardiner", "Paul Moreau"),
    ]
