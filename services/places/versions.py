"""Versions of a shop's mapping: what it was, who changed it, and why."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from models import MappingVersion, Shop, db
from models.present import has_table
from models.tenancy import tenant_id
from services import clock
from services.actor import Actor

ACTIVE, PREPARING, PAST, DROPPED = "active", "preparing", "past", "dropped"
WORDS = {ACTIVE: "Active", PREPARING: "Being prepared", PAST: "Past", DROPPED: "Given up"}
KINDS = {"confirmed": "Confirmed", "added": "Locations added", "change": "Re-mapped", "undo": "Undone"}
Pairs = set[tuple[int, int]]
"""(our warehouse, our location)."""


def history(shop: Shop) -> Sequence[MappingVersion]:
    """Newest first."""
    if not has_table(MappingVersion):
        return []
    query = select(MappingVersion).where(MappingVersion.shop_id == shop.id)
    return db.session.scalars(query.order_by(MappingVersion.number.desc()).limit(50)).all()


def of_state(shop: Shop, state: str) -> MappingVersion | None:
    """The newest version in that state."""
    return next((one for one in history(shop) if one.state == state), None)


def pairs_of(version: MappingVersion) -> Pairs:
    return {(int(warehouse), int(place)) for warehouse, place in version.pairs}


def add(shop: Shop, kind: str, pairs: Iterable[tuple[int, int]], state: str, by: Actor, **more: Any) -> MappingVersion:
    """A new version; an active one takes the place of the one before."""
    number = db.session.scalar(select(func.max(MappingVersion.number)).where(MappingVersion.shop_id == shop.id)) or 0
    row = MappingVersion(
        store_id=tenant_id(),
        shop_id=shop.id,
        number=number + 1,
        state=state,
        kind=kind,
        pairs=[list(pair) for pair in sorted(pairs)],
        changed_by=by.name[:255],
        changed_at=clock.now(),
        **more,
    )
    if state == ACTIVE:
        retire(shop)
    db.session.add(row)
    db.session.flush()
    return row


def retire(shop: Shop) -> None:
    """What was active is past."""
    for one in history(shop):
        if one.state == ACTIVE:
            one.state = PAST


def note(shop: Shop, kind: str, pairs: Iterable[tuple[int, int]], by: Actor) -> None:
    """Keeps the mapping as it is now."""
    if not has_table(MappingVersion):
        return
    for one in history(shop):
        if kind == "confirmed" and one.state == PREPARING:  # the shop was disconnected meanwhile
            one.state = DROPPED
    add(shop, kind, pairs, ACTIVE, by)
