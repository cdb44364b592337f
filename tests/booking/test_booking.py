"""A coordinator or a professional books for a patient, and nothing is made up."""

from datetime import timedelta

import pytest

from portal.models.agenda import AppointmentKind, AppointmentStatus
from portal.models.agreement import AppointmentAct
from portal.models.care import Patient
from tests.booking.circle import Circle


def _text(html: str) -> str:
    return html.replace("\u00a0", " ").replace("\u202f", " ")


def test_an_appointment_is_booked_once_however_often_it_is_sent(circle: Circle) -> None:
    circle.enter("claire")
    answers = circle.answers()
    first, again = (circle.post("book", **answers) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    (booked,) = circle.all()
    assert (booked.title, booked.status, booked.version) == (
        "Consultation de suivi",
        AppointmentStatus.BOOKED,
        1,
    )
    assert (booked.starts_at, booked.ends_at) == (circle.at(14, 30), circle.at(15))
    assert booked.practitioner_id == circle.places["nadia"].practitioner_id
    assert (booked.source, booked.created_by) == ("portal", circle.people["claire"].id)
    (line,) = circle.changes(booked)
    assert (line.act, line.capacity) == (AppointmentAct.BOOKED, "coordinator")
    page = _text(circle.reader.get(first.location).text)
    assert "Le rendez-vous est pris." in page
    assert "C’était déjà le cas" in circle.reader.get(again.location).text


def test_after_going_back_other_words_are_another_appointment(circle: Circle) -> None:
    circle.enter("claire")
    answers = circle.answers()
    circle.post("book", **answers)
    circle.post("book", **(answers | {"title": "Prise de sang", "starts": "17:00"}))
    assert {one.title for one in circle.all()} == {"Consultation de suivi", "Prise de sang"}


def test_a_window_is_kept_as_one(circle: Circle) -> None:
    circle.enter("claire")
    circle.post("book", **circle.answers(timing="window", starts="7h", ends="9 h 30", duration=""))
    (booked,) = circle.all()
    assert booked.is_window
    assert (booked.starts_at, booked.ends_at) == (circle.at(7), circle.at(9, 30))


def test_a_stay_has_a_first_and_a_last_day(circle: Circle) -> None:
    circle.enter("claire")
    last = (circle.day + timedelta(days=3)).strftime("%d/%m/%Y")
    answers = circle.answers(timing="days", kind="admission", last_day=last, starts="10:00")
    assert circle.post("book", **answers).status_code == 303
    (booked,) = circle.all()
    assert booked.kind is AppointmentKind.ADMISSION
    assert (booked.starts_at, booked.ends_at) == (circle.at(10), circle.at(23, 59, days=3))
    assert booked.duration_minutes is None


def test_a_proposal_says_until_when_it_can_be_answered(circle: Circle) -> None:
    circle.enter("claire")
    by = circle.day - timedelta(days=2)
    circle.post("book", **circle.answers(state="proposed", respond_before=by.isoformat()))
    (booked,) = circle.all()
    assert (booked.status, booked.respond_before) == (AppointmentStatus.PROPOSED, by)
    assert circle.changes(booked)[0].act is AppointmentAct.PROPOSED


def test_a_professional_books_for_themself_whatever_is_sent(circle: Circle) -> None:
    circle.enter("nadia")
    assert "Julie" not in circle.get("book").text
    refused = circle.post("book", **circle.answers(who=str(circle.places["julie"].id)))
    assert refused.status_code == 422
    for who in ("", str(circle.places["nadia"].id)):
        answers = circle.answers(who=who, anyway="1")
        assert circle.post("book", **answers).status_code == 303
    own = circle.places["nadia"].practitioner_id
    assert [one.practitioner_id for one in circle.all()] == [own, own]


def test_the_time_is_that_of_the_place(circle: Circle) -> None:
    circle.enter("claire")
    answer = circle.post("book", **circle.answers(time_zone="Indian/Reunion", starts="14:30"))
    (booked,) = circle.all()
    assert booked.time_zone == "Indian/Reunion"
    assert f"{booked.starts_at:%H:%M}" == "10:30"
    page = _text(circle.reader.get(answer.location).text)
    assert "14 h 30" in page
    assert "Réunion" in page


def test_the_clock_is_that_of_the_patient_unless_another_is_chosen(circle: Circle) -> None:
    circle.session.rollback()
    circle.session.get_one(Patient, circle.patient.id).time_zone = "Indian/Reunion"
    circle.session.commit()
    circle.enter("claire")
    assert '<option value="Indian/Reunion" selected>' in circle.get("book").text
    answers = circle.answers()
    del answers["time_zone"]
    assert circle.post("book", **answers).status_code == 303
    (booked,) = circle.all()
    assert (booked.time_zone, f"{booked.starts_at:%H:%M}") == ("Indian/Reunion", "10:30")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "Écrivez de quoi il s’agit"),
        ({"title": "x" * 201}, "Écrivez-le en moins de mots"),
        ({"kind": "party"}, "Choisissez le type de rendez-vous"),
        ({"day": "bientôt"}, "Écrivez le jour comme 17/03/2027"),
        ({"day": "2001-03-17"}, "Choisissez un jour à venir"),
        ({"day": "2999-03-17"}, "Vérifiez l’année"),
        ({"starts": "25:00"}, "Écrivez l’heure comme 14:30"),
        ({"timing": "window", "ends": "14:30"}, "Choisissez une fin après le début"),
        ({"timing": "days", "last_day": ""}, "Écrivez le dernier jour"),
        ({"timing": "never"}, "Choisissez l’une des trois"),
        ({"duration": "9999999999"}, "Écrivez un nombre de minutes"),
        ({"time_zone": "Mars/Olympus"}, "Choisissez dans la liste"),
        ({"who": "nobody"}, "Choisissez une personne de la liste"),
        ({"video_url": "http://visio.example.org/1"}, "commence par https://"),
        ({"video_url": "javascript:alert(1)"}, "commence par https://"),
        ({"video_url": "https://a@b.example.org/"}, "commence par https://"),
        ({"preparation": "x" * 301}, "Écrivez moins de lignes"),
        ({"state": "proposed", "respond_before": "2999-01-01"}, "entre aujourd’hui et"),
        ({"timing": "days", "repeats": "weekly"}, "ne se répète pas"),
    ],
)
def test_a_mistake_is_said_and_everything_typed_is_kept(
    circle: Circle, fields: dict[str, str], sentence: str
) -> None:
    circle.enter("claire")
    answer = circle.post("book", **circle.answers(**({"place": "Salle bleue"} | fields)))
    assert answer.status_code == 422
    assert sentence in _text(answer.text)
    assert 'value="Salle bleue"' in answer.text
    assert "<title>Erreur" in answer.text
    assert circle.all() == []


