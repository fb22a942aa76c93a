"""What the database has by now. Code is started before or after its migration, so a feature whose table came with this
release asks here first and waits where it is missing."""

import logging
import time

from sqlalchemy import inspect

from models.base import Base, db

log = logging.getLogger("causeway.schema")
AGAIN = 5.0  # seconds until a missing table is looked for again
_present: set[tuple[str, str]] = set()
_missing: dict[tuple[str, str], float] = {}


def has_table(model: type[Base]) -> bool:
    """Whether the table of this model is there. Once there it stays; a missing one is logged when it is looked for."""
    name = str(model.__tablename__)
    key = (str(db.engine.url), name)
    if key in _present:
        return True
    if time.monotonic() - _missing.get(key, -AGAIN) < AGAIN:
        return False
    if inspect(db.session.connection()).has_table(name):
        _present.add(key)
        return True
    _missing[key] = time.monotonic()
    log.warning("The table %s is not there yet; what needs it waits for the migration.", name)
    return False
