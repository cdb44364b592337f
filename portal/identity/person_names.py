"""Names of people, compared as people read them, and made into user names."""

import re
import unicodedata

from sqlalchemy import or_, select
from sqlmodel import Session

from portal.models import columns
from portal.models.account import User

_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)
_LONGEST_PART = 40
_NAMELESS = "membre"
"""For a name that has no Latin letter at all."""

_user = columns(User)


def folded(name: str) -> str:
    """Letters and digits only, without case and accents: `Anne-Marie` is `annemarie`."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LIGATURES))
    return "".join(c for c in plain if c.isalnum())


def are_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Given and family name of one person; names that are missing are nobody's."""
    first, second = [tuple(folded(part) for part in names) for names in (one, other)]
    return any(first) and first == second


def free_user_name(session: Session, *, names: tuple[str, str]) -> str:
    """`jeanne.morel`, or `jeanne.morel2` when somebody has that one."""
    wished = _wished(names)
    statement = select(_user.username).where(
        or_(_user.username == wished, _user.username.startswith(wished, autoescape=True))
    )
    taken = set(session.execute(statement).scalars())
    numbered = (f"{wished}{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wished, *numbered) if name not in taken)


def _wished(names: tuple[str, str]) -> str:
    parts = [re.sub(r"[^a-z0-9]", "", folded(name))[:_LONGEST_PART] for name in names]
    return ".".join(part for part in parts if part) or _NAMELESS
