"""Changing, ending and taking back, as those who keep a series do it in their browser."""

from datetime import date
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.audit import Author
from portal.models.agenda import AppointmentStatus
from portal.models.agreement import AppointmentAct, AppointmentChange
from portal.models.series import AppointmentSeries
from tests import factories
from tests.series.ahead import started
from tests.series.home import Home

PARIS = ZoneInfo("Europe/Paris")


def _hours(home: Home, series: AppointmentSeries) -> set[int]:
    return {row.starts_at.astimezone(PARIS).hour for row in home.rows(series) if row.starts_at}


def _following(home: Home, location: str) -> AppointmentSeries:
    home.session.rollback()
    return home.stored(UUID(location.split("/series/")[1].split("?")[0]))


def test_the_nurse_comes_an_hour_later_from_a_date_on(home: Home) -> None:
    series = home.series()
    home.enter("nadia")
    answer = home.change(series, 2, reason="Nouvelle tournée")
    assert answer.status_code == 303
    following = _following(home, answer.location)
    assert _hours(home, series) == {8}
    assert _hours(home, following) == {9}
    page = home.reader.get(answer.location)
    assert "La série continue avec les nouveaux horaires." in page.text
    assert "Tous les lundis et jeudis, à 9\u00a0h\u00a000" in page.text


def test_what_was_agreed_for_one_date_is_named_in_the_confirmation(home: Home) -> None:
    series = home.series()
    row = home.rows(series)[4]
    home.session.add(row)
    row.status = AppointmentStatus.CANCELLED
    home.session.commit()
    home.enter("nadia")
    page = home.reader.get(home.change(series, 2).location)
    status = page.text.split('role="status"')[1].split("</div>")[0]
    assert "Ce qui était convenu pour certaines dates reste" in status
    assert "annulé" in status


def test_a_carer_who_may_see_sees_no_action(home: Home) -> None:
    series = home.series()
    for name in ("paul", "jeanne"):
        home.enter(name)
        page = home.get(series)
        assert page.status_code == 200
        assert "Modifier la suite" not in page.text
        assert "<form" not in page.text.split("<main")[1].split("</main>")[0]
        assert home.get(series, "/change").status_code == 403
        assert home.get(series, "/end").status_code == 403
        assert home.change(series, 2).status_code == 403
        assert home.post(series, "end", reason="x").status_code == 403
        assert home.post(series, "restore").status_code == 403
    assert _hours(home, series) == {8}


def test_a_professional_keeps_their_own_and_a_coordinator_all(home: Home) -> None:
    series = home.series()
    home.enter("thomas")
    assert home.get(series).status_code == 200
    assert home.get(series, "/change").status_code == 403
    assert home.change(series, 2).status_code == 403
    home.enter("claire")
    assert home.get(series, "/change").status_code == 200
    assert home.change(series, 2).status_code == 303


def test_a_series_of_another_patient_is_not_found(home: Home) -> None:
    other = factories.make_patient(home.session)
    foreign = started(home.session, other, _by(home), rrule="FREQ=DAILY;COUNT=2")
    home.session.commit()
    home.enter("nadia")
    for path in ("", "/change", "/end"):
        assert home.get(foreign, path).status_code == 404
    data = {"version": 1, "reason": "x", "from_id": foreign.id}
    for act in ("change", "end", "restore"):
        answer = home.reader.post(f"{home.door}/{foreign.id}/{act}", data=data)
        assert answer.status_code == 404
    home.enter("stranger")
    assert home.get(home.series()).status_code == 404


def _by(home: Home) -> Author:
    return Author(home.people["nadia"].id, "professional")


def test_a_series_ends_and_the_end_is_taken_back(home: Home) -> None:
    series = home.series()
    rows = home.rows(series)
    home.enter("nadia")
    answer = home.post(series, "end", from_id=rows[3].id, reason="La plaie est guérie")
    assert answer.status_code == 303
    statuses = [row.status for row in home.rows(series)]
    assert statuses[:3] == [AppointmentStatus.BOOKED] * 3
    assert set(statuses[3:]) == {AppointmentStatus.CANCELLED}
    page = home.reader.get(answer.location)
    assert "Les visites suivantes sont annulées." in page.text
    assert "Reprendre la série" in page.text
    assert home.post(series, "restore").status_code == 303
    assert {row.status for row in home.rows(series)} == {AppointmentStatus.BOOKED}
    assert home.post(series, "restore").status_code == 409


