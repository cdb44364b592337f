"""What the page says of the past: what changed, who acted, as what."""

from datetime import timedelta

import pytest

from portal import clock
from portal.models.care import RelatedPerson
from portal.models.need import Need, NeedChange
from tests.needs.circle import Circle


def _text(circle: Circle, need: Need, query: str = "") -> str:
    return circle.get(need, query).text.replace("\u00a0", " ").replace("\u202f", " ")


def test_each_act_says_what_changed_and_who_acted_as_what(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["julie"].id)
    circle.enter("nadia")
    circle.post(need, "take-over")
    circle.enter("paul")
    answers = circle.answers(deputy="", detail="", contact_text="Sonner deux fois")
    circle.post(need, "change", **answers)
    circle.enter("claire")
    circle.post(need, "end", reason="La plaie est guérie")
    circle.enter("jeanne")
    page = _text(circle, need)
    for sentence in (
        "Besoin ajouté.",
        "Nadia Belkacem en répond.",
        "par Nadia Morel, infirmière, le",
        "Pour joindre la personne : Sonner deux fois",
        "par Paul Morel, votre fils, le",
        "Terminé : La plaie est guérie",
        "par Claire Morel, coordinateur, le",
    ):
        assert sentence in page, sentence
    assert page.index("Terminé :") < page.index("Sonner deux fois") < page.index("Besoin ajouté.")


def test_what_was_taken_away_is_said_too(circle: Circle) -> None:
    need = circle.need(
        owner_id=circle.places["nadia"].id,
        deputy_id=circle.places["julie"].id,
        frequency="Le lundi",
    )
    first = circle.changes(need)[0]
    first.owner_name, first.deputy_name = "Nadia Belkacem", "Julie Belkacem"
    circle.session.add(first)
    circle.session.commit()
    circle.enter("jeanne")
    circle.post(need, "change", **circle.answers(owner="", deputy="", frequency="", detail=""))
    page = _text(circle, need)
    for sentence in (
        "Plus personne n’en répond.",
        "Plus personne ne remplace.",
        "Fréquence : rien",
        "par vous, le",
    ):
        assert sentence in page, sentence


def test_the_name_of_the_day_stays(circle: Circle) -> None:
    need = circle.need()
    circle.enter("jeanne")
    circle.post(need, "owner", owner=str(circle.places["paul"].id))
    circle.session.rollback()
    place = circle.places["paul"]
    relative = circle.session.get_one(RelatedPerson, (circle.patient.id, place.related_person_id))
    relative.given_name = "Paulo"
    circle.session.commit()
    page = _text(circle, need)
    assert "Paul Morel en répond." in page
    assert "Paulo Morel" in page


@pytest.mark.parametrize("number", [29, 30, 31, 75])
def test_a_long_past_is_read_page_by_page(circle: Circle, number: int) -> None:
    need = circle.need(frequency="0 fois")
    circle.session.add_all(
        NeedChange(
            patient_id=need.patient_id,
            need_id=need.id,
            version=version,
            at=clock.now() + timedelta(minutes=version),
            frequency=f"{version} fois",
        )
        for version in range(2, number + 1)
    )
    need.version = number
    circle.session.add(need)
    circle.session.commit()
    circle.enter("jeanne")
    seen: list[str] = []
    query = ""
    while True:
        page = _text(circle, need, query)
        seen += [part.split("<")[0] for part in page.split("Fréquence : ")[1:]]
        if "?before=" not in page:
            break
        query = "?before=" + page.split("?before=")[1].split('"')[0]
    assert seen == [f"{version} fois" for version in range(number, 1, -1)] + ["0 fois"]
