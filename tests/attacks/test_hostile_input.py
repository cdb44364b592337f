"""Nothing that can be typed into an address or a form breaks the portal."""

import json

import pytest
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import Patient
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient

HOSTILE = [
    "\0",
    "a\0b",
    "'",
    "' OR 1=1 --",
    "'; DROP TABLE patient; --",
    '"><script>alert(1)</script>',
    "%",
    "%s%s%n",
    "{{ 7*7 }}",
    "${7*7}",
    "../../../etc/passwd",
    "\r\nSet-Cookie: x=1",
    "١٢٣٤",
    "\u202e\ufeff",
    "\U0001d7d9\U0001d7da",
    "-1",
    "1e9",
    "9" * 5_000,
    "A" * 10_000,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]
WEEKS = [
    "9999-W99",
    "9999-W52",
    "0000-W01",
    "0001-W01",
    "1900-W01",
    "2199-W52",
    "2026-W54",
    "2026-W00",
    "2026-W53",
    "2027-W53",
    "\u0662\u0660\u0662\u0666-W\u0660\u0661",
    "2026-W1",
    "2026-W010",
    "-2026-W01",
    "2026-W01\n",
]
AFTER = [
    "253402300799999999.00000000-0000-0000-0000-000000000000",
    "-62135596800000000.00000000-0000-0000-0000-000000000000",
    "0.0",
    ".",
    "1800000000.",
    ".00000000-0000-0000-0000-000000000000",
    "1800000000.00000000-0000-0000-0000-000000000000",
    "-99999999999.00000000-0000-0000-0000-000000000000",
    "-62135596800.00000000-0000-0000-0000-000000000000",
    "253402300799.00000000-0000-0000-0000-000000000000",
    "99999999999999999999.00000000-0000-0000-0000-000000000000",
    "nan.00000000-0000-0000-0000-000000000000",
    "١٨٠٠٠٠٠٠٠٠.00000000-0000-0000-0000-000000000000",
    "1_8.{00000000-0000-0000-0000-000000000000}",
    "\u0660" * 32,
    "0" * 32,
]


@pytest.fixture
def patient(session: Session) -> Patient:
    return factories.make_patient(session)


@pytest.fixture
def everywhere(reader: PageClient, session: Session, keys: KeyRing, patient: Patient) -> PageClient:
    """A reader who may open every kind of page."""
    nurse = factories.make_practitioner(session)
    user, _ = factories.make_user(
        session, keys, practitioner_id=nurse.id, is_operator=True, locale=None
    )
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    factories.make_appointment(session, patient=patient)
    reader.enter(session, user)
    return reader


def _addresses(patient: Patient) -> list[tuple[str, str]]:
    agenda = f"/p/{patient.id}/agenda"
    return [
        (agenda, "week"),
        (agenda, "view"),
        (f"{agenda}?view=list", "after"),
        (f"{agenda}?view=past", "after"),
        ("/professional/patients", "after"),
        ("/ops/accounts", "after"),
        ("/account/comfort", "saved"),
        ("/people", "lang"),
        ("/sign-in", "next"),
        ("/sign-in/code", "method"),
    ]


@pytest.mark.parametrize("text", [*HOSTILE, *WEEKS, *AFTER])
def test_no_value_in_an_address_breaks_a_page(
    everywhere: PageClient, patient: Patient, text: str
) -> None:
    for path, name in _addresses(patient):
        joint = "&" if "?" in path else "?"
        from urllib.parse import quote

        answer = everywhere.get(f"{path}{joint}{name}={quote(text)}")
        assert answer.status_code in (200, 303), (path, name)


@pytest.mark.parametrize("text", [*HOSTILE, "%ff%fe", "%00", "..%2f..%2f", "%c0%ae"])
def test_no_path_breaks_the_portal(everywhere: PageClient, patient: Patient, text: str) -> None:
    from urllib.parse import quote

    raw = text if text.startswith(("%", "..")) and len(text) > 1 else quote(text, safe="")
    paths = (f"/p/{raw}/", f"/p/{patient.id}/agenda/{raw}", f"/invitation/{raw}", f"/{raw}")
    for path in (*paths, f"/static/{raw}"):
        assert everywhere.get(path).status_code in (303, 308, 400, 404), path


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_in_a_form_breaks_it(everywhere: PageClient, session: Session, text: str) -> None:
    comfort = {"text_size": text, "theme": text, "locale": text, "high_contrast": text}
    assert everywhere.post("/account/comfort", data=comfort).status_code == 422
    other = PageClient(everywhere.app)
    for email in (text, f"{text}@example.org", f"a@{text}.org"):
        answer = other.post("/sign-in", data={"email": email, "password": text, "next": text})
        assert answer.status_code in (422, 429), email[:20]
    assert session.exec(select(User)).one()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_code_breaks_the_second_step(
    reader: PageClient, session: Session, keys: KeyRing, text: str
) -> None:
    from tests.auth.steps import code, password

    user, _ = factories.make_user(session, keys)
    session.commit()
    password(reader, user)
    assert code(reader, text).status_code == 422


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cookie_breaks_a_page(reader: PageClient, session: Session, text: str) -> None:
    value = text.replace("\r\n", " ").replace("\0", "%00").encode().decode("latin-1")
    for name in ("sid", "challenge", "device", "comfort", "language"):
        header = {"Cookie": f"{name}={value[:3000]}"}
        for path in ("/sign-in", "/people", "/sign-in/code", "/enrolment"):
            assert reader.client.get(path, headers=header).status_code in (200, 303), (name, path)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"1",
        b'{"csp-report": null}',
        b'{"csp-report": []}',
        b'{"csp-report": {"effective-directive": ["x"]}}',
        b"[" * 8_000,
        b'{"a":' * 1_500,
        json.dumps({"csp-report": {"effective-directive": "x" * 9_000}}).encode(),
    ],
)
def test_no_report_of_a_browser_breaks_the_log(
    reader: PageClient, session: Session, body: bytes
) -> None:
    answer = reader.post("/csp-report", data=body, content_type="application/csp-report")
    assert answer.status_code == 204


@pytest.mark.parametrize("text", ["a\0b", "x" * 101, "'; DROP TABLE patient; --", "{{ 7*7 }}"])
def test_no_name_breaks_an_invitation(reader: PageClient, session: Session, text: str) -> None:
    from portal.clock import now
    from portal.identity import invitations
    from portal.models.account import InvitationKind

    place = invitations.Place(InvitationKind.OPERATOR)
    token = invitations.invite(session, email="sylvie@example.org", place=place, at=now())
    session.commit()
    form = {"given_name": text, "family_name": text, "password": "tabouret citron fanfare"}
    answer = reader.post(f"/invitation/{token}", data=form)
    assert answer.status_code in (303, 422)
