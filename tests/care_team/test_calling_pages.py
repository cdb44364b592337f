"""Whom to call now, on the team page and on the first page."""

from datetime import timedelta

import pytest

from portal import clock
from portal.models.care import EndReason
from portal.models.rights import Block
from tests import factories
from tests.care_team.conftest import Circle


def _needs(html: str) -> str:
    return html.partition('id="needs"')[2].partition("</section>")[0]


def _section(html: str, key: str) -> str:
    return html.partition(f'id="{key}"')[2].partition("</section>")[0]


def test_each_need_has_the_person_to_call_now(circle: Circle) -> None:
    _nadia, seat = circle.professional("Nadia", person={"phone": "06 39 98 12 07"})
    circle.need(owner_id=seat.id, detail="La jambe gauche")
    found = _needs(circle.read("paul"))
    assert "La jambe gauche" in found
    assert "Nadia Test" in found
    assert 'class="button is-primary" href="tel:+33639981207"' in found
    assert "Joignable jour et nuit" in found


def test_during_an_absence_the_replacement_is_called_everywhere(circle: Circle) -> None:
    nadia, seat = circle.professional("Nadia")
    julie = factories.make_practitioner(
        circle.session, given_name="Julie", family_name="Kerbrat", phone="06 39 98 12 64"
    )
    circle.works(julie)
    circle.is_away(nadia, julie, note="Julie a les clés.")
    circle.need(owner_id=seat.id)
    team = circle.read("paul")
    assert "Julie Kerbrat la remplace, joignable jour et nuit." in _needs(team)
    assert 'href="tel:+33639981264"' in _needs(team)
    others = _section(team, "others")
    assert "Absente jusqu’au" in others
    assert "Julie a les clés" in others
    assert "Appeler Julie Kerbrat" in others
    home = circle.read_home("paul").partition('id="call"')[2]
    assert 'class="button is-icon is-primary" href="tel:+33639981264"' in home
    assert "Nadia Test est absente jusqu’au" in home


def test_who_is_blocked_replaces_nobody_without_a_place_in_the_circle_too(circle: Circle) -> None:
    nadia, seat = circle.professional("Nadia")
    julie = factories.make_practitioner(
        circle.session, given_name="Julie", family_name="Kerbrat", phone="06 39 98 12 64"
    )
    circle.works(julie)
    circle.is_away(nadia, julie)
    circle.need(owner_id=seat.id)
    assert "Julie" in circle.read("paul")
    circle.session.add(
        Block(
            patient_id=circle.patient.id,
            practitioner_id=julie.id,
            starts_at=clock.now() - timedelta(minutes=1),
            created_by=circle.people["jeanne"].id,
        )
    )
    circle.session.commit()
    for text in (circle.read("paul"), circle.read_home("paul")):
        assert "Julie" not in text


def test_who_is_not_reachable_gets_no_first_button(circle: Circle) -> None:
    nadia, seat = circle.professional("Nadia", person={"phone": "06 39 98 12 07"})
    circle.is_away(nadia)
    circle.need(owner_id=seat.id)
    found = _needs(circle.read("paul"))
    assert 'class="button" href="tel:+33639981207"' in found
    assert "is-primary" not in found


def test_a_need_without_owner_is_seen_first_and_settled_by_who_may(circle: Circle) -> None:
    _nadia, seat = circle.professional("Nadia")
    circle.need(code="coordination", owner_id=seat.id)
    alarm = circle.need(code="respite")
    link = f"/needs/{alarm.id}"
    seen = _needs(circle.read("paul"))
    assert "Personne n’en répond" in seen
    assert seen.index("Personne n’en répond") < seen.index("Coordination des soins")
    assert link not in seen
    for name in ("jeanne", "marc", "claire"):
        assert link in _needs(circle.read(name)), name


def test_a_review_that_is_due_is_an_alarm_and_one_of_tomorrow_is_not(circle: Circle) -> None:
    _nadia, seat = circle.professional("Nadia")
    today = clock.now().date()
    circle.need(owner_id=seat.id, review_on=today + timedelta(days=2))
    assert "À revoir" not in _needs(circle.read("jeanne"))
    circle.need(code="diet", owner_id=seat.id, review_on=today - timedelta(days=1))
    assert _needs(circle.read("jeanne")).count("À revoir") == 1


