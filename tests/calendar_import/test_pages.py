"""A file becomes appointments: looked at first, kept once, and taken back."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portal import clock
from portal.models.agenda import AppointmentStatus
from portal.models.agreement import AppointmentAct
from portal.models.audit import AccessEvent
from portal.models.rights import GrantCategory, HiddenItem
from tests import factories
from tests.calendar_import.family import Family, Preview
from tests.calendar_import.files import LETTER_OF_A_HOSPITAL, calendar, event

SOON = (clock.now() + timedelta(days=9)).replace(hour=8, minute=30, second=0, microsecond=0)
START = f"DTSTART:{SOON:%Y%m%dT%H%M%SZ}"
OTHER_START = f"DTSTART:{SOON + timedelta(hours=5):%Y%m%dT%H%M%SZ}"


def _visit(*lines: str, method: str = "METHOD:REQUEST", uid: str = "a@chu.example.org") -> str:
    starts = () if any(line.startswith("DTSTART") for line in lines) else (START,)
    return calendar(event(*starts, *lines, uid=uid), method=method)


@pytest.mark.parametrize("name", ["jeanne", "paul"])
def test_what_the_file_says_is_looked_at_before_it_is_kept(family: Family, name: str) -> None:
    family.enter(name)
    assert family.reader.get(family.door).status_code == 200
    preview = family.send(LETTER_OF_A_HOSPITAL)
    assert preview.answer.status_code == 200
    assert "Consultation de cardiologie" in preview.text
    assert "De : CHU de Rennes, cardiologie" in preview.text
    assert "de 9 h 30 à 10 h" in preview.text
    assert family.rows() == []
    family.take(_visit("SUMMARY:Radio", "LOCATION:Aile B", "SEQUENCE:3"))
    row = family.row()
    assert (row.title, row.starts_at, row.place) == ("Radio", SOON, "Aile B")
    assert (row.source, row.source_name) == ("calendar", "Agenda Hôpital")
    assert (row.status, row.created_by) == ("booked", family.people[name].id)
    assert family.acts() == [AppointmentAct.ADDED]


def test_the_same_file_again_changes_nothing(family: Family) -> None:
    family.enter("paul")
    family.take(_visit("SEQUENCE:1"))
    preview = family.send(_visit("SEQUENCE:1"))
    assert preview.boxes == {}
    assert "Il n’y a rien à ajouter" in preview.text
    assert len(family.rows()) == 1


def test_a_second_tap_keeps_nothing_twice(family: Family) -> None:
    family.enter("paul")
    preview = family.send(_visit())
    family.keep(preview)
    again = family.keep(preview, "0")
    assert again.status_code == 303
    assert "Rien n’a changé" in family.reader.get(again.location).text
    assert len(family.rows()) == 1


def test_a_newer_file_moves_it_and_leaves_what_people_said(family: Family) -> None:
    family.enter("paul")
    family.take(_visit("SEQUENCE:1"))
    row = family.row()
    row.companion_id, row.transport, row.needs_companion = family.son.id, "VSL", True
    family.session.add(row)
    family.session.commit()
    preview = family.send(_visit(OTHER_START, "SUMMARY:Radio des genoux", "SEQUENCE:2"))
    assert preview.boxes == {"0": True}
    assert "une autre heure (avant" in preview.text
    assert "un autre titre" in preview.text
    family.keep(preview)
    row = family.row()
    assert (row.title, row.starts_at) == ("Radio des genoux", SOON + timedelta(hours=5))
    assert (row.companion_id, row.transport, row.version) == (family.son.id, "VSL", 2)
    assert family.acts() == [AppointmentAct.ADDED, AppointmentAct.MOVED]


def test_an_older_file_changes_nothing(family: Family) -> None:
    family.enter("paul")
    family.take(_visit("SEQUENCE:2"))
    preview = family.send(_visit(OTHER_START, "SEQUENCE:1"))
    assert preview.boxes == {}
    assert "L’agenda est plus récent" in preview.text


def test_what_somebody_changed_here_is_taken_back_only_by_a_tick(family: Family) -> None:
    family.enter("paul")
    family.take(_visit("SUMMARY:Radio"))
    row = family.row()
    row.title, row.version = "Radio du genou droit", 2
    family.session.add(row)
    family.session.commit()
    preview = family.send(_visit("SUMMARY:Radio"))
    assert preview.boxes == {"0": False}
    assert "Quelqu’un l’a modifié ici depuis" in preview.text
    family.keep(preview, "0")
    assert family.row().title == "Radio"


@pytest.mark.parametrize("how", ["METHOD:CANCEL", "STATUS:CANCELLED"])
def test_a_cancellation_cancels_what_was_kept(family: Family, how: str) -> None:
    family.enter("paul")
    family.take(_visit("SEQUENCE:1"))
    sent = (
        _visit("SEQUENCE:2", method=how) if how.startswith("METHOD") else _visit("SEQUENCE:2", how)
    )
    page = family.take(sent)
    assert "1 rendez-vous est annulé" in page.text.replace("\u00a0", " ")
    assert family.row().status is AppointmentStatus.CANCELLED
    assert family.acts()[-1] is AppointmentAct.CANCELLED


def test_a_cancellation_of_something_unknown_is_no_appointment(family: Family) -> None:
    family.enter("paul")
    preview = family.send(_visit(method="METHOD:CANCEL"))
    assert preview.boxes == {}
    assert "L’expéditeur l’a annulé" in preview.text


def test_a_rule_is_kept_date_by_date_and_cancelled_as_a_whole(family: Family) -> None:
    family.enter("paul")
    family.take(_visit("RRULE:FREQ=WEEKLY;COUNT=3"))
    assert [row.starts_at for row in family.rows()] == [
        SOON + timedelta(weeks=number) for number in range(3)
    ]
    preview = family.send(_visit("SEQUENCE:1", method="METHOD:CANCEL"))
    assert len(preview.boxes) == 3
    family.keep(preview)
    assert {row.status for row in family.rows()} == {AppointmentStatus.CANCELLED}


def test_what_was_kept_is_taken_out_again_and_can_come_back(family: Family) -> None:
    family.enter("paul")
    page = family.take(_visit("RRULE:FREQ=WEEKLY;COUNT=2"))
    data = {name: page.request.args[name] for name in ("first", "last")}
    gone = family.reader.post(f"{family.door}/undo", data=data)
    assert "2 rendez-vous ne sont plus" in family.reader.get(gone.location).text.replace(
        "\u00a0", " "
    )
    assert {row.status for row in family.rows()} == {AppointmentStatus.ENTERED_IN_ERROR}
    family.take(_visit("RRULE:FREQ=WEEKLY;COUNT=2"))
    assert {row.status for row in family.rows()} == {AppointmentStatus.BOOKED}
    assert len(family.rows()) == 2


def test_nobody_takes_out_what_another_person_kept_or_what_changed_since(family: Family) -> None:
    family.enter("paul")
    page = family.take(_visit())
    data = {name: page.request.args[name] for name in ("first", "last")}
    family.enter("jeanne")
    family.reader.post(f"{family.door}/undo", data=data)
    assert family.row().status is AppointmentStatus.BOOKED
    row = family.row()
    row.version = 2
    family.session.add(row)
    family.session.commit()
    family.enter("paul")
    answer = family.reader.post(f"{family.door}/undo", data=data)
    assert "Rien n’a quitté l’agenda" in family.reader.get(answer.location).text
    assert family.row().status is AppointmentStatus.BOOKED


def test_something_else_at_that_time_is_said(family: Family) -> None:
    factories.make_appointment(
        family.session, patient=family.patient, starts_at=SOON, title="Toilette du matin"
    )
    family.session.commit()
    family.enter("jeanne")
    assert "Au même moment : Toilette du matin" in family.send(_visit()).text


def test_a_hidden_appointment_gives_no_warning_and_no_hint(family: Family) -> None:
    family.enter("jeanne")
    family.take(_visit("SUMMARY:Secret"))
    row = family.row()
    family.session.add(
        HiddenItem(
            patient_id=family.patient.id,
            category=GrantCategory.AGENDA,
            item_id=row.id,
            created_at=clock.now(),
            created_by=family.people["jeanne"].id,
        )
    )
    family.session.commit()
    family.enter("paul")
    preview = family.send(_visit("SUMMARY:Secret"))
    assert preview.boxes == {"0": True}
    assert "Au même moment" not in preview.text
    family.keep(preview)
    rows = family.rows()
    assert [one.title for one in rows] == ["Secret", "Secret"]
    assert family.send(_visit("SUMMARY:Secret")).boxes == {}
    family.keep(family.send(_visit("SEQUENCE:9", method="METHOD:CANCEL")))
    statuses = {one.id == row.id: one.status for one in family.rows()}
    assert statuses == {True: AppointmentStatus.BOOKED, False: AppointmentStatus.CANCELLED}


def test_two_who_keep_newer_files_both_know(family: Family) -> None:
    family.enter("paul")
    family.take(_visit())
    seen = family.send(_visit(OTHER_START, "SEQUENCE:1"))
    row = family.row()
    row.title, row.version = "Radio, service B", 2
    family.session.add(row)
    family.session.commit()
    late = family.keep(seen)
    assert late.status_code == 409
    assert "entre-temps" in late.text
    assert family.row().title == "Radio, service B"
    assert family.keep(Preview(late)).status_code == 303
    assert family.row().starts_at == SOON + timedelta(hours=5)


def test_nothing_ticked_is_said_and_the_file_is_not_needed_again(family: Family) -> None:
    family.enter("paul")
    preview = family.send(_visit())
    answer = family.reader.post(f"{family.door}/keep", data={"sealed": preview.sealed})
    assert answer.status_code == 422
    assert "Cochez au moins un rendez-vous" in answer.text
    assert family.rows() == []


@pytest.mark.parametrize("sealed", ["", "AAAA", "é", "x" * 3000])
def test_made_up_visits_are_not_kept(family: Family, sealed: str) -> None:
    family.enter("paul")
    answer = family.reader.post(f"{family.door}/keep", data={"sealed": sealed, "chosen": "0"})
    assert answer.status_code == 422
    assert family.rows() == []


def test_what_one_reader_was_shown_is_nothing_to_another(family: Family) -> None:
    family.enter("jeanne")
    preview = family.send(_visit())
    family.enter("paul")
    assert family.keep(preview, "0").status_code == 422
    other = factories.make_patient(family.session, given_name="Lucien")
    factories.make_link(
        family.session, patient=other, user=family.people["jeanne"], grants=("agenda:act",)
    )
    family.session.commit()
    family.enter("jeanne")
    data = {"sealed": preview.sealed, "chosen": "0"}
    answer = family.reader.post(f"/p/{other.id}/agenda/import/keep", data=data)
    assert answer.status_code == 422
    assert family.rows() == []


@pytest.mark.parametrize("name", ["sylvie", "nadia"])
def test_who_may_only_see_adds_nothing(family: Family, name: str) -> None:
    family.enter(name)
    assert family.reader.get(family.door).status_code == 403
    assert family.send(_visit()).answer.status_code == 403
    for path in ("keep", "undo"):
        assert family.reader.post(f"{family.door}/{path}", data={}).status_code == 403
    assert family.reader.get(f"{family.door}/kept").status_code == 403


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choisissez d’abord un fichier"),
        (b"PK\x03\x04\x00", "Ce n’est pas un fichier d’agenda"),
        (b"x" * 230_000, "Le fichier est trop gros"),
        (b"x" * 3_000_000, "Le fichier est trop gros"),
        (calendar(*[event(START)] * 51).encode(), "plus de 50 rendez-vous"),
        (calendar().encode(), "ne contient aucun rendez-vous"),
        (b"BEGIN:VCALENDAR", "Ce fichier est abîmé"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_in_words(
    family: Family, content: bytes, said: str
) -> None:
    family.enter("paul")
    preview = family.send(content)
    assert preview.answer.status_code == 422
    assert said in preview.text


def test_hostile_words_stay_words(family: Family) -> None:
    family.enter("paul")
    attack = "<script>alert(1)</script>"
    page = family.take(_visit(f"SUMMARY:Radio {attack}", f"LOCATION:{attack}\\; x"))
    assert "<script>alert" not in page.text
    row = family.row()
    shown = family.reader.get(f"/p/{family.patient.id}/agenda/{row.id}")
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text


def test_the_page_says_that_another_person_read_the_agenda(family: Family) -> None:
    family.enter("paul")
    family.send(_visit())
    family.session.rollback()
    lines = family.session.exec(select(AccessEvent)).all()
    assert [(line.category, line.action) for line in lines] == [("agenda", "act")]


def test_a_stay_and_a_day_without_a_time_read_as_such(family: Family) -> None:
    family.enter("jeanne")
    day = SOON.date()
    stay = event(
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=4):%Y%m%d}",
        uid="stay",
    )
    alone = event(f"DTSTART;VALUE=DATE:{day:%Y%m%d}", uid="alone")
    preview = family.send(calendar(stay, alone))
    assert preview.text.count("heure non précisée") == 1
    assert "jusqu’au" in preview.text
    family.keep(preview)
    rows = {row.external_uid: row for row in family.rows()}
    assert (rows["alone"].is_window, rows["stay"].is_window) == (True, False)
    assert rows["stay"].is_stay
