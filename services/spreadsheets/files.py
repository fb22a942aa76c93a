"""The files themselves: kept in the database in pieces, so that every host has them, for a week."""

import json
import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from models import Sheet, SheetPart, Shop, db
from models.present import has_table
from models.tenancy import scoped, tenant_id
from services import clock
from services.actor import Actor
from services.bulk import table_of
from services.errors import NotFound, ServiceError
from services.spreadsheets.kinds.base import Kind, Scope
from services.spreadsheets.registry import KINDS

DAYS = 7
PIECE = 1024 * 1024
FILE, ROWS = "file", "rows"
OVER = ("ready", "refused", "compared", "applied", "undone")


class NotYet(ServiceError):
    """The tables came with this release and their migration has not run."""

    status = 503


def ready() -> bool:
    return has_table(Sheet)


def require() -> None:
    if not ready():
        raise NotYet("Spreadsheets are being set up. Try again in a minute.")


def kind_of(sheet: Sheet) -> Kind:
    return KINDS[sheet.kind]


def scope_of(sheet: Sheet) -> Scope:
    shop = db.session.scalar(select(Shop).where(Shop.id == sheet.shop_id)) if sheet.shop_id else None
    return Scope(shop, sheet.details)


def add(
    actor: Actor, kind: Kind, format: str, name: str, shop: Shop | None, state: str, details: Mapping[str, Any]
) -> Sheet:
    """A file of the store; `state` "reading" is an import's."""
    now = clock.now()
    sheet = Sheet(
        store_id=actor.store_id,
        key=secrets.token_urlsafe(24),
        is_import=state == "reading",
        kind=kind.name,
        format=format,
        name=name[:200],
        shop_id=shop.id if shop else None,
        state=state,
        details=dict(details),
        actor=actor.name[:255],
        created_at=now,
        expires_at=now + timedelta(days=DAYS),
    )
    db.session.add(sheet)
    db.session.flush()
    return sheet


def get(key: str) -> Sheet:
    """The file of that key, while it is kept."""
    require()
    sheet = db.session.scalar(select(Sheet).where(Sheet.key == key, Sheet.expires_at > clock.now()))
    if sheet is None:
        raise NotFound(f"This file does not exist, or its {DAYS} days are over.", "See all files", "/spreadsheets/")
    return sheet


def recent(limit: int = 30) -> Sequence[Sheet]:
    query = select(Sheet).where(Sheet.expires_at > clock.now()).order_by(Sheet.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def store(sheet: Sheet, body: bytes) -> None:
    """Keeps the file, instead of what was kept before."""
    drop(sheet, FILE)
    for position, start in enumerate(range(0, len(body), PIECE)):
        put(sheet, FILE, position, body[start : start + PIECE])
    sheet.size = len(body)
    db.session.flush()


def put(sheet: Sheet, purpose: str, position: int, body: bytes) -> None:
    db.session.add(SheetPart(sheet_id=sheet.id, purpose=purpose, position=position, body=body))


def pieces(sheet: Sheet, purpose: str) -> Iterator[bytes]:
    """One after the other; each is its own short read."""
    for position in positions(sheet, purpose):
        yield piece(sheet, purpose, position)


def positions(sheet: Sheet, purpose: str) -> Sequence[int]:
    query = select(SheetPart.position).where(SheetPart.sheet_id == sheet.id, SheetPart.purpose == purpose)
    return db.session.scalars(query.order_by(SheetPart.position)).all()


def piece(sheet: Sheet, purpose: str, position: int) -> bytes:
    query = select(SheetPart.body).where(
        SheetPart.sheet_id == sheet.id, SheetPart.purpose == purpose, SheetPart.position == position
    )
    return db.session.scalars(query).one()


def drop(sheet: Sheet, purpose: str) -> None:
    table = table_of(SheetPart)
    here = (table.c.store_id == sheet.store_id, table.c.sheet_id == sheet.id, table.c.purpose == purpose)
    db.session.execute(scoped(delete(table).where(*here)))


def pack(rows: Sequence[Any]) -> bytes:
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), 3)


def unpack(body: bytes) -> list[Any]:
    found: list[Any] = json.loads(zlib.decompress(body))
    return found


def drop_expired(now: datetime, commit: Callable[[], None]) -> int:
    """Removes the current store's files whose days are over; how many."""
    if not ready():
        return 0
    table = table_of(Sheet)
    gone = list(db.session.scalars(select(Sheet.id).where(Sheet.expires_at < now)))
    for sheet_id in gone:
        db.session.execute(scoped(delete(table).where(table.c.store_id == tenant_id(), table.c.id == sheet_id)))
        commit()
    return len(gone)


def remove(sheet: Sheet) -> None:
    """Takes a file away; not while something works on it."""
    if sheet.state not in OVER:
        raise ServiceError("Something still works on this file.", "See the file", f"/spreadsheets/{sheet.key}")
    table = table_of(Sheet)
    db.session.execute(scoped(delete(table).where(table.c.store_id == sheet.store_id, table.c.id == sheet.id)))
