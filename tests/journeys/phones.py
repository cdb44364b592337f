"""Phones that hold passkeys: Chromium's own virtual authenticator, at the name of this machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from portal.identity import passkeys, queries
from tests.auth.authenticator import Phone, give_passkey
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.watching import Watch


@dataclass
class KeyPhone:
    """A page, and the authenticator that answers there at once, as a finger would."""

    page: Page
    devtools: CDPSession
    authenticator: str
    watch: Watch

    def recognise(self, *, is_owner: bool) -> None:
        """Whether the finger on the sensor is the owner's."""
        self._tell("setUserVerified", isUserVerified=is_owner)

    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._tell("getCredentials")["credentials"]
        return found

    def _tell(self, command: str, **values: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.devtools.send(
            f"WebAuthn.{command}", {"authenticatorId": self.authenticator, **values}
        )
        return answer


TakePhone = Callable[..., KeyPhone]


@pytest.fixture
def take_phone(
    browser: Browser, browser_context_args: dict[str, Any], relais: RunningPortal
) -> Iterator[TakePhone]:
    """`take_phone()`: a phone without a passkey; each is watched as every journey is."""
    # An IP address cannot have passkeys: the same portal under its name.
    here = relais.url.replace("127.0.0.1", "localhost")
    watch = Watch(here)
    contexts = []

    def taken(**options: Any) -> KeyPhone:
        context = browser.new_context(**(browser_context_args | {"base_url": here} | options))
        context.set_default_timeout(10_000)
        contexts.append(context)
        watch.follow(context)
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        made = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": made})
        return KeyPhone(page, devtools, added["authenticatorId"], watch)

    yield taken
    for context in contexts:
        context.close()
    watch.check()


def a_list(browse: Browse, relais: RunningPortal) -> Page:
    return _with_passkey(browse, relais, "thomas", "")


def a_rename(browse: Browse, relais: RunningPortal) -> Page:
    return _with_passkey(browse, relais, "thomas", "/{key}/rename")


def a_rename_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_rename(browse, relais)
    page.locator("#name").fill("")
    page.locator("#name").press("Enter")
    page.wait_for_selector("[data-error-summary]")
    return page


def a_removal(browse: Browse, relais: RunningPortal) -> Page:
    return _with_passkey(browse, relais, "thomas", "/{key}/remove")


def _with_passkey(browse: Browse, relais: RunningPortal, persona: str, path: str) -> Page:
    """A page about the one passkey of that person; no phone of theirs is there to use it."""
    page = browse(persona)
    relais.confirm_everybody()
    with relais.writing() as (session, _keys):
        user = queries.user_of_email(session, f"{persona}@example.org")
        assert user is not None
        known = passkeys.passkeys_of(session, user_id=user.id)
        key = known[0] if known else give_passkey(session, user, Phone())
        key_id = key.id
    page.goto("/account/security/passkeys" + path.format(key=key_id))
    return page
