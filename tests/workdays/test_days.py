"""The day and the week of a professional: what is theirs, as far as each file is open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import Coordination, User
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import ChangeRequest, RequestKind
from portal.models.audit import AccessEvent
from portal.models.care import CareTeam, CareTeamMember, CareTeamStatus, Patient
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.rights import Block, CareLinkKind, GrantCategory, HiddenItem
from portal.models.series import Workshop
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

PAGE = "/professional/agenda"
MOST = 5
PARIS = "Europe/Paris"
REUNION = "Indian/Reunion"


@dataclass
class Office:
    """A nurse, her browser, and the house whose coordinator is Claire."""

    reader: PageClient
    session: Session
    keys: KeyRing
    house: Organization
    nurse: Practitioner
    user: User
    claire: User
    zone: str = PARIS

    @property
    def today(self) -> date:
        return clock.now().astimezone(ZoneInfo(self.zone)).date()

    def at(self, hour: int, minute: int = 0, *, days: int = 0, zone: str = PARIS) -> datetime:
        day = self.today + timedelta(days=days)
        return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)

    def patient(self, name: str = "Morel", **fields: object) -> tuple[Patient, CareTeamMember]:
        values = {"organization_id": self.house.id} | fields
        patient = factories.make_patient(self.session, family_name=name, **values)
        member = factories.make_member(self.session, patient=patient, practitioner_id=self.nurse.id)
        return patient, member

    def visit(self, patient: Patient, **fields: object) -> Appointment:
        values = {"starts_at": self.at(9), "practitioner_id": self.nurse.id} | fields
        return factories.make_appointment(self.session, patient=patient, **values)

    def enter(self, user: User | None = None) -> None:
        self.reader.enter(self.session, user or self.user)

    def text(self, query: str = "", *, user: User | None = None, path: str = PAGE) -> str:
        self.enter(user)
        answer = self.reader.get(f"{path}{query}")
        assert answer.status_code == 200
        return answer.text.replace("\xa0", " ").replace("\u202f", " ")

    def lines(self, patient_id: UUID) -> list[tuple[str, str, str]]:
        self.session.rollback()
        statement = select(AccessEvent.category, AccessEvent.action, AccessEvent.capacity).where(
            AccessEvent.patient_id == patient_id  # type: ignore[arg-type]  # a column
        )
        return [tuple(row) for row in self.session.execute(statement)]


@pytest.fixture
def office(session: Session, keys: KeyRing, reader: PageClient) -> Office:
    house = factories.make_organization(session)
    nurse = factories.make_practitioner(session)
    session.add(PractitionerRole(practitioner_id=nurse.id, organization_id=house.id))
    user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    claire, _ = factories.make_user(session, keys, given_name="Claire")
    factories.make_coordination(session, user=claire, organization_id=house.id)
    return Office(reader, session, keys, house, nurse, user, claire)


def _link(visit: Appointment) -> str:
    return f"/p/{visit.patient_id}/agenda/{visit.id}"


def test_a_day_without_visits_says_where_to_book(office: Office) -> None:
    text = office.text()
    assert "Rien de prévu ce jour-là" in text
    assert "/professional/patients" in text


def test_the_visits_of_today_stand_in_order_with_window_place_and_companion(
    office: Office,
) -> None:
    patient, _ = office.patient(address="4 rue des Lilas")
    son = factories.make_relative(office.session, patient=patient, given_name="Paul")
    late = office.visit(patient, starts_at=office.at(18), title="Piqûre", companion_id=son.id)
    early = office.visit(
        patient, starts_at=office.at(7, 30), ends_at=office.at(9), is_window=True, title="Pansement"
    )
    office.visit(patient, starts_at=office.at(9, days=1), title="Demain")
    text = office.text()
    assert text.index(_link(early)) < text.index(_link(late))
    assert "Entre 7 h 30 et 9 h" in text
    assert "Chez Jeanne, 4 rue des Lilas" in text
    assert "Paul accompagne" in text
    assert "Jeanne Morel" in text
    assert "Demain" not in text


def test_each_visit_to_come_can_be_moved_cancelled_and_followed_by_another(
    office: Office,
) -> None:
    patient, _ = office.patient()
    visit = office.visit(patient, starts_at=office.at(9, days=1))
    text = office.text(f"?day={office.today + timedelta(days=1)}")
    for act in ("move", "cancel"):
        assert f'href="{_link(visit)}/{act}"' in text
    assert f'href="/p/{patient.id}/agenda/book"' in text


def test_what_was_cancelled_is_crossed_out_and_offers_no_act(office: Office) -> None:
    patient, _ = office.patient()
    visit = office.visit(
        patient, starts_at=office.at(9, days=1), status=AppointmentStatus.CANCELLED
    )
    text = office.text(f"?day={office.today + timedelta(days=1)}")
    assert "is-cancelled" in text
    assert f"{_link(visit)}/move" not in text


def test_a_request_of_the_family_leads_to_the_answers(office: Office) -> None:
    patient, _ = office.patient()
    visit = office.visit(patient, starts_at=office.at(9, days=1))
    office.session.add(
        ChangeRequest(
            patient_id=patient.id,
            appointment_id=visit.id,
            kind=RequestKind.CHANGE,
            asked_by=office.claire.id,
            capacity="carer",
            asked_at=clock.now(),
        )
    )
    text = office.text(f"?day={office.today + timedelta(days=1)}")
    assert "Répondre à la demande" in text
    assert 'href="/professional/requests"' in text


def test_the_week_shows_seven_days_and_leads_to_each(office: Office) -> None:
    patient, _ = office.patient()
    monday = office.today - timedelta(days=office.today.weekday())
    inside = [
        office.visit(patient, starts_at=office.at(9, days=(monday - office.today).days + n))
        for n in range(7)
    ]
    outside = [
        office.visit(patient, starts_at=office.at(9, days=(monday - office.today).days + n))
        for n in (-1, 7)
    ]
    text = office.text("?view=week")
    for one in inside:
        assert _link(one) in text
    for one in outside:
        assert _link(one) not in text
    assert f"day={monday}" in text


def test_neighbouring_days_and_today_are_one_tap_away(office: Office) -> None:
    day = date(2027, 3, 1)
    text = office.text(f"?day={day}")
    assert "day=2027-02-28" in text
    assert "day=2027-03-02" in text
    assert "Revenir à aujourd’hui" in text


@pytest.mark.parametrize("day", ["x", "2026-13-01", "9999-12-31", "0001-01-01", "20260101", ""])
def test_a_day_that_is_none_is_today(office: Office, day: str) -> None:
    patient, _ = office.patient()
    visit = office.visit(patient)
    assert _link(visit) in office.text(f"?day={day}")


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
def test_a_day_has_as_many_hours_as_its_place_gives_it(
    office: Office, day: date, hours: int
) -> None:
    patient, _ = office.patient()
    midnight = datetime.combine(day, time.min, ZoneInfo(PARIS)).astimezone(UTC)
    moments = {
        "before": midnight - timedelta(minutes=1),
        "first": midnight,
        "last": midnight + timedelta(hours=hours, minutes=-1),
        "after": midnight + timedelta(hours=hours),
    }
    visits = {name: office.visit(patient, starts_at=at) for name, at in moments.items()}
    text = office.text(f"?day={day}")
    shown = {name for name, one in visits.items() if _link(one) in text}
    assert shown == {"first", "last"}


def test_a_place_with_another_clock_is_shown_in_its_own_time(office: Office) -> None:
    patient, _ = office.patient(time_zone=REUNION)
    starts = datetime.combine(date(2027, 7, 6), time(10, 30), ZoneInfo(REUNION))
    office.visit(patient, starts_at=starts.astimezone(UTC), time_zone=REUNION)
    text = office.text("?day=2027-07-06")
    assert "10 h 30" in text
    assert "La Réunion" in text


def test_the_day_of_who_works_overseas_begins_there(office: Office) -> None:
    role = office.session.execute(select(PractitionerRole)).scalar_one()
    role.time_zone = REUNION
    patient, _ = office.patient(time_zone=REUNION)
    starts = datetime.combine(date(2027, 7, 6), time(0, 30), ZoneInfo(REUNION))
    visit = office.visit(patient, starts_at=starts.astimezone(UTC), time_zone=REUNION)
    text = office.text("?day=2027-07-06")
    assert _link(visit) in text
    assert "heure" not in text.partition('class="visit-time"')[2].partition("</p>")[0]


def test_visits_of_a_colleague_do_not_stand_in_ones_own_day(office: Office) -> None:
    patient, _ = office.patient()
    other = factories.make_practitioner(office.session, given_name="Karim")
    visit = office.visit(patient, practitioner_id=other.id)
    assert _link(visit) not in office.text()


def _end_place(office: Office, member: CareTeamMember) -> None:
    member.period_end = clock.now()


def _close_circle(office: Office, member: CareTeamMember) -> None:
    office.session.get_one(CareTeam, member.patient_id).status = CareTeamStatus.INACTIVE


def _open_care_team_only(_office: Office, member: CareTeamMember) -> None:
    member.sees = "care_team"


def _block(office: Office, member: CareTeamMember) -> None:
    office.session.add(
        Block(
            patient_id=member.patient_id,
            practitioner_id=member.practitioner_id,
            starts_at=factories.LONG_AGO,
            created_by=office.user.id,
        )
    )


def _refuse_sharing(office: Office, member: CareTeamMember) -> None:
    office.session.add(
        ConsentDecision(
            patient_id=member.patient_id,
            purpose=ConsentPurpose.CARE_COORDINATION,
            status=ConsentStatus.REFUSED,
            text_version=99,
            text_locale="fr",
            text_hash="0" * 64,
            actor_id=office.user.id,
            capacity="self",
            channel="portal",
            decided_at=factories.LONG_AGO,
        )
    )


@pytest.mark.parametrize(
    "close", [_end_place, _close_circle, _open_care_team_only, _block, _refuse_sharing]
)
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/sheet"])
def test_of_a_file_that_is_closed_only_the_time_is_left(
    office: Office, close: Callable[[Office, CareTeamMember], None], path: str
) -> None:
    patient, member = office.patient("Kerdoncuff", phone="02 61 91 00 27")
    visit = office.visit(patient, title="Soin secret", place="Chez Odile", instructions="À jeun")
    assert "Kerdoncuff" in office.text(path=path)
    before = office.lines(patient.id)
    close(office, member)
    office.session.flush()
    text = office.text(path=path)
    assert "Dossier fermé" in text
    assert "9 h 00" in text
    for word in ("Kerdoncuff", "Soin secret", "Odile", "jeun", "02 61", str(patient.id)):
        assert word not in text
    assert office.lines(patient.id) == before
    assert office.reader.get(_link(visit)).status_code in (403, 404)


@pytest.mark.parametrize("sees", ["", "agenda", "care_team agenda"])
def test_a_place_that_opens_the_agenda_shows_the_name(office: Office, sees: str) -> None:
    patient, member = office.patient()
    member.sees = sees
    visit = office.visit(patient)
    assert _link(visit) in office.text()


def test_what_the_patient_hides_from_a_relative_is_not_shown_to_the_relative_at_work(
    office: Office,
) -> None:
    patient, _ = office.patient("Kerdoncuff")
    visit = office.visit(patient)
    link = factories.make_link(
        office.session, patient=patient, user=office.user, kind=CareLinkKind.CARER
    )
    office.session.add(
        HiddenItem(
            patient_id=patient.id,
            item_id=visit.id,
            care_link_id=link.id,
            category=GrantCategory.AGENDA,
            created_at=clock.now(),
            created_by=office.claire.id,
        )
    )
    text = office.text()
    assert "Kerdoncuff" not in text
    assert "Dossier fermé" in text


def test_each_day_leaves_one_line_in_the_log_of_each_patient(office: Office) -> None:
    patient, _ = office.patient()
    office.visit(patient)
    office.visit(patient, starts_at=office.at(17))
    office.text()
    assert office.lines(patient.id) == [("agenda", "see", "professional")]


def test_a_coordinator_chooses_whose_day_among_those_who_work_in_their_house(
    office: Office,
) -> None:
    patient, _ = office.patient()
    visit = office.visit(patient)
    stranger = factories.make_practitioner(office.session, family_name="Ailleurs")
    text = office.text(user=office.claire)
    assert "Nadia Belkacem" in text
    assert "Ailleurs" not in text
    assert _link(visit) not in text
    text = office.text(f"?of={office.nurse.id}", user=office.claire)
    assert _link(visit) in text
    assert office.lines(patient.id) == [("agenda", "see", "coordinator")]
    for unknown in (stranger.id, patient.id, "x"):
        assert office.reader.get(f"{PAGE}?of={unknown}").status_code == 404


def test_a_coordinator_sees_nothing_of_files_of_another_house(office: Office) -> None:
    elsewhere = factories.make_organization(office.session, name="Ailleurs")
    patient, _ = office.patient("Kerdoncuff", organization_id=elsewhere.id)
    office.visit(patient)
    text = office.text(f"?of={office.nurse.id}", user=office.claire)
    assert "Kerdoncuff" not in text
    assert "Dossier fermé" not in text
    assert "9 h 00" not in text
    assert office.lines(patient.id) == []


def test_a_coordination_that_ended_shows_nobodys_day(office: Office) -> None:
    second = factories.make_organization(office.session, name="Autre maison")
    factories.make_coordination(office.session, user=office.claire, organization_id=second.id)
    row = office.session.get_one(Coordination, (office.claire.id, office.house.id))
    row.ended_at = clock.now()
    office.enter(office.claire)
    assert office.reader.get(f"{PAGE}?of={office.nurse.id}").status_code == 404
    assert "Nadia" not in office.text(user=office.claire)


def test_a_professional_sees_no_day_of_a_colleague(office: Office) -> None:
    other = factories.make_practitioner(office.session, given_name="Karim")
    office.session.add(PractitionerRole(practitioner_id=other.id, organization_id=office.house.id))
    office.enter()
    assert office.reader.get(f"{PAGE}?of={other.id}").status_code == 404
    assert office.reader.get(f"{PAGE}/sheet?of={other.id}").status_code == 404


def test_a_carer_has_no_workday(office: Office) -> None:
    carer, _ = factories.make_user(office.session, office.keys)
    office.enter(carer)
    for path in (PAGE, f"{PAGE}/sheet"):
        assert office.reader.get(path).status_code == 403


def test_a_workshop_stands_once_whoever_comes(office: Office) -> None:
    patient, _ = office.patient()
    workshop = Workshop(
        organization_id=office.house.id,
        title="Bien manger",
        starts_at=office.at(14),
        ends_at=office.at(16),
        capacity=8,
        places_taken=6,
        practitioner_id=office.nurse.id,
    )
    office.session.add(workshop)
    office.session.flush()
    visit = office.visit(patient, starts_at=office.at(14), workshop_id=workshop.id)
    text = office.text()
    assert f"/professional/workshops/{workshop.id}" in text
    assert "Places libres : 2 sur 8" in text
    assert _link(visit) not in text
    assert _link(visit) not in office.text("?view=week")


def test_the_sheet_has_phone_preparation_and_no_cancelled_visit(office: Office) -> None:
    patient, _ = office.patient(phone="02 61 91 00 27")
    office.visit(patient, preparation="Ordonnance\nCarte Vitale", instructions="Code : 12A")
    office.visit(patient, status=AppointmentStatus.CANCELLED, title="Annulé hier")
    text = office.text("/sheet")
    assert "02 61 91 00 27" in text
    assert "Carte Vitale" in text
    assert "12A" in text
    assert "Annulé hier" not in text
    assert office.lines(patient.id) == [("agenda", "see", "professional")]


def test_what_somebody_typed_is_never_markup(office: Office) -> None:
    patient, _ = office.patient("<b>Morel</b>")
    office.visit(patient, title="<script>x</script>", place='"><img src=x>')
    for query in ("", "?view=week", "/sheet"):
        text = office.text(query)
        assert "<script>x" not in text
        assert "<img src=x" not in text
        assert "<b>Morel" not in text


@pytest.mark.parametrize("query", ["", "?view=week", "/sheet"])
@pytest.mark.parametrize("who", ["nurse", "coordinator"])
def test_a_hundred_visits_cost_the_same_as_one(
    app: Flask, office: Office, query: str, who: str
) -> None:
    counts = []
    for patients in (1, 50):
        nurse = factories.make_practitioner(office.session)
        office.session.add(
            PractitionerRole(practitioner_id=nurse.id, organization_id=office.house.id)
        )
        user, _ = factories.make_user(office.session, office.keys, practitioner_id=nurse.id)
        office.nurse = nurse
        for _ in range(patients):
            patient, _member = office.patient()
            office.visit(patient)
            office.visit(patient, starts_at=office.at(15))
        office.enter(user if who == "nurse" else office.claire)
        joint = "&" if "?" in query else "?"
        with counted(app) as statements:
            answer = office.reader.get(f"{PAGE}{query}{joint}of={nurse.id}")
        assert answer.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST
