"""Security headers on every answer, whatever it is."""

import re

import pytest
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from tests import factories
from tests.pages import PageClient

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=()",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "worker-src": "'self'",
    "report-uri": "/csp-report",
}
OUR_COOKIES = {"invitation", "sid", "challenge", "device", "comfort", "language", "passkey"}


def _paths(app: Flask, patient_id: object) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<uuid:patient_id>", str(patient_id))
        found.append(re.sub(r"<[^>]+>", "00000000-0000-0000-0000-000000000000", path))
    return sorted(set(found))


def _check(answer: object, path: str) -> None:
    headers = answer.headers  # type: ignore[attr-defined]  # a response
    for name, value in EVERYWHERE.items():
        assert headers.getlist(name) == [value], (path, name)
    (policy,) = headers.getlist("Content-Security-Policy")
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert parts == POLICY, path
    names = {line.partition("=")[0] for line in headers.getlist("Set-Cookie")}
    assert names <= OUR_COOKIES, path
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_of_every_route_carries_them(
    app: Flask, session: Session, keys: KeyRing, signed_in: bool
) -> None:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys, is_operator=True)
    factories.make_link(session, patient=patient, user=user, kind="self")
    session.commit()
    for path in _paths(app, patient.id):
        for method in ("get", "head", "options", "put", "delete", "patch"):
            reader = PageClient(app)
            if signed_in:
                reader.enter(session, user)
            call = getattr(reader.client, method)
            answer = call(path, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code < 500, (method, path)
            _check(answer, path)
        posted = PageClient(app).post(path)
        assert posted.status_code < 500, path
        _check(posted, path)


def test_pages_are_never_stored_and_vary_with_the_reader(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, kind="self")
    reader.enter(session, user)
    for path in (f"/p/{patient.id}/", f"/p/{patient.id}/agenda", "/account", "/people"):
        answer = reader.get(path)
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert {"Cookie", "HX-Request", "HX-Request-Type"} <= set(answer.vary)


def test_errors_carry_them_too(reader: PageClient, session: Session) -> None:
    for answer in (
        reader.get("/nowhere"),
        reader.client.get("/sign-in", headers={"Host": "evil.example"}),
        reader.client.post("/sign-in"),
        reader.post("/sign-in", data={"email": "x" * 300_000}),
        reader.client.put("/sign-in", headers={"Sec-Fetch-Site": "same-origin"}),
    ):
        assert 400 <= answer.status_code < 500
        _check(answer, str(answer.status_code))
        assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("name", ["css/app.css", "js/app.js", "icons/sprite.svg"])
def test_static_files_carry_what_means_something_to_a_file(app: Flask, name: str) -> None:
    answer = app.test_client().get(app.extensions["assets"].url(name))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'", "a drawing is a document as well"
    for key in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
        assert answer.headers[key] == EVERYWHERE[key]


def test_an_unknown_static_file_is_a_page_that_says_so(reader: PageClient) -> None:
    answer = reader.get("/static/css/nothing.css")
    assert answer.status_code == 404
    _check(answer, "/static/css/nothing.css")


def test_a_refused_method_names_the_allowed_ones(reader: PageClient) -> None:
    answer = reader.client.delete("/sign-in", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405
    assert {"GET", "POST"} <= {name.strip() for name in answer.headers["Allow"].split(",")}
