"""Who says it, who answers for themself, and what stays untold."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from portal import clock
from portal.models.agenda import Appointment
from portal.models.rights import CareLinkStatus, Grant, GrantCategory
from tests import factories
from tests.companions.family import Family, words_of

ACTS = (
    ("GET", "/companion"),
    ("POST", "/companion"),
    ("POST", "/transport"),
)


def _statuses(family: Family) -> set[int]:
    family.session.rollback()
    headers = {"Sec-Fetch-Site": "same-origin"}
    client = family.reader.client
    return {
        client.open(family.door + path, method=method, headers=headers).status_code
        for method, path in ACTS
    }


@pytest.mark.parametrize("name", ["marc", "nadia", "claire"])
def test_who_only_reads_sees_no_action(family: Family, name: str) -> None:
    family.enter(name)
    page = family.text()
    assert "Cardiologie" in page
    for words in ("Qui accompagne", "Moi, ", "Dire comment s’y rendre", "j’accompagne"):
        assert words not in page
    assert _statuses(family) == {403}
    assert family.answer("yes").status_code == 404
    assert family.get("/companion/answer").status_code == 303
    assert family.lines() == []


def test_who_was_asked_and_only_reads_answers_for_themself(family: Family) -> None:
    family.enter("jeanne")
    family.choose("marc")
    family.enter("marc")
    page = family.text()
    assert "Oui, j’accompagne" in page
    assert "Sylvie" not in page.split("Qui accompagne Jeanne")[1].split("</section>")[0]
    assert "Accompagnez-vous Jeanne ?" in family.text("/companion/answer")
    family.answer("yes")
    assert family.companion() == ("marc", True)
    assert _statuses(family) == {403}
    assert "Je ne peux plus venir" in family.text()
    family.answer("no")
    assert family.companion() is None


def test_whoever_was_asked_finds_the_question_from_everywhere(family: Family) -> None:
    family.enter("jeanne")
    family.choose("marc")
    family.enter("marc")
    agenda = family.door.rpartition("/")[0]
    for place in (f"/p/{family.patient.id}/", f"{agenda}?view=list"):
        page = family.reader.get(place).text
        assert f'href="{family.door}/companion"' not in page
        assert f'href="{family.door}/companion/answer"' in page, place
    assert family.get("/companion/answer").status_code == 200


def test_nobody_answers_for_somebody_else(family: Family) -> None:
    family.enter("jeanne")
    family.choose("marc")
    for name in ("sylvie", "nadia", "jeanne"):
        family.enter(name)
        assert family.answer("yes").status_code == 404
    assert family.companion() == ("marc", False)


def test_strangers_and_foreign_appointments_are_not_found(family: Family) -> None:
    other = factories.make_patient(family.session, given_name="Odile")
    theirs = factories.make_appointment(family.session, patient=other, title="Chez Odile")
    family.people["eve"], _ = factories.make_user(family.session, family.keys)
    family.session.commit()
    family.enter("eve")
    assert _statuses(family) == {404}
    family.enter("jeanne")
    for visit_id in (theirs.id, uuid4()):
        door = f"/p/{family.patient.id}/agenda/{visit_id}"
        for path in ("/companion", "/companion/answer"):
            assert family.reader.get(door + path).status_code == 404
        sent = {"who": "nobody", "version": 1, "state": "nobody", "transport": "x", "answer": "no"}
        for path in ("/companion", "/companion/answer", "/transport"):
            assert family.reader.post(door + path, data=sent).status_code == 404
    family.session.rollback()
    family.session.expire_all()
    assert family.session.get_one(Appointment, (other.id, theirs.id)).transport == ""


def test_a_relative_of_another_patient_is_refused(family: Family) -> None:
    other = factories.make_patient(family.session)
    stranger = factories.make_relative(family.session, patient=other, given_name="Gaston")
    family.session.commit()
    family.enter("jeanne")
    for who in (str(stranger.id), str(uuid4())):
        answer = family.choose(who)
        assert answer.status_code == 422
        assert "Choisissez une personne de la liste" in words_of(answer)
        assert "Gaston" not in answer.text
    assert family.companion() is None


def test_from_whom_it_is_hidden_is_neither_proposed_nor_asked(family: Family) -> None:
    family.hide_from("sylvie")
    family.enter("jeanne")
    assert "Sylvie" not in family.text("/companion")
    assert family.choose("sylvie").status_code == 422
    assert family.told.calls == []
    family.enter("sylvie")
    assert _statuses(family) == {404}
    assert family.answer("yes").status_code == 404


def test_the_agenda_alone_does_not_open_the_list_of_relatives(family: Family) -> None:
    """Paul keeps the agenda, and no longer sees who is in the circle."""
    family.enter("sylvie")
    family.choose("rose")
    team = select(Grant).where(
        Grant.care_link_id == family.links["paul"].id, Grant.category == GrantCategory.CARE_TEAM
    )
    family.session.rollback()
    for grant in family.session.exec(team):
        grant.ends_at = clock.now()
        family.session.add(grant)
    family.session.commit()
    family.enter("paul")
    for path in ("", "/companion"):
        page = family.text(path)
        card = page.split("Qui accompagne Jeanne ?")[-1]
        assert "Moi, Paul" in card
        assert "Rose" in card
        for name in ("Sylvie", "Marc", "Lou"):
            assert name not in card.split("Ce qui a changé")[0]
    assert family.choose("marc").status_code == 422
    assert family.choose("paul").status_code == 303
    assert family.companion() == ("paul", True)


def test_hostile_words_are_only_words(family: Family) -> None:
    family.enter("paul")
    text = "<script>alert(1)</script> {{ 7 * 7 }}"
    family.post("/transport", transport=text, was="", **family.seen())
    for path in ("", "/companion"):
        page = family.get(path).text
        assert "<script>alert" not in page
        assert "{{ 7 * 7 }}" in page


def test_nothing_is_chosen_from_a_preview(family: Family) -> None:
    family.enter("jeanne")
    shown = family.text(f"?preview={family.links['paul'].id}")
    assert 'name="who"' in shown
    refused = family.post(f"/companion?preview={family.links['paul'].id}", **family.seen())
    assert refused.status_code == 403
    assert family.companion() is None


@pytest.mark.parametrize("status", ["cancelled", "fulfilled", "noshow"])
def test_what_is_over_is_not_decided_any_more(family: Family, status: str) -> None:
    family.put(status=status)
    family.enter("paul")
    assert 'name="who"' not in family.get().text
    assert 'name="who"' not in family.get("/companion").text
    assert family.choose("paul").status_code == 409
    assert family.companion() is None


def _elsewhere(family: Family, minutes: int = 0, **fields: object) -> Appointment:
    """Paul accompanies Marcel, of another file, at the same time."""
    session, starts = family.session, family.stored().starts_at
    assert starts is not None
    marcel = factories.make_patient(session, given_name="Marcel", family_name="Zzotherzz")
    relative = factories.make_relative(session, patient=marcel, given_name="Paul")
    link = factories.make_link(
        session,
        patient=marcel,
        user=family.people["paul"],
        grants=("agenda:see",),
        related_person_id=relative.id,
    )
    family.links["marcel"] = link
    visit = factories.make_appointment(
        session,
        patient=marcel,
        title="Ophtalmologie zzotherzz",
        starts_at=starts + timedelta(minutes=minutes),
        companion_id=relative.id,
        **fields,
    )
    session.commit()
    return visit


def test_who_is_elsewhere_then_is_warned_and_may_go_on(family: Family) -> None:
    _elsewhere(family, minutes=20)
    family.enter("paul")
    answer = family.choose("paul")
    assert answer.status_code == 422
    page = words_of(answer)
    assert "Vous accompagnez déjà quelqu’un à ce moment-là." in page
    assert "Accompagner quand même" in page
    assert family.companion() is None
    assert family.choose("paul", anyway="1").status_code == 303
    assert family.companion() == ("paul", True)


def test_whoever_names_them_learns_nothing_of_it(family: Family) -> None:
    _elsewhere(family)
    family.enter("jeanne")
    answer = family.choose("paul")
    assert answer.status_code == 303
    page = family.text()
    assert "Ophtalmologie" not in page
    assert "Marcel" not in page
    assert "Vous accompagnez déjà" not in page
    family.enter("paul")
    warned = family.answer("yes")
    assert warned.status_code == 422
    assert "zzotherzz" not in warned.text
    assert family.answer("yes", anyway="1").status_code == 303
    assert family.companion() == ("paul", True)


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": 46},
        {"minutes": -61},
        {"status": "cancelled"},
        {"companion_confirmed": False},
    ],
    ids=str,
)
def test_what_is_at_another_time_or_not_sure_warns_nobody(
    family: Family, fields: dict[str, object]
) -> None:
    _elsewhere(family, **fields)
    family.enter("paul")
    assert family.choose("paul").status_code == 303


@pytest.mark.parametrize("how", ["paused", "ended", "without the right"])
def test_what_they_may_not_see_any_more_is_not_told(family: Family, how: str) -> None:
    _elsewhere(family)
    link = family.links["marcel"]
    family.session.refresh(link)
    if how == "paused":
        link.status = CareLinkStatus.PAUSED
    elif how == "ended":
        link.status, link.ends_at = CareLinkStatus.ENDED, clock.now()
    else:
        for grant in family.session.exec(select(Grant).where(Grant.care_link_id == link.id)):
            grant.ends_at = clock.now()
            family.session.add(grant)
    family.session.add(link)
    family.session.commit()
    family.enter("paul")
    assert family.choose("paul").status_code == 303
