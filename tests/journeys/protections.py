"""The ways to the pages about what protects an account, for `places`."""

from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from portal.identity import factors, queries, recovery_codes
from portal.models.account import User
from portal.models.credential import TotpDevice
from tests import factories
from tests.journeys.acts import give_password
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

SECURITY = "/account/security"
OLD_PHONE = "Ancien téléphone"


def a_sheet_code(browse: Browse, relais: RunningPortal) -> Page:
    _give_sheet(relais, "monique", left=34)
    page = browse()
    give_password(page, "monique@example.org")
    page.wait_for_url("**/sign-in/code")
    page.locator("a[href='/sign-in/code?method=sheet']").click()
    return page


def a_confirmation(browse: Browse, relais: RunningPortal) -> Page:
    page = browse("sylvie")
    relais.let_confirmations_lapse()
    page.goto(f"/sign-in/confirm?next={SECURITY}")
    return page


def a_refused_confirmation(browse: Browse, relais: RunningPortal) -> Page:
    page = a_confirmation(browse, relais)
    page.locator("#code").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_confirmation_done(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "sylvie", "/sign-in/confirm")


def a_late_form(browse: Browse, relais: RunningPortal) -> Page:
    """Sent more than five minutes after the last code."""
    page = _at(browse, relais, "sylvie", f"{SECURITY}/recovery-codes")
    relais.let_confirmations_lapse()
    page.locator("main form button").click()
    page.wait_for_selector("ol.numbered")
    return page


def the_list(browse: Browse, relais: RunningPortal) -> Page:
    _give_sheet(relais, "monique", left=34)
    return _at(browse, relais, "monique", SECURITY)


def the_list_after_a_change(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "sylvie", f"{SECURITY}?app_added=1")


def a_new_app(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "sylvie", f"{SECURITY}/apps/new")


def an_app_key(browse: Browse, relais: RunningPortal) -> Page:
    page = a_new_app(browse, relais)
    page.locator("main form button").click()
    page.wait_for_url("**/apps/pending")
    return page


def an_app_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = an_app_key(browse, relais)
    page.locator("#name").fill("")
    page.locator("#code").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def an_app_without_its_key(browse: Browse, relais: RunningPortal) -> Page:
    """Somebody who took more than five minutes, and then made a mistake."""
    page = an_app_key(browse, relais)
    relais.let_confirmations_lapse()
    page.locator("#code").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_name(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "sylvie", f"{SECURITY}/apps/{_old_phone(relais, 'sylvie')}/rename")


def a_removal(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "sylvie", f"{SECURITY}/apps/{_old_phone(relais, 'sylvie')}/remove")


def the_last_one(browse: Browse, relais: RunningPortal) -> Page:
    with relais.writing() as (session, _keys):
        user = _user(session, "nadia")
        app_id = factors.factors_of(session, user_id=user.id).apps[0].id
    return _at(browse, relais, "nadia", f"{SECURITY}/apps/{app_id}/remove")


def a_new_sheet(browse: Browse, relais: RunningPortal) -> Page:
    _give_sheet(relais, "monique", left=34)
    return _at(browse, relais, "monique", f"{SECURITY}/sheets/new")


def a_sheet(browse: Browse, relais: RunningPortal) -> Page:
    page = a_new_sheet(browse, relais)
    page.locator("main form button").click()
    page.wait_for_selector(".code-list")
    return page


def a_last_code(browse: Browse, relais: RunningPortal) -> Page:
    _give_sheet(relais, "paul", left=5)
    return _at(browse, relais, "paul", f"{SECURITY}/sheets/running-out?next=/account")


def new_recovery_codes(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, relais, "sylvie", f"{SECURITY}/recovery-codes")


def a_used_code(browse: Browse, relais: RunningPortal) -> Page:
    with relais.writing() as (session, keys):
        user_id, at = _user(session, "paul").id, factories.LONG_AGO
        recovery_codes.renew_codes(session, keys=keys, user_id=user_id, at=at)
    return _at(browse, relais, "paul", f"{SECURITY}/after-recovery?next=/account")


def _at(browse: Browse, relais: RunningPortal, persona: str, path: str) -> Page:
    """That page, as if the second factor had been shown just now."""
    page = browse(persona)
    relais.confirm_everybody()
    page.goto(path)
    return page


def _user(session: Session, persona: str) -> User:
    user = queries.user_of_email(session, f"{persona}@example.org")
    assert user is not None
    return user


def _give_sheet(relais: RunningPortal, persona: str, *, left: int) -> None:
    """Once: the same sheet serves every page."""
    with relais.writing() as (session, keys):
        user = _user(session, persona)
        if factors.factors_of(session, user_id=user.id).sheet is None:
            factories.make_sheet(session, keys, user, used=40 - left)


def _old_phone(relais: RunningPortal, persona: str) -> object:
    """A second app of that person, besides the one that the demo shows."""
    with relais.writing() as (session, keys):
        user = _user(session, persona)
        if not _named(session, user):
            factories.make_app(session, keys, user, name=OLD_PHONE)
        return _named(session, user)[0].id


def _named(session: Session, user: User) -> list[TotpDevice]:
    statement = select(TotpDevice).where(
        TotpDevice.user_id == user.id, TotpDevice.name == OLD_PHONE
    )
    return list(session.exec(statement).all())
