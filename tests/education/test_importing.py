"""A package becomes a draft of its own, and overwrites nothing."""

import pytest
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.importing import Writer, import_package
from portal.education.packages import Package, PackageProblem, PackageRefusedError
from portal.education.review import publish
from portal.education.storing import text_of
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.education import ModuleVersion, VersionState
from tests import factories
from tests.education.modules import Desk, a_text, approve_draft, make_desk
from tests.education.test_packages import a_package


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


def _imported(session: Session, desk: Desk, package: Package | None = None) -> ModuleVersion:
    by = Writer(desk.author.id, desk.organization.id)
    [version] = import_package(session, package or a_package(), by=by, at=now())
    return version


def test_it_is_a_draft_of_whoever_imports_it(session: Session, desk: Desk) -> None:
    version = _imported(session, desk)
    assert (version.state, version.number) == (VersionState.DRAFT, 1)
    assert (version.author_id, version.reviewer_id) == (desk.author.id, None)
    assert text_of(session, version) == a_text()


def test_a_draft_in_work_is_not_overwritten_and_a_published_one_gets_a_next_version(
    session: Session, desk: Desk
) -> None:
    first = _imported(session, desk)
    with pytest.raises(ChangedMeanwhileError):
        _imported(session, desk, a_package(title="Autre titre"))
    assert text_of(session, first).title == a_text().title
    approve_draft(session, desk, first)
    publish(session, first, at=now())
    second = _imported(session, desk, a_package(title="Autre titre"))
    assert (second.module_id, second.number) == (first.module_id, 2)


def test_the_address_of_another_organization_is_not_taken(session: Session, desk: Desk) -> None:
    _imported(session, desk)
    elsewhere = factories.make_organization(session)
    by = Writer(desk.author.id, elsewhere.id)
    with pytest.raises(NotFoundError):
        import_package(session, a_package(), by=by, at=now())


def test_pictures_are_refused_rather_than_lost(session: Session, desk: Desk) -> None:
    package = Package(a_package().content, {"balance": b"..."})
    with pytest.raises(PackageRefusedError) as refused:
        _imported(session, desk, package)
    assert refused.value.problem is PackageProblem.PICTURES
