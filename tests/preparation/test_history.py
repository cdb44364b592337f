"""The history of an appointment in sentences: each act, before and after, and who did it."""

from datetime import UTC, datetime

from portal import clock
from portal.access.audit import Author
from portal.models.agreement import AppointmentAct
from portal.scheduling.acts import change, line_of
from portal.web.agreement_words import _SENTENCES
from tests.companions.family import Family

Act = AppointmentAct


def _claire(family: Family) -> Author:
    return Author(family.people["claire"].id, "coordinator")


def _change(family: Family, act: AppointmentAct, reason: str = "", **wanted: object) -> None:
    row = family.stored()
    change(
        family.session,
        row,
        wanted,
        act=act,
        by=_claire(family),
        at=clock.now(),
        reason=reason,
    )
    family.session.commit()


def test_every_act_has_a_sentence() -> None:
    assert set(_SENTENCES) == set(AppointmentAct)


def test_a_move_says_before_and_after_in_the_time_of_the_place(family: Family) -> None:
    family.put(
        time_zone="Indian/Reunion",
        starts_at=datetime(2027, 3, 27, 20, 30, tzinfo=UTC),
        ends_at=datetime(2027, 3, 27, 21, 0, tzinfo=UTC),
    )
    _change(
        family,
        Act.MOVED,
        "La machine est en panne",
        starts_at=datetime(2027, 3, 29, 5, 0, tzinfo=UTC),
        ends_at=datetime(2027, 3, 29, 7, 0, tzinfo=UTC),
        is_window=True,
    )
    _change(
        family,
        Act.MOVED,
        starts_at=datetime(2027, 3, 30, 6, 15, tzinfo=UTC),
        ends_at=datetime(2027, 3, 30, 6, 45, tzinfo=UTC),
        is_window=False,
    )
    family.enter("paul")
    page = family.text()
    first = "Déplacé du dimanche 28 mars 2027 à 0 h 30 au lundi 29 mars 2027 entre 9 h et 11 h."
    second = "Déplacé du lundi 29 mars 2027 entre 9 h et 11 h au mardi 30 mars 2027 à 10 h 15."
    assert first in page
    assert second in page
    assert page.index(second) < page.index(first)
    assert "Motif : La machine est en panne" in page
    assert "Par Claire Morel, coordination, aujourd’hui à" in page


def test_a_move_within_the_day_is_told_by_its_hours(family: Family) -> None:
    """Across the night when the clocks change, in the wall time of the place."""
    family.put(
        starts_at=datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
        ends_at=datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    )
    _change(family, Act.MOVED, starts_at=datetime(2027, 3, 28, 1, 0, tzinfo=UTC))
    _change(family, Act.CORRECTED, ends_at=datetime(2027, 3, 28, 2, 0, tzinfo=UTC))
    family.enter("paul")
    page = family.text()
    assert "Déplacé de 1 h 30 à 3 h, le dimanche 28 mars 2027." in page
    assert "L’heure de fin a changé." in page


def test_a_date_is_set_and_opened_again(family: Family) -> None:
    family.put(starts_at=None, ends_at=None, status="proposed")
    _change(family, Act.OTHER_PROPOSED, starts_at=datetime(2027, 1, 12, 13, 0, tzinfo=UTC))
    _change(family, Act.CORRECTED, starts_at=None)
    family.enter("jeanne")
    page = family.text()
    assert "Autre horaire proposé." in page
    assert "Fixé au mardi 12 janvier 2027 à 14 h." in page
    assert "La date est à nouveau à choisir." in page


def test_what_was_corrected_is_named(family: Family) -> None:
    _change(family, Act.CORRECTED, place="Pavillon B", instructions="À jeun")
    family.enter("paul")
    page = family.text()
    assert "Précisions corrigées." in page
    assert "Modifié : le lieu, ce qui est bon à savoir." in page


def test_the_newest_three_are_shown_and_the_rest_folded_away(family: Family) -> None:
    for act in (Act.BOOKED, Act.CHANGE_ASKED, Act.KEPT, Act.CALL_ASKED, Act.CALLED):
        line_of(family.session, family.stored(), act=act, by=_claire(family), at=clock.now())
        family.session.commit()
    family.enter("paul")
    page = family.text()
    shown, folded = page.split('id="history"')[1].split("<details", 1)
    assert "Le professionnel a rappelé." in shown
    assert "Autre horaire demandé." not in shown
    assert "2 changements plus anciens" in folded
    assert "Rendez-vous pris." in folded


def test_ones_own_acts_and_those_of_an_import(family: Family) -> None:
    family.enter("paul")
    family.choose("paul")
    line_of(family.session, family.stored(), act=Act.CANCELLED, by=None, at=clock.now())
    family.session.commit()
    page = family.text()
    assert "Paul accompagne." in page
    assert "Par vous, aujourd’hui à" in page
    assert "Par un import, aujourd’hui à" in page


def test_relatives_who_may_not_be_known_are_not_named(family: Family) -> None:
    """Sylvie went along before the appointment was hidden from her."""
    family.enter("sylvie")
    family.choose("sylvie")
    family.enter("paul")
    family.choose("paul")
    family.hide_from("sylvie")
    page = family.text()
    assert "Un proche accompagne." in page
    assert "Sylvie accompagne." not in page


def test_hostile_words_are_only_words(family: Family) -> None:
    _change(family, Act.CANCELLED, "<b>non</b> {{ 7 * 7 }}", status="cancelled")
    family.enter("paul")
    page = family.get().text
    assert "<b>non" not in page
    assert "{{ 7 * 7 }}" in page


def test_without_any_act_there_is_no_card(family: Family) -> None:
    family.enter("paul")
    assert 'id="history"' not in family.get().text
