"""Noting, changing, ending and deleting days away."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from portal.blueprints.absences import service
from portal.blueprints.absences.service import MOST_DAYS, Wanted, version_of
from portal.clock import now
from portal.errors import AbsenceRefusedError
from portal.models.directory import Absence, PractitionerRole
from tests import factories
from tests.absences.away import NEW, PAGE, Away, in_days, typed


def _version(row: Absence) -> str:
    return version_of(row.starts_on, row.ends_on, row.replacement_id, row.note)


def test_without_an_absence_the_page_says_so(away: Away) -> None:
    assert "Aucune absence à venir" in away.enter().get(PAGE).text


def test_an_absence_is_noted_and_confirmed(away: Away) -> None:
    reader = away.enter()
    answer = reader.post(
        NEW, data=away.form(replacement=str(away.julie.id), note="Julie a les clés")
    )
    assert answer.status_code == 303
    text = reader.get(answer.location).text
    assert "L’absence est notée." in text
    assert "Julie Le Bihan" in text
    assert "Julie a les clés" in text
    assert away.stored() == [(in_days(3), in_days(9))]


def test_a_second_tap_notes_it_once(away: Away) -> None:
    reader = away.enter()
    for _ in range(2):
        assert reader.post(NEW, data=away.form()).status_code == 303
    assert len(away.stored()) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_day", "demain", "Écrivez le premier jour comme ceci"),
        ("first_day", "31/02/2027", "Écrivez le premier jour comme ceci"),
        ("last_day", "", "Écrivez le dernier jour comme ceci"),
        ("last_day", typed(in_days(2)), "Le dernier jour vient avant le premier"),
        ("last_day", typed(in_days(3 + MOST_DAYS)), "12 mois au plus"),
        ("first_day", "01/01/2199", "à moins de deux ans"),
        ("replacement", "julie", "Choisissez quelqu’un dans la liste"),
        ("replacement", "00000000-0000-0000-0000-000000000001", "Choisissez quelqu’un dans"),
        ("note", "x" * 201, "moins de mots"),
    ],
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(
    away: Away, field: str, value: str, sentence: str
) -> None:
    answer = away.enter().post(NEW, data=away.form(note="Les clés") | {field: value})
    assert answer.status_code == 422
    assert sentence in answer.text.replace("\xa0", " ")
    assert value in answer.text or field == "replacement"
    assert "Les clés" in answer.text or field == "note"
    assert away.stored() == []


def test_days_that_are_over_are_not_noted(away: Away) -> None:
    answer = away.enter().post(NEW, data=away.form(-5, -1))
    assert answer.status_code == 422
    assert "Ces jours sont passés" in answer.text
    assert away.enter().post(NEW, data=away.form(-5, 0)).status_code == 303


def test_a_year_is_the_longest(away: Away) -> None:
    assert away.enter().post(NEW, data=away.form(3, 2 + MOST_DAYS)).status_code == 303


def test_nobody_replaces_themself(away: Away) -> None:
    answer = away.enter().post(NEW, data=away.form(replacement=str(away.nadia.id)))
    assert answer.status_code == 422
    assert away.stored() == []


def test_a_name_that_was_typed_but_not_chosen_is_asked_again(away: Away) -> None:
    data = away.form(asked="bihan")
    del data["replacement"]
    answer = away.enter().post(NEW, data=data)
    assert answer.status_code == 422
    assert "Choisissez quelqu’un dans la liste" in answer.text
    assert str(away.julie.id) in answer.text


@pytest.mark.parametrize(("first", "last"), [(3, 9), (1, 3), (9, 12), (0, 20), (5, 6)])
def test_days_that_touch_another_absence_lead_to_it(away: Away, first: int, last: int) -> None:
    other = away.absence(3, 9, note="Vacances")
    answer = away.enter().post(NEW, data=away.form(first, last))
    assert answer.status_code == 422
    assert "Ces jours touchent une autre absence" in answer.text
    assert f'href="{PAGE}/{other.id}"' in answer.text
    assert len(away.stored()) == 1


def test_absences_may_follow_each_other(away: Away) -> None:
    away.absence(3, 9)
    assert away.enter().post(NEW, data=away.form(10, 12)).status_code == 303


def test_a_replacement_who_is_away_on_all_days_is_refused(away: Away) -> None:
    away.absence(0, 5, practitioner_id=away.julie.id)
    away.absence(6, 12, practitioner_id=away.julie.id)
    julie = str(away.julie.id)
    reader = away.enter()
    answer = reader.post(NEW, data=away.form(3, 9, replacement=julie))
    assert answer.status_code == 422
    assert "absente tous ces jours" in answer.text
    assert "Aussi en congé" in answer.text
    assert reader.post(NEW, data=away.form(3, 13, replacement=julie)).status_code == 303


def test_two_may_replace_each_other(away: Away) -> None:
    away.absence(20, 25, practitioner_id=away.julie.id, replacement_id=away.nadia.id)
    assert away.enter().post(NEW, data=away.form(replacement=str(away.julie.id))).status_code == 303


def test_an_absence_is_changed(away: Away) -> None:
    row = away.absence(3, 9)
    data = away.form(4, 8, version=_version(row))
    reader = away.enter()
    assert f'value="{_version(row)}"' in reader.get(f"{PAGE}/{row.id}").text
    answer = reader.post(f"{PAGE}/{row.id}", data=data)
    assert answer.location == f"{PAGE}?done=changed"
    assert away.stored() == [(in_days(4), in_days(8))]


def test_what_another_changed_meanwhile_is_shown_and_nothing_is_lost(away: Away) -> None:
    row = away.absence(3, 9)
    stale = _version(row)
    row.ends_on, row.replacement_id = in_days(11), away.julie.id
    away.session.flush()
    reader = away.enter()
    answer = reader.post(f"{PAGE}/{row.id}", data=away.form(4, 8, version=stale, note="Mes clés"))
    assert answer.status_code == 409
    assert "Quelqu’un a modifié cette absence entre-temps." in answer.text
    assert "Julie Le Bihan répond à la place." in answer.text
    assert "Mes clés" in answer.text
    assert away.stored() == [(in_days(3), in_days(11))]
    current = answer.text.partition('name="version" value="')[2].partition('"')[0]
    again = reader.post(f"{PAGE}/{row.id}", data=away.form(4, 8, version=current))
    assert again.status_code == 303
    assert away.stored() == [(in_days(4), in_days(8))]


def test_a_change_may_not_touch_another_absence(away: Away) -> None:
    row, _other = away.absence(3, 9), away.absence(12, 15)
    data = away.form(3, 12, version=_version(row))
    assert away.enter().post(f"{PAGE}/{row.id}", data=data).status_code == 422
    assert away.stored()[0] == (in_days(3), in_days(9))


def test_a_past_absence_is_not_changed(away: Away) -> None:
    row = away.absence(-9, -3)
    reader = away.enter()
    assert reader.get(f"{PAGE}/{row.id}").location == f"{PAGE}?done=over"
    answer = reader.post(f"{PAGE}/{row.id}", data=away.form(0, 5, version=_version(row)))
    assert answer.location == f"{PAGE}?done=over"
    assert away.stored() == [(in_days(-9), in_days(-3))]


def test_a_coming_absence_is_deleted(away: Away) -> None:
    row_id = away.absence(3, 9).id
    reader = away.enter()
    assert "Supprimer cette absence ?" in reader.get(f"{PAGE}/{row_id}/delete").text.replace(
        "\xa0", " "
    )
    assert reader.post(f"{PAGE}/{row_id}/delete").location == f"{PAGE}?done=deleted"
    assert away.stored() == []
    assert reader.post(f"{PAGE}/{row_id}/delete").status_code == 404


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (-9, -3)])
def test_what_was_true_for_a_day_is_not_deleted(away: Away, first: int, last: int) -> None:
    row = away.absence(first, last)
    reader = away.enter()
    assert reader.get(f"{PAGE}/{row.id}/delete").location == f"{PAGE}?done=over"
    assert reader.post(f"{PAGE}/{row.id}/delete").location == f"{PAGE}?done=over"
    assert len(away.stored()) == 1


def test_coming_back_early_can_be_undone(away: Away) -> None:
    row = away.absence(-3, 9)
    reader = away.enter()
    answer = reader.post(f"{PAGE}/{row.id}/back")
    assert away.stored() == [(in_days(-3), in_days(-1))]
    text = reader.get(answer.location).text
    assert "L’absence est terminée." in text
    last = text.partition('name="last" value="')[2].partition('"')[0]
    answer = reader.post(f"{PAGE}/{row.id}/again", data={"last": last})
    assert answer.location == f"{PAGE}?done=again"
    assert away.stored() == [(in_days(-3), in_days(9))]


@pytest.mark.parametrize(("first", "last"), [(0, 5), (2, 5), (-5, -1)])
def test_nobody_comes_back_from_what_does_not_run(away: Away, first: int, last: int) -> None:
    row = away.absence(first, last)
    assert away.enter().post(f"{PAGE}/{row.id}/back").location == f"{PAGE}?done=over"
    assert away.stored() == [(in_days(first), in_days(last))]


def test_only_what_ended_just_now_goes_on(away: Away) -> None:
    row = away.absence(-9, -4)
    reader = away.enter()
    answer = reader.post(f"{PAGE}/{row.id}/again", data={"last": in_days(5).isoformat()})
    assert answer.location == f"{PAGE}?done=over"
    assert reader.post(f"{PAGE}/{row.id}/again", data={"last": "x"}).status_code == 404
    assert away.stored() == [(in_days(-9), in_days(-4))]


def test_undoing_does_not_run_into_another_absence(away: Away) -> None:
    row = away.absence(-3, -1)
    away.absence(4, 6)
    data = {"last": in_days(5).isoformat()}
    assert away.enter().post(f"{PAGE}/{row.id}/again", data=data).location == f"{PAGE}?done=over"
    assert away.stored()[0] == (in_days(-3), in_days(-1))


def test_the_day_is_that_of_the_place(away: Away) -> None:
    """In Wallis it is tomorrow for half of each day, never yesterday."""
    place = factories.make_organization(away.session, time_zone="Pacific/Kiritimati")
    away.works_at(place)
    ahead = (now() + timedelta(hours=14)).date()
    reader = away.enter()
    data = away.form() | {"first_day": typed(ahead), "last_day": typed(ahead)}
    assert reader.post(NEW, data=data).status_code == 303
    before = typed(ahead - timedelta(days=1))
    answer = reader.post(NEW, data=data | {"first_day": before, "last_day": before})
    assert answer.status_code == 422


def test_a_place_that_was_left_says_no_day(away: Away) -> None:
    away.session.add(
        PractitionerRole(
            practitioner_id=away.nadia.id,
            time_zone="Pacific/Kiritimati",
            period_end=in_days(-30),
        )
    )
    away.session.flush()
    text = away.enter().get(f"{PAGE}?done=over").text
    assert "Aucune absence à venir" in text
    row = away.absence(0, 0)
    assert f"/{row.id}/delete" in away.enter().get(PAGE).text


def test_the_service_says_what_is_in_the_way(away: Away, session: Session) -> None:
    away.absence(3, 9)
    wanted = Wanted(in_days(8), in_days(12), None, "")
    with pytest.raises(AbsenceRefusedError) as refused:
        service.add(
            session, practitioner_id=away.nadia.id, wanted=wanted, by=away.user.id, at=now()
        )
    assert (refused.value.first, refused.value.last) == (in_days(3), in_days(9))


def test_past_absences_stay_readable(away: Away) -> None:
    away.absence(-9, -3, replacement_id=away.julie.id)
    text = away.enter().get(PAGE).text
    assert "Absences passées" in text
    assert "Julie Le Bihan" in text
