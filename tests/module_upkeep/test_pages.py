"""What happens to a module after it was published, on pages: renewed, taken back, opened, given."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.models.education import Audience, Module, ModuleVersion, Theme, VersionState
from tests import factories
from tests.education.modules import in_a_year, make_module, make_published
from tests.education.test_pages import Reader
from tests.module_desk.people import People
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
REASON = "La dose de l’étape 2 était trop forte."
_SETTINGS = {"readers": "everybody", "theme": "heart", "audience": "patient"}
EVERYBODY = ("author", "peer", "reviewer", "coordinator", "stranger")


@pytest.fixture
def version(people: People) -> ModuleVersion:
    """Published, and read with an account."""
    module = make_module(people.session, people.desk, slug="se-peser")
    found = make_published(people.session, people.desk, module)
    people.session.commit()
    return found


def path_of(version: ModuleVersion, rest: str) -> str:
    return f"/modules/{version.id}/{rest}"


def _day(days: int) -> str:
    return f"{now().date() + timedelta(days=days):%d/%m/%Y}"


def _signed(version: ModuleVersion, **fields: str) -> dict[str, str]:
    values = {"review_due": _day(300), "signed": "y", "revision": str(version.revision)}
    return values | fields


def _module(people: People, version: ModuleVersion) -> Module:
    return people.session.get_one(Module, people.fresh(version.id).module_id)


@pytest.mark.parametrize(
    ("rest", "allowed"),
    [
        ("renew", {"reviewer"}),
        ("retract", {"author", "reviewer", "coordinator"}),
        ("settings", {"coordinator"}),
        ("hand-over", set()),
    ],
)
def test_each_page_is_for_whom_it_is(
    people: People, version: ModuleVersion, rest: str, allowed: set[str]
) -> None:
    before = people.fresh(version.id).revision
    for who in EVERYBODY:
        answer = people.get(who, path_of(version, rest))
        assert (answer.status_code == 200) is (who in allowed), (who, answer.status_code)
        if who not in allowed:
            assert answer.status_code in (403, 404)
            sent = people.post(who, path_of(version, rest), **_signed(version), reason=REASON)
            assert sent.status_code in (403, 404), (who, sent.status_code)
    assert people.fresh(version.id).revision == before
    assert _module(people, version).retracted_at is None


def test_the_state_page_leads_only_where_one_may_go(people: People, version: ModuleVersion) -> None:
    for who, rests in (
        ("author", {"retract"}),
        ("reviewer", {"renew", "retract"}),
        ("coordinator", {"retract", "settings"}),
    ):
        page = people.text(who, f"/modules/{version.id}")
        found = {
            rest
            for rest in ("renew", "retract", "settings", "hand-over")
            if path_of(version, rest) in page
        }
        assert found == rests, who


def test_a_reviewer_renews_until_a_new_day(people: People, version: ModuleVersion) -> None:
    done = people.sends("reviewer", path_of(version, "renew"), **_signed(version))
    assert "La relecture est renouvelée" in people.text("reviewer", done)
    found = people.fresh(version.id)
    assert found.review_due == now().date() + timedelta(days=300)
    assert found.reviewer_id == people.desk.reviewer.id


def test_what_was_withdrawn_for_its_date_is_read_again(
    people: People, version: ModuleVersion
) -> None:
    found = people.fresh(version.id)
    found.review_due = now().date() - timedelta(days=1)
    people.session.add(found)
    people.session.flush()
    review.withdraw_overdue(people.session, today=now().date())
    people.session.commit()
    found = people.fresh(version.id)
    assert found.state is VersionState.WITHDRAWN
    assert "ne voient pas ce module" in people.text("reviewer", path_of(version, "renew"))
    people.sends("reviewer", path_of(version, "renew"), **_signed(found))
    assert people.fresh(version.id).state is VersionState.PUBLISHED


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"review_due": "un jour"}, "Écrivez le jour comme"),
        ({"review_due": ""}, "Écrivez le jour comme"),
        ({"review_due": "31/02/2027"}, "Écrivez le jour comme"),
        ({"review_due": _day(0)}, "Choisissez un jour à venir"),
        ({"review_due": _day(3 * 365)}, "deux ans au plus"),
        ({"signed": ""}, "Cochez la case pour signer"),
    ],
)
def test_a_renewal_that_says_too_little_or_too_much_keeps_what_was_typed(
    people: People, version: ModuleVersion, fields: dict[str, str], words: str
) -> None:
    sent = _signed(version, **fields)
    answer = people.post("reviewer", path_of(version, "renew"), **sent)
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert words in answer.text
    assert f'value="{sent["review_due"]}"' in answer.text
    assert people.fresh(version.id).review_due == in_a_year()


def test_of_two_who_renew_the_second_learns_that_it_moved_on(
    people: People, version: ModuleVersion
) -> None:
    sent = _signed(version)
    people.sends("reviewer", path_of(version, "renew"), **sent)
    answer = people.post("reviewer", path_of(version, "renew"), **sent | {"review_due": _day(200)})
    assert answer.status_code == 409
    assert "Rien n’a changé" in answer.text
    assert people.fresh(version.id).review_due == now().date() + timedelta(days=300)


@pytest.mark.parametrize("who", ["author", "reviewer", "coordinator"])
def test_a_module_is_taken_back_for_a_reason_that_its_readers_read(
    app: Flask, people: People, keys: KeyRing, version: ModuleVersion, who: str
) -> None:
    jeanne = Reader(app, people.session, keys)
    jeanne.sends("/se-peser/1")
    asked = people.text(who, path_of(version, "retract"))
    assert "1 personne a commencé ce module" in asked
    assert "Jeanne" not in asked
    done = people.sends(who, path_of(version, "retract"), reason=f"  {REASON}  ")
    assert "Le module est retiré" in people.text(who, done)
    assert _module(people, version).retraction_reason == REASON
    people.fresh(version.id)
    assert REASON in jeanne.text()
    assert REASON in jeanne.text("/se-peser/2", status=410)
    jeanne.sends("/se-peser/known")
    assert REASON not in jeanne.text()
    people.text(who, path_of(version, "retract"), status=404)
    assert (
        people.post(who, path_of(version, "retract"), reason="Une autre raison").status_code == 409
    )
    assert _module(people, version).retraction_reason == REASON


def test_where_nobody_began_it_that_is_said(people: People, version: ModuleVersion) -> None:
    asked = people.text("author", path_of(version, "retract"))
    assert "Personne n’a encore commencé ce module" in asked


@pytest.mark.parametrize("reason", ["", "   ", "Trop fort", "x" * 501])
def test_a_reason_says_something_and_stays_in_the_form(
    people: People, version: ModuleVersion, reason: str
) -> None:
    answer = people.post("author", path_of(version, "retract"), reason=reason)
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    assert f">{reason.strip()}</textarea>" in answer.text
    assert _module(people, version).retracted_at is None


def test_a_hostile_reason_is_shown_as_words(
    app: Flask, people: People, keys: KeyRing, version: ModuleVersion
) -> None:
    jeanne = Reader(app, people.session, keys)
    jeanne.sends("/se-peser/1")
    reason = "<script>alert(1)</script> & la dose"
    people.sends("author", path_of(version, "retract"), reason=reason)
    for page in (jeanne.text(), jeanne.text("/se-peser/1", status=410)):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_a_coordinator_opens_a_module_to_everybody_and_closes_it(
    app: Flask, people: People, version: ModuleVersion
) -> None:
    visitor = PageClient(app)
    assert visitor.get("/library/se-peser/1").status_code == 404
    done = people.sends("coordinator", path_of(version, "settings"), **_SETTINGS)
    assert "Les réglages sont enregistrés" in people.text("coordinator", done)
    assert visitor.get("/library/se-peser/1").status_code == 200
    shown = people.text("coordinator", path_of(version, "settings"))
    assert 'value="everybody" checked' in shown
    people.sends(
        "coordinator", path_of(version, "settings"), **_SETTINGS | {"readers": "signed_in"}
    )
    assert visitor.get("/library/se-peser/1").status_code == 404


def test_what_a_module_is_about_and_for_whom_can_be_set_right(
    people: People, version: ModuleVersion
) -> None:
    sent = _SETTINGS | {"theme": "diabetes", "audience": "carer"}
    people.sends("coordinator", path_of(version, "settings"), **sent)
    module = _module(people, version)
    assert (module.theme, module.audience) == (Theme.DIABETES, Audience.CARER)
    shown = people.text("coordinator", path_of(version, "settings"))
    assert 'value="diabetes" checked' in shown
    assert 'value="carer" checked' in shown


@pytest.mark.parametrize("value", ["", "nobody"])
@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("readers", "Choisissez une des réponses"),
        ("theme", "Choisissez de quoi il parle"),
        ("audience", "Choisissez pour qui il est écrit"),
    ],
)
def test_a_setting_that_is_none_changes_nothing_and_keeps_the_others(
    people: People, version: ModuleVersion, field: str, words: str, value: str
) -> None:
    sent = _SETTINGS | {"audience": "carer"} | {field: value}
    answer = people.post("coordinator", path_of(version, "settings"), **sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert field == "audience" or 'value="carer" checked' in answer.text
    module = _module(people, version)
    assert (module.is_public, module.audience) == (False, Audience.PATIENT)


def test_who_coordinates_elsewhere_finds_nothing(
    app: Flask, people: People, session: Session, keys: KeyRing, version: ModuleVersion
) -> None:
    other, _ = factories.make_user(session, keys)
    elsewhere = factories.make_organization(session, name="Ailleurs")
    factories.make_coordination(session, user=other, organization_id=elsewhere.id)
    browser = PageClient(app)
    browser.enter(session, other)
    for rest in ("retract", "settings", "hand-over"):
        assert browser.get(path_of(version, rest)).status_code == 404, rest
        sent = {"reason": REASON, "readers": "everybody", "writer": str(UUID(int=0))}
        assert browser.post(path_of(version, rest), data=sent).status_code == 404, rest
    assert not _module(people, version).is_public


def test_pages_cost_few_statements(app: Flask, people: People, version: ModuleVersion) -> None:
    paths = {"renew": "reviewer", "retract": "author", "settings": "coordinator"}
    for rest, who in paths.items():
        read_in_few_statements(app, people, who, path_of(version, rest))


def read_in_few_statements(app: Flask, people: People, who: str, path: str) -> None:
    people.session.expunge_all()
    people.session.rollback()
    with counted(app) as statements:
        assert people.browsers[who].get(path).status_code == 200, path
    assert len(statements) <= MOST, (path, statements)


def test_a_day_is_read_as_it_is_written_here(people: People, version: ModuleVersion) -> None:
    due = now().date() + timedelta(days=90)
    people.sends("reviewer", path_of(version, "renew"), **_signed(version, review_due=str(due)))
    assert people.fresh(version.id).review_due == date(due.year, due.month, due.day)