def test_an_end_without_a_reason_comes_back_with_what_was_chosen(home: Home) -> None:
    series = home.series()
    chosen = home.rows(series)[3].id
    home.enter("nadia")
    answer = home.post(series, "end", from_id=chosen, reason=" ")
    assert answer.status_code == 422
    assert "Écrivez pourquoi cela finit" in answer.text
    assert f'<option value="{chosen}" selected>' in answer.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("from_id", "x", "Choisissez une date de la liste"),
        ("from_id", uuid4(), "Choisissez une date de la liste"),
        ("starts", "bientôt", "Écrivez l’heure"),
        ("ends", "07:00", "Choisissez une fin"),
        ("duration", "99999", "Écrivez un nombre de minutes"),
        ("repeats", "once", "Choisissez à quelle fréquence"),
        ("repeats", "hourly", "Choisissez à quelle fréquence"),
        ("every", "0", "Écrivez un nombre de 1 à 99"),
        ("every", "1" * 30, "Écrivez"),
        ("weekdays", ["9"], "Choisissez des jours de la semaine"),
        ("ends_how", "someday", "Choisissez quand cela finit"),
        ("reason", "x" * 301, "Écrivez"),
    ],
)
def test_a_mistake_is_said_and_nothing_changes(
    home: Home, field: str, value: object, said: str
) -> None:
    series = home.series()
    home.enter("nadia")
    answer = home.change(series, 2, **{field: value})
    assert answer.status_code == 422
    assert "Erreur" in answer.text.split("</title>")[0]
    assert said in answer.text
    assert 'value="09:00"' in answer.text or field == "starts"
    assert _hours(home, series) == {8}


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("demain", "Écrivez le dernier jour"),
        ("2020-01-01", "Le dernier jour vient avant le premier"),
        ("2199-01-01", "Vérifiez l’année"),
    ],
)
def test_the_last_day_is_one_that_can_be(home: Home, until: str, said: str) -> None:
    series = home.series()
    home.enter("nadia")
    answer = home.change(series, 2, ends_how="day", until=until)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_rule_that_names_only_holidays_is_refused(home: Home) -> None:
    today = clock.now().date()
    christmas = date(today.year + (today >= date(today.year, 12, 24)), 12, 25)
    series = home.series(rrule="FREQ=YEARLY", first_day=christmas)
    home.enter("nadia")
    answer = home.change(
        series, 0, repeats="yearly", skips_holidays="y", ends_how="times", times="1"
    )
    assert answer.status_code == 422
    assert "Aucune visite ne suivrait" in answer.text


def test_hostile_text_stays_text(home: Home) -> None:
    series = home.series(title="<script>alert(1)</script>")
    home.enter("nadia")
    answer = home.post(
        series, "end", from_id=home.rows(series)[2].id, reason="<img src=x onerror=alert(1)>"
    )
    page = home.reader.get(answer.location)
    assert "<script>alert(1)" not in page.text
    assert "<img src=x" not in page.text


def test_the_second_of_two_sees_what_the_first_did_and_sends_again(home: Home) -> None:
    series = home.series()
    chosen = home.rows(series)[4].id
    home.enter("nadia")
    version = series.version
    home.post(series, "end", from_id=home.rows(series)[8].id, reason="Vacances")
    late = home.change(series, 4, version=version, reason="Nouvelle tournée")
    assert late.status_code == 409
    assert "Quelqu’un a modifié cette série entre-temps" in late.text
    assert "jusqu’au" in late.text, "what the first did"
    assert "Nouvelle tournée" in late.text
    assert f'<option value="{chosen}" selected>' in late.text
    again = late.text.split('name="version" value="')[1].split('"')[0]
    answer = home.change(series, 4, version=again, reason="Nouvelle tournée")
    assert answer.status_code == 303


def test_a_date_that_another_change_gave_to_a_new_series_is_found_there(home: Home) -> None:
    series = home.series()
    chosen = home.rows(series)[4].id
    home.enter("nadia")
    version = series.version
    first = home.change(series, 2)
    following = _following(home, first.location)
    late = home.post(
        series,
        "end",
        version=version,
        from_id=chosen,
        reason="La plaie est guérie",
    )
    assert late.status_code == 409
    assert f"/series/{following.id}/end" in late.text
    assert "La plaie est guérie" in late.text
    answer = home.post(following, "end", from_id=chosen, reason="La plaie est guérie")
    assert answer.status_code == 303


def test_a_form_that_is_sent_twice_changes_once(home: Home) -> None:
    series = home.series()
    home.enter("nadia")
    version = series.version
    rows = home.rows(series)
    assert home.change(series, 2, version=version).status_code == 303
    again = home.post(
        series,
        "change",
        version=version,
        from_id=rows[2].id,
        starts="09:00",
        repeats="weekly",
        every="1",
        ends_how="never",
    )
    assert again.status_code == 409
    moved = home.session.execute(
        select(AppointmentChange.appointment_id).where(  # type: ignore[call-overload]  # columns
            AppointmentChange.act == AppointmentAct.MOVED
        )
    ).scalars()
    ids = list(moved)
    assert len(ids) == len(set(ids))


def test_a_rule_that_the_fields_cannot_say_is_kept(home: Home) -> None:
    series = home.series(rrule="FREQ=MONTHLY;BYMONTHDAY=1,15")
    home.enter("nadia")
    form = home.get(series, "/change").text
    assert 'value="monthly" checked' in form
    answer = home.change(series, 1, repeats="monthly", weekdays=[])
    assert _following(home, answer.location).rrule == "FREQ=MONTHLY;BYMONTHDAY=1,15"


def test_the_family_is_told_once(home: Home) -> None:
    series = home.series()
    home.enter("nadia")
    before = home.letters()
    home.change(series, 2)
    told = home.letters() - before
    assert told <= 2, "one letter for each person, and not one for each date"
