"""A package becomes a draft of its own, and overwrites nothing."""

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.drafting.starting import RESERVED
from portal.education.exporting import package_of
from portal.education.importing import Writer, drawn_pictures, import_package
from portal.education.packages import (
    Package,
    PackageProblem,
    PackageRefusedError,
    read_package,
    write_package,
)
from portal.education.pictures import find_picture, pictures_kept
from portal.education.review import publish
from portal.education.storing import text_of
from portal.errors import ChangedMeanwhileError
from portal.models.education import Module, ModuleVersion, VersionState
from tests import factories
from tests.education.modules import Desk, a_text, approve_draft, make_desk
from tests.education.test_packages import a_package
from tests.uploads.files import archive, huge_png, pdf, photo


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
    theirs = _imported(session, desk)
    elsewhere = factories.make_organization(session)
    by = Writer(desk.author.id, elsewhere.id)
    [mine] = import_package(session, a_package(), by=by, at=now())
    assert mine.module_id != theirs.module_id
    slugs = [session.get_one(Module, one.module_id).slug for one in (theirs, mine)]
    assert slugs[1] == f"{slugs[0]}-2"


def test_pictures_come_with_a_module_made_anew(session: Session, desk: Desk) -> None:
    package = _with_picture(photo(size=(1200, 800)))
    pictures = drawn_pictures(package)
    by = Writer(desk.author.id, desk.organization.id)
    [version] = import_package(session, package, by=by, at=now(), pictures=pictures)
    [kept] = pictures_kept(session, version.id)
    assert (kept.name, kept.width, kept.height) == ("balance", 1200, 800)
    found = find_picture(session, kept.digest)
    assert found is not None
    assert found.content[8:12] == b"WEBP"
    assert find_picture(session, kept.digest, width=480) is not None
    assert find_picture(session, kept.digest, width=481) is None


def test_a_module_leaves_and_comes_back_with_its_pictures(session: Session, desk: Desk) -> None:
    package = _with_picture(photo(size=(600, 400)))
    by = Writer(desk.author.id, desk.organization.id)
    pictures = drawn_pictures(package)
    [version] = import_package(session, package, by=by, at=now(), pictures=pictures)
    module = session.get_one(Module, version.module_id)
    left = read_package(write_package(package_of(session, module, version)))
    assert left.content == package.content
    with Image.open(BytesIO(left.images["balance"])) as back:
        assert back.size == (600, 400)
    elsewhere = Writer(desk.author.id, factories.make_organization(session).id)
    again = drawn_pictures(left)
    [other] = import_package(session, left, by=elsewhere, at=now(), pictures=again)
    assert text_of(session, other) == text_of(session, version)


@pytest.mark.parametrize(
    "content", [b"", b"...", huge_png(), archive(), pdf(), b"<svg onload=alert(1)></svg>"]
)
def test_a_hostile_picture_refuses_the_module(content: bytes) -> None:
    with pytest.raises(PackageRefusedError) as refused:
        drawn_pictures(_with_picture(content))
    assert refused.value.problem is PackageProblem.PICTURE
    assert refused.value.place == "images/balance"


def _with_picture(content: bytes) -> Package:
    one = a_package(images={"balance": "Une balance sur du carrelage."})
    return Package(one.content, {"balance": content})


def test_no_module_takes_the_address_of_a_page(app: Flask, session: Session, desk: Desk) -> None:
    beside = {
        part
        for rule in app.url_map.iter_rules()
        for prefix in ("/library/", "/p/<uuid:patient_id>/education/")
        if rule.rule.startswith(prefix)
        and not (part := rule.rule.removeprefix(prefix).split("/")[0]).startswith("<")
    }
    assert {part for part in beside if "." not in part} <= RESERVED
    package = a_package()
    content = package.content.model_copy(update={"slug": "team"})
    version = _imported(session, desk, Package(content, {}))
    assert session.get_one(Module, version.module_id).slug == "team-2"
