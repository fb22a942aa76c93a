"""Where an order's pieces are taken from when nobody said so."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from models import StockMovement, db
from models.stock import NOWHERE
from services.stock import levels

__all__ = ["NOWHERE", "spread", "was_booked"]


def spread(
    lines: Sequence[tuple[int, int | None, int]], used: Collection[tuple[int, int]] = ()
) -> dict[tuple[int, int], int]:
    """Pieces by (merchant SKU, location). Without a location: where this order's pieces stood before, else where the
    most are available; what no location has goes to the fullest, so that the lack shows."""
    found: dict[tuple[int, int], int] = {}
    unplaced = {sku_id for sku_id, location_id, _ in lines if location_id is None}
    available = levels.available(unplaced) if unplaced else {}
    homes = {sku_id: location_id for sku_id, location_id in sorted(used, reverse=True)}
    for sku_id, location_id, quantity in lines:
        if quantity <= 0:
            continue
        if location_id is None and sku_id in homes:
            location_id = homes[sku_id]
        if location_id is not None:
            found[sku_id, location_id] = found.get((sku_id, location_id), 0) + quantity
            continue
        left, there = quantity, available.get(sku_id, {})
        for place in sorted(there, key=lambda one: (-there[one], one)):
            take = min(left, max(0, there[place]))
            if take:
                there[place] -= take
                left -= take
                found[sku_id, place] = found.get((sku_id, place), 0) + take
        if left:
            fullest = min(there, key=lambda one: (-there[one], one), default=NOWHERE)
            found[sku_id, fullest] = found.get((sku_id, fullest), 0) + left
    return found


def was_booked(reference: str) -> bool:
    return db.session.scalar(select(StockMovement.id).where(StockMovement.reference == reference).limit(1)) is not None
