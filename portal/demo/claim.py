"""Makes an empty database the demo's own; any other one is refused."""

from datetime import date

from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from portal.errors import PortalError
from portal.models.account import User
from portal.models.care import Patient
from portal.models.directory import Organization, Practitioner
from portal.models.setting import Setting

_HOLDS_PEOPLE: tuple[type[SQLModel], ...] = (User, Patient, Practitioner, Organization)
_LOCKED: tuple[type[SQLModel], ...] = (*_HOLDS_PEOPLE, Setting)


class DemoRefusedError(PortalError):
    """The database was not made by the demo, or it is already in it; the message says which."""


def claim(session: Session, *, today: date) -> None:
    """Write the demo's mark into a database that holds nobody; raises `DemoRefusedError`.

    The value of the mark is the day around which the dates of the demo lie.
    """
    _keep_other_writers_out(session)
    if session.get(Setting, "demo") is not None:
        raise DemoRefusedError("This database already holds the demo; nothing was changed.")
    for table in _HOLDS_PEOPLE:
        if session.exec(select(table).limit(1)).first() is not None:
            raise DemoRefusedError(
                "This database holds people or places already: the demo is written into "
                "an empty database only. Nothing was changed."
            )
    session.add(Setting(name="demo", value=today.isoformat()))
    session.flush()


def _keep_other_writers_out(session: Session) -> None:
    """Until the commit, so that what was found empty is still empty when the mark is written."""
    connection = session.connection()
    # The embedded database has one writer at a time anyway.
    if connection.dialect.name == "postgresql":
        tables = ", ".join(str(table.__tablename__) for table in _LOCKED)
        connection.execute(text(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE"))