def test_hostile_text_is_shown_as_text(circle: Circle) -> None:
    circle.enter("claire")
    words = "<script>alert(1)</script>"
    answer = circle.post("book", **circle.answers(title=words, preparation=words, place=words))
    page = circle.reader.get(answer.location).text
    assert words not in page
    assert "&lt;script&gt;" in page


def test_lines_to_prepare_are_kept_one_by_one(circle: Circle) -> None:
    circle.enter("claire")
    typed = "  La carte Vitale \r\n\r\nL’ordonnance\r\nLa carte Vitale"
    circle.post("book", **circle.answers(preparation=typed, needs_companion="y"))
    (booked,) = circle.all()
    assert booked.preparation == "La carte Vitale\nL’ordonnance"
    assert booked.needs_companion


def test_a_visit_that_repeats_becomes_a_series_once(circle: Circle) -> None:
    circle.enter("claire")
    answers = circle.answers(repeats="weekly", ends_how="times", times="4", every="1")
    first, again = (circle.post("book", **answers) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    rows = circle.all()
    assert len(rows) == 4
    page = circle.reader.get(first.location).text
    assert "Les visites sont prises." in page
    assert f"/agenda/series/{rows[0].series_id}" in page
    assert "C’était déjà le cas" in circle.reader.get(again.location).text
    assert {one.series_id for one in rows} == {rows[0].series_id}
    assert rows[0].starts_at == circle.at(14, 30)
    assert {one.title for one in rows} == {"Consultation de suivi"}


def test_a_series_without_any_date_is_refused(circle: Circle) -> None:
    circle.enter("claire")
    day = next(
        one
        for one in (circle.day + timedelta(days=ahead) for ahead in range(366))
        if (one.month, one.day) == (5, 1)
    )
    answers = circle.answers(day=day.isoformat(), repeats="yearly", ends_how="times", times="1")
    answer = circle.post("book", **answers, every="1", skips_holidays="y")
    assert answer.status_code == 422
    assert "Aucune date n’en résulte" in answer.text
    assert circle.all() == []
