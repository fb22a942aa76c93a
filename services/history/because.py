"""Why listings change at this moment: said once around the work, read by whoever keeps the history."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from models import db


@dataclass(frozen=True, slots=True)
class Cause:
    """`why`: edit, restore, or the kind of the activity that does it."""

    actor: str = ""
    why: str = "edit"
    activity_id: int | None = None


NONE = Cause()
_current: ContextVar[Cause | None] = ContextVar("cause", default=None)


def cause() -> Cause:
    return _current.get() or NONE


@contextmanager
def because(actor: str, why: str, activity_id: int | None = None) -> Iterator[None]:
    """Changes inside are kept with this cause; what is not written at the end is written then. An outer cause that has
    an activity stays."""
    outer = cause()
    if outer.activity_id is not None and activity_id is None:
        actor, why, activity_id = outer.actor or actor, outer.why, outer.activity_id
    token = _current.set(Cause(actor[:255], why[:24], activity_id))
    try:
        yield
        db.session.flush()
    finally:
        _current.reset(token)
