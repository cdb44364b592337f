"""What a professional answers for: all of it, and nothing of a file that is closed to them."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import Session

from portal.blueprints.professional.need_queries import After, MyNeed, my_needs
from portal.blueprints.professional.needs import NEEDS_PER_PAGE
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.audit import AccessEvent
from portal.models.care import CareTeam, CareTeamMember, CareTeamStatus, Patient
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.directory import Absence, Practitioner
from portal.models.need import Need
from portal.models.rights import Block
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

PAGE = "/professional/needs"
MOST = 5


@pytest.fixture
def nurse(session: Session) -> Practitioner:
    return factories.make_practitioner(session)


@pytest.fixture
def user(session: Session, keys: KeyRing, nurse: Practitioner) -> User:
    user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    return user


def _need(session: Session, patient: Patient, *, code: str = "meals", **fields: object) -> Need:
    need = Need(patient_id=patient.id, code=code, **fields)
    session.add(need)
    session.flush()
    return need


def _entrusted(
    session: Session, nurse: Practitioner, *, name: str = "Morel", **fields: object
) -> tuple[Patient, CareTeamMember, Need]:
    """A patient, the nurse's place in their circle, and a need in the nurse's hands."""
    patient = factories.make_patient(session, family_name=name)
    member = factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    return patient, member, _need(session, patient, owner_id=member.id, **fields)


def _text(reader: PageClient, session: Session, user: User, path: str = PAGE) -> str:
    reader.enter(session, user)
    answer = reader.get(path)
    assert answer.status_code == 200
    return answer.text.replace("\xa0", " ")


def _link(need: Need) -> str:
    return f"/p/{need.patient_id}/needs/{need.id}"


def test_without_a_need_the_page_says_how_they_come(
    reader: PageClient, session: Session, user: User
) -> None:
    assert "Rien ne vous attend" in _text(reader, session, user)


def test_what_i_own_is_listed_with_what_is_urgent_first(
    reader: PageClient, session: Session, user: User, nurse: Practitioner
) -> None:
    today = now().date()
    quiet = _entrusted(session, nurse, name="Abgrall", review_on=today + timedelta(days=9))[2]
    late = _entrusted(session, nurse, name="Ziegler", review_on=today - timedelta(days=2))[2]
    text = _text(reader, session, user)
    assert text.index(_link(late)) < text.index(_link(quiet))
    assert "Vous en répondez." in text


def test_who_is_the_deputy_is_told_when_the_owner_is_away(
    reader: PageClient, session: Session, user: User, nurse: Practitioner
) -> None:
    patient, mine, need = _entrusted(session, nurse)
    karim = factories.make_practitioner(session, given_name="Karim", family_name="Haddou")
    his = factories.make_member(session, patient=patient, practitioner_id=karim.id)
    need.owner_id, need.deputy_id = his.id, mine.id
    assert "Vous suppléez Karim Haddou." in _text(reader, session, user)
    today = now().date()
    session.add(
        Absence(
            practitioner_id=karim.id,
            starts_on=today - timedelta(days=1),
            ends_on=today + timedelta(days=1),
        )
    )
    session.flush()
    assert "En l’absence de Karim Haddou aujourd’hui, vous en répondez." in _text(
        reader, session, user
    )


def test_who_replaces_sees_the_needs_of_the_one_away_while_it_lasts(
    reader: PageClient, session: Session, user: User, nurse: Practitioner
) -> None:
    patient, _mine, need = _entrusted(session, nurse)
    karim = factories.make_practitioner(session, given_name="Karim", family_name="Haddou")
    his = factories.make_member(session, patient=patient, practitioner_id=karim.id)
    need.owner_id = his.id
    elsewhere, _other, hidden = _entrusted(session, karim, name="Ailleurs")
    today = now().date()
    absence = Absence(
        practitioner_id=karim.id,
        starts_on=today - timedelta(days=1),
        ends_on=today + timedelta(days=1),
        replacement_id=nurse.id,
    )
    session.add(absence)
    session.flush()
    text = _text(reader, session, user)
    assert "Vous remplacez Karim Haddou aujourd’hui." in text
    assert _link(need) in text
    # A replacement opens no file by itself.
    assert _link(hidden) not in text
    assert str(elsewhere.id) not in text
    absence.starts_on, absence.ends_on = today + timedelta(days=5), today + timedelta(days=6)
    session.flush()
    assert _link(need) not in _text(reader, session, user)


def test_replacements_in_a_ring_end(
    reader: PageClient, session: Session, user: User, nurse: Practitioner
) -> None:
    patient, _mine, need = _entrusted(session, nurse)
    karim = factories.make_practitioner(session)
    factories.make_member(session, patient=patient, practitioner_id=karim.id)
    today = now().date()
    days = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=1)}
    session.add(Absence(practitioner_id=karim.id, replacement_id=nurse.id, **days))
    session.add(Absence(practitioner_id=nurse.id, replacement_id=karim.id, **days))
    session.flush()
    assert _text(reader, session, user).count(_link(need)) == 1


def test_a_coordinator_sees_what_nobody_answers_for_in_their_circles_only(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    mine, other = (factories.make_organization(session, name=name) for name in ("A", "B"))
    claire, _ = factories.make_user(session, keys)
    factories.make_coordination(session, user=claire, organization_id=mine.id)
    here = factories.make_patient(session, organization_id=mine.id)
    there = factories.make_patient(session, organization_id=other.id)
    gone = factories.make_practitioner(session)
    left = factories.make_member(
        session, patient=here, practitioner_id=gone.id, period_end=factories.LONG_AGO
    )
    nobodys, abandoned = _need(session, here), _need(session, here, owner_id=left.id)
    foreign = _need(session, there)
    answered = _need(session, here)
    stays = factories.make_practitioner(session)
    answered.owner_id = factories.make_member(session, patient=here, practitioner_id=stays.id).id
    session.flush()
    text = _text(reader, session, claire)
    assert _link(nobodys) in text
    assert _link(abandoned) in text
    assert _link(foreign) not in text
    assert _link(answered) not in text
    assert "Personne n’en répond : choisissez quelqu’un." in text


def test_a_coordination_that_ended_shows_nothing(
    reader: PageClient, session: Session, user: User
) -> None:
    place = factories.make_organization(session)
    factories.make_coordination(session, user=user, organization_id=place.id).ended_at = now()
    need = _need(session, factories.make_patient(session, organization_id=place.id))
    assert _link(need) not in _text(reader, session, user)


def _end_place(session: Session, member: CareTeamMember, _user: User) -> None:
    member.period_end = now()


def _close_circle(session: Session, member: CareTeamMember, _user: User) -> None:
    session.get_one(CareTeam, member.patient_id).status = CareTeamStatus.INACTIVE


def _open_agenda_only(_session: Session, member: CareTeamMember, _user: User) -> None:
    member.sees = "agenda"


def _want_consent(_session: Session, member: CareTeamMember, _user: User) -> None:
    member.is_outside_care_team = True


def _block(session: Session, member: CareTeamMember, user: User) -> None:
    session.add(
        Block(
            patient_id=member.patient_id,
            practitioner_id=member.practitioner_id,
            starts_at=factories.LONG_AGO,
            created_by=user.id,
        )
    )


def _refuse_sharing(status: ConsentStatus) -> Callable[[Session, CareTeamMember, User], None]:
    def refuse(session: Session, member: CareTeamMember, user: User) -> None:
        session.add(_decision(member, user, ConsentPurpose.CARE_COORDINATION, status))

    return refuse


def _withdraw_consent(session: Session, member: CareTeamMember, user: User) -> None:
    member.is_outside_care_team = True
    decision = _decision(member, user, ConsentPurpose.OUTSIDE_CARE_TEAM, ConsentStatus.WITHDRAWN)
    decision.practitioner_id = member.practitioner_id
    session.add(decision)


def _die(session: Session, member: CareTeamMember, _user: User) -> None:
    session.get_one(Patient, member.patient_id).is_deceased = True


def _decision(
    member: CareTeamMember, user: User, purpose: ConsentPurpose, status: ConsentStatus
) -> ConsentDecision:
    return ConsentDecision(
        patient_id=member.patient_id,
        purpose=purpose,
        status=status,
        text_version=99,
        text_locale="fr",
        text_hash="0" * 64,
        actor_id=user.id,
        capacity="self",
        channel="portal",
        decided_at=factories.LONG_AGO,
    )


@pytest.mark.parametrize(
    "close",
    [
        _end_place,
        _close_circle,
        _open_agenda_only,
        _want_consent,
        _withdraw_consent,
        _block,
        _refuse_sharing(ConsentStatus.REFUSED),
        _refuse_sharing(ConsentStatus.WITHDRAWN),
        _die,
    ],
)
def test_a_file_that_is_closed_shows_none_of_its_needs(
    reader: PageClient,
    session: Session,
    user: User,
    nurse: Practitioner,
    close: Callable[[Session, CareTeamMember, User], None],
) -> None:
    patient, member, need = _entrusted(session, nurse, name="Kerdoncuff")
    assert _link(need) in _text(reader, session, user)
    lines = _lines(session, patient.id)
    close(session, member, user)
    session.flush()
    text = _text(reader, session, user)
    assert str(patient.id) not in text
    assert "Kerdoncuff" not in text
    assert "Rien ne vous attend" in text
    assert _lines(session, patient.id) == lines
    # The door of the file says the same; who died is only not worked for any more.
    assert reader.get(_link(need)).status_code in ((200,) if close is _die else (403, 404))


@pytest.mark.parametrize("sees", ["", "care_team", "agenda care_team"])
def test_a_place_that_opens_the_care_team_shows_them(
    reader: PageClient, session: Session, user: User, nurse: Practitioner, sees: str
) -> None:
    _patient, member, need = _entrusted(session, nurse)
    member.sees = sees
    session.flush()
    assert _link(need) in _text(reader, session, user)
    assert reader.get(_link(need)).status_code == 200


def test_a_yes_to_sharing_closes_nothing(
    reader: PageClient, session: Session, user: User, nurse: Practitioner
) -> None:
    _patient, member, need = _entrusted(session, nurse)
    session.add(_decision(member, user, ConsentPurpose.CARE_COORDINATION, ConsentStatus.GIVEN))
    session.flush()
    assert _link(need) in _text(reader, session, user)


def _lines(session: Session, patient_id: UUID) -> list[tuple[str, str, str]]:
    session.rollback()
    statement = select(AccessEvent.category, AccessEvent.action, AccessEvent.capacity).where(
        AccessEvent.patient_id == patient_id  # type: ignore[arg-type]  # a column
    )
    return [tuple(row) for row in session.execute(statement)]


def test_the_list_leaves_one_line_in_the_log_of_each_patient(
    reader: PageClient, session: Session, user: User, nurse: Practitioner
) -> None:
    place = factories.make_organization(session)
    factories.make_coordination(session, user=user, organization_id=place.id)
    seen = _entrusted(session, nurse)[0]
    _need(session, seen)
    kept = factories.make_patient(session, organization_id=place.id)
    _need(session, kept)
    _text(reader, session, user)
    assert _lines(session, seen.id) == [("care_team", "see", "professional")]
    assert _lines(session, kept.id) == [("care_team", "see", "coordinator")]


def _rows(session: Session, user: User, *, limit: int, after: After | None = None) -> list[MyNeed]:
    return my_needs(
        session,
        viewer=user,  # type: ignore[arg-type]  # has what is asked of a viewer
        today=now().date(),
        at=now(),
        limit=limit,
        after=after,
    )


def test_page_by_page_each_need_comes_once_and_in_one_order(
    session: Session, user: User, nurse: Practitioner
) -> None:
    today = now().date()
    for name in ("Morel", "Abgrall", "Morel"):
        patient, member, _one = _entrusted(session, nurse, name=name)
        for day in (None, today, today + timedelta(days=3), date(2020, 1, 1)):
            _need(session, patient, owner_id=member.id, review_on=day)
    whole = _rows(session, user, limit=100)
    assert len(whole) == 15
    paged: list[MyNeed] = []
    while some := _rows(session, user, limit=2, after=paged[-1].after if paged else None):
        paged += some
    assert paged == whole


def test_the_page_links_to_what_follows(
    reader: PageClient, session: Session, user: User, nurse: Practitioner
) -> None:
    patient, member, _one = _entrusted(session, nurse)
    session.add_all(
        Need(patient_id=patient.id, code="meals", owner_id=member.id) for _ in range(NEEDS_PER_PAGE)
    )
    session.flush()
    text = _text(reader, session, user)
    assert text.count("/needs/") == NEEDS_PER_PAGE
    address = text.partition('href="/professional/needs?after=')[2].partition('"')[0]
    assert reader.get(f"{PAGE}?after={address}").text.count("/needs/") == 1


@pytest.mark.parametrize("after", ["x", "1.2.3", "9." + str(UUID(int=1)) + "." + str(UUID(int=2))])
def test_an_address_that_was_written_by_hand_is_the_first_page(
    reader: PageClient, session: Session, user: User, nurse: Practitioner, after: str
) -> None:
    need = _entrusted(session, nurse)[2]
    assert _link(need) in _text(reader, session, user, f"{PAGE}?after={after}")


def test_the_place_of_a_foreign_patient_in_the_order_is_not_told(
    reader: PageClient, session: Session, user: User, nurse: Practitioner
) -> None:
    _entrusted(session, nurse, name="Ziegler")
    stranger = factories.make_patient(session, family_name="Abgrall")
    need = _need(session, stranger)
    text = _text(reader, session, user, f"{PAGE}?after=2.{stranger.id}.{need.id}")
    assert "Ziegler" not in text


def test_many_needs_cost_the_same_as_one(app: Flask, session: Session, keys: KeyRing) -> None:
    counts = []
    for patients in (1, 45):
        nurse = factories.make_practitioner(session)
        user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
        for _ in range(patients):
            _entrusted(session, nurse)
        reader = PageClient(app)
        reader.enter(session, user)
        with counted(app) as statements:
            assert reader.get(PAGE).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST
