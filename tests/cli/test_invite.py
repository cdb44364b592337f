"""`python -m portal invite`: each place, and every way to ask wrongly."""

import re
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.models.account import Invitation
from tests import factories

EMAIL = "sylvie@example.org"


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("--patient", "patient"),
        ("--carer-of", "carer"),
        ("--professional", "professional"),
        ("--coordinator", "coordinator"),
        ("--operator", "operator"),
    ],
)
def test_each_place_gets_a_link(run, session: Session, option: str, kind: str) -> None:
    ids = {
        "--patient": factories.make_patient(session).id,
        "--carer-of": factories.make_patient(session).id,
        "--professional": factories.make_practitioner(session).id,
        "--coordinator": factories.make_organization(session).id,
    }
    done = run("invite", "Sylvie@Example.org", option, *([ids[option]] if option in ids else []))
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("http://localhost/invitation/")
    row = session.exec(select(Invitation)).one()
    assert (row.kind, row.email) == (kind, EMAIL)
    assert row.grants == (["agenda:see", "care_team:see"] if kind == "carer" else [])


def test_a_carer_gets_the_rights_that_were_named(run, session: Session) -> None:
    patient = factories.make_patient(session)
    done = run(
        *("invite", EMAIL, "--carer-of", patient.id, "--relationship", "DAU"),
        *("--grant", "agenda:act", "--grant", "messages:see"),
    )
    assert done.exit_code == 0, done.output
    row = session.exec(select(Invitation)).one()
    assert (row.grants, row.relationship) == (["agenda:act", "messages:see"], "DAU")
    assert "agenda:act, messages:see" in done.stderr


def test_on_paper_a_link_and_a_code_are_printed(run, session: Session) -> None:
    patient = factories.make_patient(session)
    done = run("invite", "--paper", "Odile", "Kerbrat", "--carer-of", patient.id)
    assert done.exit_code == 0, done.output
    link, code = done.stdout.splitlines()
    assert link.startswith("http://localhost/invitation/")
    assert re.fullmatch(r"http://localhost/invitation/code  [0-9A-Z]{5}-[0-9A-Z]{5}", code)
    row = session.exec(select(Invitation)).one()
    assert (row.email, row.given_name, row.family_name) == (None, "Odile", "Kerbrat")
    assert row.code_digest is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ("invite", "--operator"),
        ("invite", EMAIL, "--paper", "Odile", "Kerbrat", "--operator"),
        ("invite", "--paper", "Odile", " ", "--operator"),
        ("invite", "--paper", "Odile", "--operator"),
        ("invite", EMAIL),
        ("invite", EMAIL, "--operator", "--patient", uuid4()),
        ("invite", EMAIL, "--patient", uuid4()),
        ("invite", EMAIL, "--carer-of", uuid4()),
        ("invite", EMAIL, "--professional", uuid4()),
        ("invite", EMAIL, "--coordinator", uuid4()),
        ("invite", EMAIL, "--patient", "not-an-id"),
        ("invite", "sylvie", "--operator"),
        ("invite", "sylvie@example", "--operator"),
        ("invite", "jérôme@example.org", "--operator"),
        ("invite", "<sylvie@example.org>", "--operator"),
        ("invite", "a@x.fr,b@x.fr", "--operator"),
        ("invite", "mailto:sylvie@example.org", "--operator"),
        ("invite", "sylvie@example.org.", "--operator"),
        ("invite", "@example.org", "--operator"),
        ("invite", "sylvie morel@example.org", "--operator"),
        ("invite", EMAIL, "--carer-of", uuid4(), "--grant", "agenda:own"),
        ("demo-code", EMAIL),
    ],
)
def test_a_wrong_request_is_refused_in_words(run, session: Session, arguments: tuple) -> None:
    done = run(*arguments)
    assert done.exit_code in (1, 2)
    assert isinstance(done.exception, SystemExit), "no trace"
    assert done.stderr.strip().splitlines()[-1].startswith("Error: ")
    assert session.exec(select(Invitation)).all() == []


def test_the_code_of_a_real_account_is_never_printed(run, session: Session, app) -> None:
    user, _ = factories.make_user(session, app.extensions["keys"])
    done = run("demo-code", user.email)
    assert done.exit_code == 1
    assert "not made by the demonstration" in done.stderr


def test_a_broken_file_is_refused_in_one_line_and_nothing_is_written(
    run, session: Session, tmp_path
) -> None:
    from portal.models.interop import FhirResource

    (tmp_path / "broken.json").write_text('{"resourceType": "Bundle", "entry": [')
    done = run("import-fhir", tmp_path / "broken.json")
    assert done.exit_code == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "broken.json" in done.stderr
    assert "Traceback" not in done.output
    assert session.exec(select(FhirResource)).all() == []
