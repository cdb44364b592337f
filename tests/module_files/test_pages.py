"""Pictures of a draft, and modules that leave as a file and come as one."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.handing_in import hand_in
from portal.education.members import add_member
from portal.education.packages import read_package
from portal.education.pictures import pictures_kept
from portal.models.education import ModuleImage, ModuleImageContent, ModuleVersion, VersionState
from portal.models.education_writing import EducationRole
from tests.education.modules import (
    Desk,
    in_a_year,
    make_desk,
    make_draft,
    make_module,
    make_published,
)
from tests.statements import counted
from tests.uploads.files import huge_png, pdf, photo
from tests.writing.test_editor import Writer

WORDS = "Une balance plate sur du carrelage."


@pytest.fixture
def desk(session: Session, keys: KeyRing) -> Desk:
    return make_desk(session, keys)


@pytest.fixture
def monique(app: Flask, session: Session, desk: Desk) -> Writer:
    version = make_draft(session, desk, make_module(session, desk, slug="se-peser"))
    return Writer(app, session, desk.author, version)


def _upload(writer: Writer, content: bytes | None, *, status: int = 303, **data: Any) -> str:
    sent = {"words": WORDS} | data
    if content is not None:
        sent["file"] = (BytesIO(content), "Ma balance.JPG")
    return writer.sends("/pictures", status=status, **sent)


def test_a_picture_is_made_lighter_and_shown_with_its_words(
    monique: Writer, session: Session
) -> None:
    leads = _upload(monique, photo(size=(2000, 1000)))
    assert "done=added" in leads
    assert monique.draft().images == {"ma-balance": WORDS}
    page = monique.text("/pictures?done=added&name=ma-balance")
    assert "![](image:ma-balance)" in page
    monique.sends("/edit/steps/s1", base="1", title="Pourquoi", body="![](image:ma-balance)")
    preview = monique.text("/edit/steps/s1")
    assert f'alt="{WORDS}"' in preview
    assert "/480 480w" in preview
    assert 'loading="lazy"' in preview
    [kept] = pictures_kept(session, monique.row().id)
    answer = monique.browser.get(f"/library/images/{kept.digest}/960")
    assert (answer.mimetype, answer.data[8:12]) == ("image/webp", b"WEBP")
    assert b"Exif" not in answer.data
    assert monique.browser.get(f"/library/images/{kept.digest}/961").status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Choisissez une image"),
        (b"<svg onload=alert(1)>", "JPEG, PNG ou WebP"),
        (pdf(), "JPEG, PNG ou WebP"),
        (huge_png(), "40 millions de pixels"),
        (photo()[:900], "sans risque"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_words_stay(
    monique: Writer, content: bytes | None, sentence: str
) -> None:
    page = _upload(monique, content, status=422)
    assert sentence in page
    assert "<title>Erreur" in page
    assert monique.draft().images == {}


def test_a_picture_without_words_is_not_taken(monique: Writer) -> None:
    page = _upload(monique, photo(), status=422, words="  ")
    assert "Dites en mots ce qu’elle montre" in page
    assert monique.draft().images == {}


def test_a_picture_is_described_anew_removed_and_brought_back(monique: Writer) -> None:
    _upload(monique, photo())
    monique.sends("/pictures/ma-balance/words", words="Une balance.")
    assert monique.draft().images == {"ma-balance": "Une balance."}
    leads = monique.sends("/pictures/ma-balance/remove")
    assert monique.draft().images == {}
    undo = leads.split("undo=")[1]
    monique.sends(f"/history/{undo}/restore")
    assert monique.draft().images == {"ma-balance": "Une balance."}
    assert 'alt="Une balance."' in monique.text("/pictures")


def test_pictures_stay_with_the_text_that_is_reviewed(
    monique: Writer, session: Session, desk: Desk
) -> None:
    _upload(monique, photo())
    monique.sends("/edit/steps/s1", base="1", title="Pourquoi", body="![](image:ma-balance)")
    hand_in(
        session,
        monique.row(),
        reviewer_id=desk.reviewer.id,
        due_on=in_a_year(),
        by=desk.author.id,
        at=now(),
    )
    session.commit()
    row = session.exec(select(ModuleImage)).one()
    assert (row.name, row.alternative_text) == ("ma-balance", WORDS)
    assert monique.sends("/pictures", file=(BytesIO(photo()), "a.jpg"), words="x") == (
        monique.path("")
    )


def test_a_deleted_draft_leaves_no_picture_behind(monique: Writer, session: Session) -> None:
    _upload(monique, photo(size=(1000, 500)))
    monique.sends("/discard")
    session.expunge_all()
    session.rollback()
    assert session.exec(select(ModuleImageContent)).all() == []


def test_the_same_picture_is_kept_once(monique: Writer, session: Session) -> None:
    _upload(monique, photo())
    _upload(monique, photo())
    assert list(monique.draft().images) == ["ma-balance", "ma-balance-2"]
    session.rollback()
    assert len(session.exec(select(ModuleImageContent)).all()) == 1


def test_nobody_else_touches_the_pictures_of_a_draft(
    app: Flask, session: Session, desk: Desk, monique: Writer
) -> None:
    _upload(monique, photo())
    peer = Writer(app, session, desk.peer, monique.row())
    peer.text("/pictures", status=404)
    _upload(peer, photo(), status=404)
    peer.sends("/pictures/ma-balance/remove", status=404)
    Writer(app, session, desk.reviewer, monique.row()).text("/pictures", status=403)
    assert monique.draft().images == {"ma-balance": WORDS}


def test_a_module_leaves_as_a_file_and_comes_as_a_draft(
    app: Flask, session: Session, desk: Desk, keys: KeyRing
) -> None:
    published = make_published(
        session, desk, make_module(session, desk, slug="publie", is_public=True)
    )
    author = Writer(app, session, desk.author, published)
    answer = author.browser.get(author.path("/file"))
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''publie.zip"
    assert read_package(answer.data).content.slug == "publie"
    assert author.browser.get("/library/publie/file").data == answer.data

    session.expunge_all()
    session.rollback()
    elsewhere = make_desk(session, keys)
    stranger = Writer(app, session, elsewhere.author, published)
    session.rollback()
    taken = stranger.browser.post(
        "/modules/import", data={"file": (BytesIO(answer.data), "publie.zip")}
    )
    assert taken.status_code == 200
    assert "Le module est repris" in taken.text
    session.rollback()
    mine = session.exec(
        select(ModuleVersion).where(ModuleVersion.author_id == elsewhere.author.id)
    ).one()
    assert (mine.state, mine.title) == (VersionState.DRAFT, "Se peser chaque matin")


def test_who_writes_for_two_houses_says_for_which(
    monique: Writer, session: Session, desk: Desk, keys: KeyRing
) -> None:
    other = make_desk(session, keys).organization
    add_member(
        session,
        desk.author.id,
        organization_id=other.id,
        role=EducationRole.WRITER,
        by=None,
        at=now(),
    )
    session.commit()
    large = {"file": (BytesIO(b"PK" + b"0" * 3_000_000), "x.zip")}
    asked = monique.browser.post("/modules/import", data=large)
    assert "Choisissez qui le publie" in asked.text
    sent = {"file": (BytesIO(b"not a zip"), "x.zip"), "organization": str(other.id)}
    assert "choisissez un fichier ZIP" in monique.browser.post("/modules/import", data=sent).text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Choisissez un fichier de module"),
        (b"not a zip", "choisissez un fichier ZIP"),
        (photo(), "choisissez un fichier ZIP"),
    ],
)
def test_a_file_that_is_no_module_is_refused_with_what_to_do(
    monique: Writer, content: bytes | None, sentence: str
) -> None:
    data = {} if content is None else {"file": (BytesIO(content), "x.zip")}
    answer = monique.browser.post("/modules/import", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_draft_that_lacks_something_does_not_leave(monique: Writer) -> None:
    monique.sends("/edit/steps/add")
    answer = monique.browser.get(monique.path("/file"))
    assert answer.status_code == 409
    assert "pas encore complet" in answer.text


def test_the_list_of_pictures_asks_the_database_few_times(
    app: Flask, monique: Writer, session: Session, desk: Desk
) -> None:
    add_member(
        session,
        desk.author.id,
        organization_id=desk.organization.id,
        role=EducationRole.WRITER,
        by=None,
        at=now(),
    )
    session.commit()
    _upload(monique, photo())
    with counted(app) as statements:
        monique.text("/pictures")
    assert len(statements) <= 5, "\n".join(statements)
