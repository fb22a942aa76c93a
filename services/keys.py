"""The keys of stored secrets: which rows still need an old one, and how they come under the newest. Columns that hold
secrets say so themselves (`info=SEALED`), so a new one is not forgotten here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, Table, select, update

from models import Base, db
from models.tenancy import across_stores
from services import setup
from services.secrets import SealBroken, reseal, unseal

CHUNK = 200


@dataclass
class Seals:
    """What was found: how many secrets there are, how many an older key opens, and those that none opens."""

    all: int = 0
    old: int = 0
    broken: list[str] = field(default_factory=list)  # "authorization 7, refresh_token"


def sealed_columns() -> list[tuple[Table, list[Column[str]]]]:
    """Every table with columns that hold secrets."""
    found = []
    for table in Base.metadata.sorted_tables:
        if columns := [column for column in table.columns if column.info.get("sealed")]:
            found.append((table, columns))
    return found


def look() -> Seals:
    """Tries every stored secret with the keys of the configuration."""
    found = Seals()
    with across_stores("stored secrets are tried with the keys"):
        for _, _, _ in _walk(found):
            pass
        db.session.rollback()
    return found


def rotate(commit: Callable[[], None]) -> Seals:
    """Puts every secret under the newest key; may run while the app serves, and again. A secret that changed meanwhile
    is left as it is: whoever wrote it used the newest key."""
    found = Seals()
    with across_stores("stored secrets come under the newest key"):
        for table, column, row in _walk(found):
            number, sealed = row
            here = update(table).where(table.c.id == number, column == sealed)
            db.session.execute(here.values({column.name: reseal(sealed)}))
            commit()
    return found


def _walk(found: Seals) -> Iterator[tuple[Table, Column[str], tuple[int, str]]]:
    """Reads all secrets in keyset pages, notes them in `found`, and yields those under an older key."""
    newest = Fernet(setup.config().encryption_keys.split(",")[0].strip().encode())
    for table, columns in sealed_columns():
        for column in columns:
            after = 0
            while rows := db.session.execute(
                select(table.c.id, column).where(table.c.id > after).order_by(table.c.id).limit(CHUNK)
            ).all():
                after = rows[-1][0]
                for number, sealed in rows:
                    if sealed and _is_old(found, newest, sealed, f"{table.name} {number}, {column.name}"):
                        yield table, column, (number, sealed)


def _is_old(found: Seals, newest: Fernet, sealed: str, name: str) -> bool:
    found.all += 1
    try:
        newest.decrypt(sealed.encode())
    except InvalidToken:
        try:
            unseal(sealed)
        except SealBroken:
            found.broken.append(name)
            return False
        found.old += 1
        return True
    return False
