"""Every form that takes a secret counts its failures against the client address."""

import pytest
from flask import Flask

from portal.access.guard import mark_of
from portal.web.limits import is_limited

TAKE_NO_SECRET = {
    "auth.begin_sheet",  # the step before was judged; it makes codes and takes none
    "auth.sign_out",
    "library.choose_text_size",  # the size of the letters, for this browser
    "ops.receive_csp_report",
    "passkey.offer_enrolment",  # challenges to sign; the signature is judged elsewhere
    "passkey.offer_second_factor",
    "passkey.offer_sign_in",
}
JUDGE_A_SECRET_OF_A_READER = {
    "code_apps.finish_app",
    "paper_sheets.finish_sheet",
    "credentials.save_password",
    "step_up.check_confirmation",
    "passkey.confirm",
}


def test_every_public_form_is_limited_or_takes_no_secret(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and mark_of(app.view_functions[rule.endpoint]) == "public"
    }
    assert len(public) >= 12
    limited = {name for name in public if is_limited(app.view_functions[name])}
    assert public - limited == TAKE_NO_SECRET


@pytest.mark.parametrize("name", sorted(JUDGE_A_SECRET_OF_A_READER))
def test_what_a_signed_in_reader_has_to_prove_is_limited(app: Flask, name: str) -> None:
    assert is_limited(app.view_functions[name])
