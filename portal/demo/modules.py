"""The modules that come with Relais, as Monique wrote them and Dr Haddad reviewed them."""

from datetime import datetime, timedelta

from sqlmodel import Session

from portal.demo import modules_in_work
from portal.demo.cast import Cast
from portal.demo.days import local_day
from portal.education import LIBRARY
from portal.education.importing import Writer, import_package
from portal.education.members import add_member
from portal.education.packages import read_folder
from portal.education.progress import finish, read_step
from portal.education.reading import open_module
from portal.education.review import approve, publish, submit
from portal.models.education import Module
from portal.models.education_writing import EducationRole

BEGUN, FINISHED = "insuffisance-cardiaque-se-peser", "preparer-le-pilulier"


def publish_library(session: Session, cast: Cast, *, now: datetime) -> None:
    """All modules of the library, public, and how far Jeanne read two of them; flushes."""
    author, reviewer = cast.users["monique"], cast.users["haddad"]
    by = Writer(author.id, cast.organizations["tilleuls"].id)
    for user, role in (
        (author, EducationRole.WRITER),
        (cast.users["alain"], EducationRole.WRITER),
        (reviewer, EducationRole.REVIEWER),
    ):
        add_member(
            session,
            user.id,
            organization_id=by.organization_id,
            role=role,
            by=cast.users["claire"].id,
            at=now - timedelta(days=90),
        )
    written = now - timedelta(days=60)
    for folder in sorted(path for path in LIBRARY.iterdir() if path.is_dir()):
        for version in import_package(session, read_folder(folder), by=by, at=written):
            submit(session, version, by=author.id, at=written + timedelta(days=2))
            review_due = local_day(now) + timedelta(days=300)
            reviewed = written + timedelta(days=9)
            approve(session, version, by=reviewer, review_due=review_due, at=reviewed)
            publish(session, version, at=written + timedelta(days=10))
            session.get_one(Module, version.module_id).is_public = True
    session.flush()
    _jeanne_reads(session, cast, now=now)
    modules_in_work.write(session, cast, now=now)


def _jeanne_reads(session: Session, cast: Cast, *, now: datetime) -> None:
    reader = {"patient_id": cast.patients["jeanne"].id, "user_id": cast.users["jeanne"].id}
    for slug, steps, ago in ((BEGUN, 2, 1), (FINISHED, 12, 10)):
        opened = open_module(session, slug, number=1, locale="fr", **reader)
        if opened is None:
            continue
        at = now - timedelta(days=ago)
        read_step(session, opened, steps, **reader, at=at)
        if slug == FINISHED:
            finish(session, opened, has_question=False, **reader, at=at)
