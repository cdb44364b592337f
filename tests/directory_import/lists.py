"""Lists of professionals as people keep them, and what became of them."""

import io
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import delete
from sqlmodel import Session, select

from portal.clock import now
from portal.db import Database
from portal.imports import files
from portal.imports.job import DirectoryImports
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.directory_keeping import (
    DirectoryImport,
    DirectoryImportChunk,
    DirectoryImportProblem,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HEADINGS = (
    "type;rpps;titre;nom;prénom;profession;spécialité;téléphone;courriel;structure;finess;"
    "type de structure;adresse;code postal;ville"
)
NADIA = (
    "professionnel;10100000016;Mme;Belkacem;Nadia;infirmière;;06 39 98 12 07;nadia@example.org;"
    "Cabinet des Tilleuls;;cabinet;3 rue des Tilleuls;29000;Quimper"
)
HOUSE = (
    "structure;;;;;;;02 98 00 00 00;accueil@example.org;Maison de santé des Tilleuls;290000017;"
    "maison de santé;3 rue des Tilleuls;29000;Quimper"
)


def rpps(number: int) -> str:
    """A number of the right form; the key by an arithmetic of the test's own."""
    base = f"10{number:08d}"
    for key in range(10):
        digits = [int(d) for d in f"{base}{key}"][::-1]
        doubled = [
            d if i % 2 == 0 else (2 * d if d < 5 else 2 * d - 9) for i, d in enumerate(digits)
        ]
        if sum(doubled) % 10 == 0:
            return f"{base}{key}"
    raise AssertionError("some key fits")


def person(**cells: str) -> str:
    """A line about somebody; `nom="Morel"` writes that cell."""
    usual = {"type": "professionnel", "nom": "Belkacem", "prénom": "Nadia"}
    usual |= {"profession": "infirmière"}
    return line(**(usual | cells))


def line(**cells: str) -> str:
    named = {name.replace("_", " "): text for name, text in cells.items()}
    unknown = named.keys() - set(HEADINGS.split(";"))
    assert not unknown, f"no such column: {unknown}"
    return ";".join(named.get(heading, "") for heading in HEADINGS.split(";"))


def table(*lines: str) -> bytes:
    return "\r\n".join([HEADINGS, *lines, ""]).encode()


def many(count: int) -> bytes:
    """So many lines, of which one in ten has something wrong; always the same."""
    return table(*_lines(count))


def _lines(count: int) -> Iterator[str]:
    dice = random.Random(8025)  # noqa: S311  # not a secret
    first = ("Anne", "Loïc", "Maëlle", "Yann", "Zoé", "François")
    for number in range(count):
        cells = {
            "rpps": rpps(number) if number % 4 else "",
            "nom": f"Le Goff{number % 500}",
            "prénom": first[number % len(first)],
            "profession": dice.choice(("Infirmière", "médecin", "Cardiologue", "IPA")),
            "téléphone": f"06{dice.randrange(10**8):08d}",
            "courriel": f"pro{number}@example.org",
            "structure": f"Cabinet numéro {number % 800}",
            "adresse": f"{number % 800} rue de l’Océan",
            "code_postal": "29000",
            "ville": f"Ville{number % 80}",
        }
        yield person(**(cells | _mistake(number)))


def _mistake(number: int) -> dict[str, str]:
    mistakes: tuple[dict[str, str], ...] = (
        {"rpps": "12345"},
        {"téléphone": "douze"},
        {"courriel": "pas une adresse"},
        {"nom": ""},
        {"profession": "rebouteux"},
        {"rpps": rpps(1)},
        {"type": "licorne"},
        {"prénom": '"Anne'},
    )
    return mistakes[number // 10 % len(mistakes)] if number % 10 == 5 else {}


def keep(session: Session, content: bytes, **fields: object) -> DirectoryImport:
    """As the page does, and committed."""
    file = io.BytesIO(content)
    beginning = files.begin(file)
    usual = {"name": "liste.csv", "total_bytes": len(content), "by": None, "at": now()}
    kept = files.keep(session, file, beginning, **(usual | fields))  # type: ignore[arg-type]
    session.commit()
    return kept


def work_through(database: Database, job: DirectoryImports | None = None) -> int:
    """To the end; how many batches it took."""
    job, batches = job or DirectoryImports(), 0
    while job.work(database):
        batches += 1
        assert batches < 10_000, "it comes to an end"
    return batches


class Result(NamedTuple):
    """What can be compared: everything but ids and times."""

    people: list[tuple[object, ...]]
    places: list[tuple[object, ...]]
    roles: list[tuple[object, ...]]
    problems: list[tuple[object, ...]]
    counts: dict[str, object]


def result(session: Session, kept: DirectoryImport) -> Result:
    session.rollback()
    session.expire_all()
    people = session.exec(select(Practitioner)).all()
    places = session.exec(select(Organization)).all()
    roles = session.exec(select(PractitionerRole)).all()
    of_import = DirectoryImportProblem.import_id == kept.id
    problems = session.exec(select(DirectoryImportProblem).where(of_import)).all()
    who = {row.id: (row.family_name, row.given_name, row.rpps, row.search_key) for row in people}
    where = {row.id: (row.name, row.address) for row in places}
    row = session.get_one(DirectoryImport, kept.id)
    names = ("status", "next_byte", "next_line", "added", "changed", "unchanged", "refused")
    return Result(
        sorted(map(repr, ((*who[r.id], r.profession, r.phone, r.email) for r in people))),  # type: ignore[arg-type]
        sorted(map(repr, ((*where[r.id], r.kind, r.search_key) for r in places))),  # type: ignore[arg-type]
        sorted(
            repr((who[r.practitioner_id], where.get(r.organization_id), r.phone, r.email))  # type: ignore[arg-type,misc]
            for r in roles
        ),
        sorted((r.line, r.column, r.problem, r.value) for r in problems),
        {name: getattr(row, name) for name in names},
    )


def newest(session: Session) -> DirectoryImport | None:
    return session.exec(select(DirectoryImport)).first()


def forget(session: Session) -> None:
    """An empty directory, and no import."""
    session.rollback()
    session.expunge_all()
    for table in (
        *(PractitionerRole, Practitioner, Organization),
        *(DirectoryImportProblem, DirectoryImportChunk, DirectoryImport),
    ):
        session.execute(delete(table))
    session.commit()
