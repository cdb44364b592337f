"""A text whose author writes no longer is given to another writer, on a page."""

from flask import Flask

from portal.clock import now
from portal.education.team import end_role
from portal.models.education import ModuleVersion
from portal.models.education_writing import EducationRole
from tests.module_desk.people import People
from tests.module_upkeep.test_pages import path_of, read_in_few_statements


def _orphan(people: People) -> ModuleVersion:
    """A draft whose author writes no longer."""
    version = people.draft()
    end_role(
        people.session,
        people.desk.author.id,
        role=EducationRole.WRITER,
        organization_id=people.desk.organization.id,
        by=people.users["coordinator"].id,
        at=now(),
    )
    people.session.commit()
    return version


def test_a_text_without_an_author_goes_on_with_another(people: People) -> None:
    version = _orphan(people)
    page = people.text("coordinator", path_of(version, "hand-over"))
    assert str(people.desk.peer.id) in page
    assert str(people.desk.author.id) not in page
    for who in ("author", "peer", "reviewer", "stranger"):
        sent = {"writer": str(people.desk.peer.id), "revision": str(version.revision)}
        assert people.post(who, path_of(version, "hand-over"), **sent).status_code == 403, who
    done = people.sends(
        "coordinator",
        path_of(version, "hand-over"),
        writer=str(people.desk.peer.id),
        revision=str(version.revision),
    )
    assert "Le texte a un autre auteur" in people.text("coordinator", done)
    assert people.fresh(version.id).author_id == people.desk.peer.id
    assert people.get("peer", f"/modules/{version.id}/edit").status_code in (200, 303)


def test_it_goes_to_a_writer_of_the_organization_only(people: People) -> None:
    version = _orphan(people)
    for chosen in ("", "nobody", str(people.users["stranger"].id), str(people.desk.reviewer.id)):
        sent = {"writer": chosen, "revision": str(version.revision)}
        answer = people.post("coordinator", path_of(version, "hand-over"), **sent)
        assert answer.status_code == 422, chosen
        assert "Choisissez qui le continue" in answer.text
    sent = {"writer": str(people.desk.peer.id), "revision": str(version.revision + 7)}
    assert people.post("coordinator", path_of(version, "hand-over"), **sent).status_code == 409
    assert people.fresh(version.id).author_id == people.desk.author.id


def test_the_page_costs_few_statements(app: Flask, people: People) -> None:
    path = path_of(_orphan(people), "hand-over")
    read_in_few_statements(app, people, "coordinator", path)
