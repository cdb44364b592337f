"""Whatever the policy lets somebody do has words in the log, in each language."""

import pytest

from portal.access.permissions import Permission
from portal.access.policy import PATIENT_POLICY
from portal.blueprints.access_log import words
from portal.config import LOCALES
from portal.models.audit import AccessDecision
from portal.web.i18n import speaking
from tests.translations import catalogue


@pytest.mark.parametrize("permission", PATIENT_POLICY)
def test_every_permission_towards_a_patient_has_words(permission: Permission) -> None:
    assert permission in words.PARTS
    message = catalogue("fr").get(words.PARTS[permission])
    assert message is not None
    assert message.string
    category, _, action = permission.partition(":")
    for locale in LOCALES:
        with speaking(locale):
            said = words.part(category, action)
            assert said != words.part("gone", "see"), locale


def test_no_words_are_kept_for_what_nobody_can_do_any_more() -> None:
    assert set(words.PARTS) == set(PATIENT_POLICY)


def test_what_the_portal_no_longer_knows_is_said_without_breaking_the_page() -> None:
    with speaking("fr"):
        assert words.part("gone", "see") == "une autre partie"


@pytest.mark.parametrize(
    ("category", "action", "decision", "expected"),
    [
        ("agenda", "see", AccessDecision.ALLOWED, "A lu : agenda"),
        ("carers", "manage", AccessDecision.ALLOWED, "A ouvert ou modifié : droits des aidants"),
        ("agenda", "see", AccessDecision.DENIED, "A voulu ouvrir : agenda (refusé)"),
    ],
)
def test_a_line_is_one_plain_sentence(
    category: str, action: str, decision: AccessDecision, expected: str
) -> None:
    with speaking("fr"):
        kind = words.kind_of(category, action, decision)
        said = words.sentence(kind, [words.part(category, action)])
    assert said.replace("\N{NO-BREAK SPACE}", " ") == expected
