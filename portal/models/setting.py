"""Facts about this database itself."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from portal.clock import now
from portal.models.base import UtcDateTime


class Setting(SQLModel, table=True):
    """A name and a value; `demo` is written by the demo seed into an empty database only."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True, max_length=50)
    value: str = Field(max_length=500)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