def test_the_first_page_counts_the_alarms_for_who_may_settle_them(circle: Circle) -> None:
    one = circle.need(code="respite")
    home = circle.read_home("jeanne")
    assert "1 besoin sans responsable" in home
    assert f"/needs/{one.id}" in _section(home, "to-settle")
    circle.need(code="diet")
    for name in ("jeanne", "marc", "claire"):
        home = circle.read_home(name)
        assert "2 besoins sans responsable" in home, name
        assert f'href="/p/{circle.patient.id}/needs"' in _section(home, "to-settle")
    for name in ("paul", "sylvie"):
        assert "sans responsable" not in circle.read_home(name), name


def test_who_waits_for_a_yes_stands_apart_and_is_never_proposed(circle: Circle) -> None:
    _karim, seat = circle.professional(
        "Karim", is_outside_care_team=True, person={"phone": "06 39 98 77 77"}
    )
    circle.need(owner_id=seat.id)
    seen = circle.read("paul")
    waiting = _section(seen, "waiting")
    assert "Karim Test" in waiting
    assert "Jeanne n’a pas encore dit oui." in waiting
    assert "/consents" not in waiting
    assert "tel:+33639987777" not in seen
    assert "/consents" in _section(circle.read("jeanne"), "waiting")
    home = circle.read_home("jeanne")
    assert "Karim Test peut rejoindre l’équipe : votre accord est attendu" in home
    assert "votre accord" not in circle.read_home("paul")
    assert "votre accord" not in circle.read_home("claire")


def test_who_is_blocked_is_not_proposed_and_not_told_apart(circle: Circle) -> None:
    nadia, seat = circle.professional("Nadia", person={"phone": "06 39 98 88 88"})
    circle.need(owner_id=seat.id)
    circle.session.add(
        Block(
            patient_id=circle.patient.id,
            practitioner_id=nadia.id,
            created_by=circle.people["jeanne"].id,
            starts_at=clock.now() - timedelta(days=1),
        )
    )
    seen = circle.read("paul")
    assert "Nadia" not in _needs(seen)
    assert "tel:+33639988888" not in circle.read_home("paul")
    assert 'id="waiting"' not in seen


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"on_call_phone": "02 61 91 01 99", "on_call_text": "La garde infirmière"}, True),
        ({"has_116117": True}, True),
        ({}, False),
    ],
)
def test_after_hours_numbers_are_those_of_the_house(
    circle: Circle, fields: dict[str, object], shown: bool
) -> None:
    for name, value in fields.items():
        setattr(circle.house, name, value)
    circle.professional("Nadia")
    seen = circle.read("paul")
    assert ('id="after-hours"' in seen) == shown
    assert ("tel:116117" in seen) == ("has_116117" in fields)
    assert ("tel:+33261910199" in seen) == ("on_call_phone" in fields)
    assert 'href="tel:15"' in seen


def test_who_left_is_said_with_who_took_over_and_a_mistake_is_not(circle: Circle) -> None:
    over = clock.now() - timedelta(days=9)
    _julie, follower = circle.professional("Julie")
    circle.professional("Nadia", period_end=over, end_reason="moved", successor_id=follower.id)
    circle.professional("Erreur", period_end=over, end_reason=EndReason.MISTAKE)
    former = _section(circle.read("paul"), "former")
    assert "Nadia Test" in former
    assert "remplacée par Julie Test" in former
    assert "Erreur" not in former


def test_the_links_are_those_that_the_reader_may_follow(circle: Circle) -> None:
    nurse, _seat = circle.professional("Nadia")
    circle.people["claire"].practitioner_id = None
    base = f"/p/{circle.patient.id}"
    for name, manages in (("paul", False), ("claire", True)):
        seen = circle.read(name)
        assert f'href="{base}/needs"' in seen or not _needs(seen)
        assert f'href="{base}/care-team/sheet"' in seen
        assert (f'href="{base}/circle"' in seen) == manages
        assert f'href="{base}/circle/leave"' not in seen
    circle.people["marc"].practitioner_id = nurse.id
    circle.session.add(circle.people["marc"])
    assert f'href="{base}/circle/leave"' in circle.read("marc")


def test_who_may_not_see_the_team_sees_neither_page_nor_sheet(circle: Circle) -> None:
    circle.session.commit()
    circle.reader.enter(circle.session, circle.people["sylvie"])
    assert circle.reader.get(circle.door).status_code == 403
    assert circle.reader.get(f"{circle.door}/sheet").status_code == 403
    stranger = factories.make_patient(circle.session)
    circle.session.commit()
    assert circle.reader.get(f"/p/{stranger.id}/care-team/sheet").status_code == 404
