"""A workshop is prepared, changed and cancelled; the places of the patients follow."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from portal.access.audit import Author
from portal.clock import now
from portal.db import Database, begin_writing
from portal.models.agenda import AppointmentStatus
from portal.models.agreement import ChangeRequest, RequestKind, RequestState
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLinkKind
from portal.scheduling.requests import answers
from portal.scheduling.workshops import acts as workshop_acts
from portal.scheduling.workshops.places import WorkshopFullError
from tests import factories
from tests.workshops.office import Office, plain, soon

COMING = AppointmentStatus.BOOKED


def test_a_workshop_is_prepared_and_stands_in_the_list(office: Office) -> None:
    office.enter("nadia")
    assert "Aucun atelier à venir" in office.text()
    assert office.post("/new", **office.answers()).status_code == 303
    workshop = office.workshops()[0]
    local = workshop.starts_at.astimezone(ZoneInfo("Europe/Paris"))
    assert f"{local:%H:%M}" == "14:30"
    assert workshop.ends_at - workshop.starts_at == timedelta(minutes=90)
    assert (workshop.place, workshop.address) == (office.house.name, "3 rue du Port")
    text = office.text()
    assert "Bien dormir" in text
    assert "8 places, toutes libres" in text
    page = office.text(f"/{workshop.id}?done=added")
    assert "L’atelier est prêt." in page
    assert "Nadia Belkacem, Odile, patiente experte" in page
    assert "Venir avec un carnet" in page


def test_sent_twice_it_is_one_workshop(office: Office) -> None:
    office.enter("nadia")
    form = office.answers()
    office.post("/new", **form)
    again = office.post("/new", **form)
    assert again.status_code == 303
    assert len(office.workshops()) == 1
    assert "Rien n’a été changé" in plain(office.reader.get(again.headers["Location"]))


def test_overseas_the_clock_of_the_place_counts(office: Office) -> None:
    office.enter("nadia")
    office.post("/new", **office.answers(time_zone="Indian/Reunion", day="06/07/2027"))
    starts_at = office.workshops()[0].starts_at
    assert starts_at == datetime(2027, 7, 6, 10, 30, tzinfo=UTC)
    assert "La Réunion" in office.text()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", " ", "Écrivez le sujet"),
        ("title", "x" * 300, "moins de mots"),
        ("day", "demain", "17/03/2027"),
        ("day", "01/01/2020", "jour à venir"),
        ("day", "01/01/2099", "l’année"),
        ("starts", "25:00", "14:30"),
        ("starts", "²:00", "14:30"),
        ("ends", "14:00", "après le début"),
        ("time_zone", "Mars/Olympus", "liste"),
        ("capacity", "0", "nombre de places"),
        ("capacity", "999999999", "nombre de places"),
        ("capacity", "١٢", "nombre de places"),
        ("host", "00000000-0000-0000-0000-000000000001", "liste"),
        ("organization", "00000000-0000-0000-0000-000000000001", "liste"),
        ("respond_before", "01/01/2098", "avant l’atelier"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(
    office: Office, field: str, value: str, words: str
) -> None:
    office.enter("nadia")
    form = office.answers(description="Mon texte") | {field: value}
    answer = office.post("/new", **form)
    assert answer.status_code == 422
    text = plain(answer)
    assert f'id="{field}-error"' in text
    assert words in text.partition(f'id="{field}-error"')[2].partition("</p>")[0]
    assert "Mon texte" in text
    assert office.workshops() == []


def test_a_time_that_the_clocks_skip_is_refused(office: Office) -> None:
    office.enter("nadia")
    form = office.answers(day="28/03/2027", starts="2:30", ends="4:00")
    answer = office.post("/new", **form)
    assert answer.status_code == 422
    assert "Cette heure n’existe pas" in plain(answer)


def test_a_change_moves_every_place_and_keeps_every_answer(office: Office) -> None:
    workshop = office.workshop()
    comes = office.guest(workshop, office.patient("Abgrall"), COMING)
    asked = office.guest(workshop, office.patient("Morel"))
    gone = office.guest(workshop, office.patient("Ziegler"), AppointmentStatus.CANCELLED)
    before, moved_to = workshop.starts_at, soon(21)
    office.enter("nadia")
    day = moved_to.astimezone(ZoneInfo("Europe/Paris")).date()
    form = office.answers(day=f"{day:%d/%m/%Y}", title="Bien manger", version=1)
    answer = office.post(f"/{workshop.id}/change", **form)
    assert answer.headers["Location"].endswith("?done=changed&told=2")
    rows = {one.id: one for one in office.guests(workshop.id)}
    assert {rows[one.id].starts_at for one in (comes, asked)} == {moved_to}
    assert rows[comes.id].status is COMING
    assert rows[comes.id].version == 2
    assert rows[gone.id].starts_at == before
    assert office.acts(workshop.id) == ["moved", "moved"]
    assert office.stored(workshop.id).version == 2


def test_a_change_that_changes_nothing_tells_nobody(office: Office) -> None:
    workshop = office.workshop()
    office.guest(workshop, office.patient("Abgrall"), COMING)
    office.enter("nadia")
    form = office.answers(version=1)
    office.post(f"/{workshop.id}/change", **form)
    again = office.post(f"/{workshop.id}/change", **form)
    assert again.headers["Location"].endswith("?done=same")
    assert len(office.acts(workshop.id)) == 1


def test_there_are_never_fewer_places_than_are_taken(office: Office) -> None:
    workshop = office.workshop()
    for name in ("Abgrall", "Morel", "Ziegler"):
        office.guest(workshop, office.patient(name), COMING)
    office.enter("nadia")
    form = office.answers(version=1, capacity="2")
    answer = office.post(f"/{workshop.id}/change", **form)
    assert answer.status_code == 422
    assert "3 places sont déjà prises" in plain(answer)
    assert office.stored(workshop.id).capacity == 8
    office.post(f"/{workshop.id}/change", **(form | {"capacity": "3"}))
    assert office.stored(workshop.id).capacity == 3
    assert "Complet : 3 places prises" in office.text(f"/{workshop.id}")


def test_the_second_of_two_sees_what_changed_and_keeps_what_they_wrote(office: Office) -> None:
    workshop = office.workshop()
    office.enter("claire")
    office.post(f"/{workshop.id}/change", **office.answers(version=1, title="Bien cuisiner"))
    office.enter("nadia")
    stale = office.post(f"/{workshop.id}/change", **office.answers(version=1, title="Bien rire"))
    assert stale.status_code == 409
    text = plain(stale)
    assert "Quelqu’un a modifié cet atelier entre-temps" in text
    assert "Bien cuisiner" in text
    assert 'value="Bien rire"' in text
    assert 'name="version" value="2"' in text
    assert office.stored(workshop.id).title == "Bien cuisiner"
    office.post(f"/{workshop.id}/change", **office.answers(version=2, title="Bien rire"))
    assert office.stored(workshop.id).title == "Bien rire"


def test_a_cancelled_workshop_cancels_every_place_and_tells_every_family(office: Office) -> None:
    workshop = office.workshop()
    patient = office.patient("Abgrall")
    jeanne, _ = factories.make_user(office.session, office.keys, given_name="Jeanne")
    factories.make_link(office.session, patient=patient, user=jeanne, kind=CareLinkKind.SELF)
    comes = office.guest(workshop, patient, COMING)
    office.guest(workshop, office.patient("Morel", nurse=False, house=False))
    office.guest(workshop, office.patient("Ziegler"), AppointmentStatus.WAITLIST)
    office.session.add(
        ChangeRequest(
            patient_id=patient.id,
            appointment_id=comes.id,
            kind=RequestKind.CHANGE,
            asked_by=jeanne.id,
            capacity="self",
            asked_at=now(),
        )
    )
    office.session.commit()
    office.enter("nadia")
    page = office.text(f"/{workshop.id}/cancel")
    assert "3 patients et leurs proches sont prévenus." in page
    answer = office.post(f"/{workshop.id}/cancel", version=1, reason="La salle est inondée")
    assert answer.headers["Location"].endswith("?done=cancelled&told=3")
    for one in office.guests(workshop.id):
        assert one.status is AppointmentStatus.CANCELLED
        assert one.cancellation_reason == "La salle est inondée"
    assert office.acts(workshop.id) == ["cancelled"] * 3
    assert office.stored(workshop.id).places_taken == 0
    request = office.session.exec(select(ChangeRequest)).one()
    assert request.state is RequestState.CANCELLED
    told = office.session.exec(select(OutboxMessage.user_id)).all()
    assert jeanne.id in told
    assert ("agenda", "book", "professional") in office.lines(patient)
    text = office.text(f"/{workshop.id}")
    assert "La salle est inondée" in text
    assert f"{workshop.id}/propose" not in text


def test_why_it_is_cancelled_has_to_be_said(office: Office) -> None:
    workshop = office.workshop()
    office.enter("nadia")
    answer = office.post(f"/{workshop.id}/cancel", version=1, reason="  ")
    assert answer.status_code == 422
    assert office.stored(workshop.id).cancelled_at is None


def test_cancelled_twice_it_is_cancelled_once(office: Office) -> None:
    workshop = office.workshop()
    office.guest(workshop, office.patient("Abgrall"), COMING)
    office.enter("nadia")
    office.post(f"/{workshop.id}/cancel", version=1, reason="Grève")
    again = office.post(f"/{workshop.id}/cancel", version=1, reason="Autre chose")
    assert again.headers["Location"].endswith("?done=same")
    assert office.stored(workshop.id).cancellation_reason == "Grève"
    assert office.acts(workshop.id) == ["cancelled"]


@pytest.mark.parametrize("path", ["change", "cancel", "propose"])
def test_what_is_over_or_cancelled_offers_no_form(office: Office, path: str) -> None:
    past = office.workshop(starts_at=now() - timedelta(hours=1), ends_at=now())
    off = office.workshop(cancelled_at=now(), cancellation_reason="Grève")
    patient = office.patient("Abgrall")
    office.enter("nadia")
    sent = office.answers(version=1, reason="Grève", patient=str(patient.id))
    for workshop in (past, off):
        address = f"/professional/workshops/{workshop.id}?done=same"
        assert office.get(f"/{workshop.id}/{path}").headers["Location"] == address
        assert office.post(f"/{workshop.id}/{path}", **sent).headers["Location"] == address
        assert office.guests(workshop.id) == []


@pytest.mark.parametrize("path", ["", "/change", "/cancel", "/propose"])
def test_a_workshop_of_another_house_does_not_exist(office: Office, path: str) -> None:
    workshop = office.workshop()
    office.enter("yves")
    assert office.get(f"/{workshop.id}{path}").status_code == 404
    assert "Bien manger" not in office.text()
    if path:
        sent = office.answers(version=1, reason="Grève")
        assert office.post(f"/{workshop.id}{path}", **sent).status_code == 404
    assert office.stored(workshop.id).version == 1


def test_a_colleague_sees_and_proposes_it_but_does_not_change_it(office: Office) -> None:
    workshop = office.workshop()
    office.enter("karim")
    text = office.text(f"/{workshop.id}")
    assert f"{workshop.id}/propose" in text
    assert f"{workshop.id}/change" not in text
    for path in ("change", "cancel"):
        assert office.get(f"/{workshop.id}/{path}").status_code == 404
        sent = office.answers(version=1, reason="Grève")
        assert office.post(f"/{workshop.id}/{path}", **sent).status_code == 404
    assert office.stored(workshop.id).version == 1


def test_who_leads_it_from_elsewhere_keeps_it(office: Office) -> None:
    leads = office.people["yves"].practitioner_id
    workshop = office.workshop(practitioner_id=leads)
    office.enter("yves")
    assert "Bien manger" in office.text()
    form = office.answers(version=1, host=str(leads))
    assert office.post(f"/{workshop.id}/change", **form).status_code == 303
    assert office.stored(workshop.id).practitioner_id == leads


def test_a_relative_reaches_none_of_it(office: Office) -> None:
    workshop = office.workshop()
    office.enter("paul")
    for path in ("", "/new", f"/{workshop.id}", f"/{workshop.id}/change"):
        assert office.get(path).status_code == 403
    assert office.post("/new", **office.answers()).status_code == 403
    assert len(office.workshops()) == 1


def test_long_lists_go_on_page_by_page(office: Office) -> None:
    for number in range(33):
        office.workshop(title=f"Atelier n{number:02d}.")
    office.enter("nadia")
    first = office.text()
    assert first.count(">Atelier n") == 30
    address = first.partition('href="/professional/workshops?after=')[2].partition('"')[0]
    assert office.text(f"?after={address}").count(">Atelier n") == 3
    assert office.text("?after=x").count(">Atelier n") == 30


def test_past_workshops_stand_apart(office: Office) -> None:
    office.workshop(
        title="Hier", starts_at=now() - timedelta(days=1), ends_at=now() - timedelta(hours=20)
    )
    office.workshop(title="Bientôt")
    office.enter("nadia")
    assert "Hier" not in office.text().partition('id="content"')[2]
    assert "Hier" in office.text("?view=past")


def test_markup_of_a_title_stays_text(office: Office) -> None:
    evil = "<script>x</script>"
    workshop = office.workshop(title=evil, place='"><img src=x>', description=evil)
    office.enter("nadia")
    for path in ("", f"/{workshop.id}", f"/{workshop.id}/change", f"/{workshop.id}/propose"):
        text = office.text(path)
        assert evil not in text
        assert "<img src=x" not in text


def test_who_accepts_while_it_is_called_off_is_cancelled_or_told_that_it_is_full(
    office: Office, database: Database
) -> None:
    """Whatever comes first, nobody keeps a place in a workshop that does not take place."""
    workshop = office.workshop()
    guests = [office.guest(workshop, office.patient(f"P{n}")) for n in range(6)]
    places = [(one.patient_id, one.id) for one in guests]
    workshop_id, by = workshop.id, Author(office.people["nadia"].id, "professional")
    office.session.rollback()
    start = Barrier(len(places) + 1)

    def accept(place: tuple[UUID, UUID]) -> None:
        start.wait(timeout=60)
        with database.session() as own:
            begin_writing(own)
            patient_id, appointment_id = place
            try:
                answers.accept(
                    own,
                    patient_id=patient_id,
                    appointment_id=appointment_id,
                    version=1,
                    by=by,
                    at=now(),
                )
            except Exception:
                own.rollback()
            else:
                own.commit()

    def call_off(_place: object) -> None:
        start.wait(timeout=60)
        with database.session() as own:
            begin_writing(own)
            workshop_acts.call_off(
                own, workshop_id=workshop_id, version=1, reason="Grève", by=by, at=now()
            )
            own.commit()

    with ThreadPoolExecutor(len(places) + 1) as pool:
        running = [pool.submit(accept, one) for one in places]
        running.append(pool.submit(call_off, None))
        for one in running:
            one.result(timeout=60)
    assert {one.status for one in office.guests(workshop_id)} == {AppointmentStatus.CANCELLED}
    assert office.stored(workshop_id).places_taken == 0


def test_capacity_holds_while_it_is_made_smaller(office: Office, database: Database) -> None:
    workshop = office.workshop(capacity=10)
    guests = [office.guest(workshop, office.patient(f"P{n}")) for n in range(8)]
    places = [(one.patient_id, one.id) for one in guests]
    workshop_id, by = workshop.id, Author(office.people["nadia"].id, "professional")
    plan = workshop_acts.Plan(
        **{
            name: getattr(workshop, name)
            for name in workshop_acts.Plan.__slots__
            if name != "capacity"
        },
        capacity=4,
    )
    office.session.rollback()
    start = Barrier(len(places) + 1)

    def accept(place: tuple[UUID, UUID]) -> bool:
        start.wait(timeout=60)
        with database.session() as own:
            begin_writing(own)
            try:
                answers.accept(
                    own, patient_id=place[0], appointment_id=place[1], version=1, by=by, at=now()
                )
            except WorkshopFullError:
                return False
            own.commit()
            return True

    def shrink() -> bool:
        start.wait(timeout=60)
        with database.session() as own:
            begin_writing(own)
            try:
                workshop_acts.rewrite(
                    own, workshop_id=workshop_id, version=1, plan=plan, by=by, at=now()
                )
            except workshop_acts.TooFewPlacesError:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(len(places) + 1) as pool:
        smaller = pool.submit(shrink)
        accepted = list(pool.map(accept, places))
    stored = office.stored(workshop_id)
    assert stored.capacity == (4 if smaller.result() else 10)
    assert stored.places_taken == accepted.count(True) <= stored.capacity
