"""Booking movements: written once per reference, and the balances moved in the same transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update

from models import StockBalance, StockMovement, db
from models.tenancy import scoped, tenant_id
from services.bulk import insert, insert_missing, table_of

KINDS = ("on_hand", "held", "reserved", "allocated")
KEY = ("store_id", "merchant_sku_id", "location_id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one balance."""

    merchant_sku_id: int
    location_id: int
    kind: str
    delta: int


def book(entries: Sequence[Entry], cause: str, reference: str, order_ref: str, now: datetime) -> bool:
    """Writes the movements and moves the balances; what adds up to nothing within one kind is left out. The caller
    holds the order or the balances, so that no reference comes twice."""
    sums: dict[tuple[int, int, str], int] = defaultdict(int)
    noted = {(one.merchant_sku_id, one.location_id, one.kind) for one in entries if one.delta == 0}
    for one in entries:
        sums[one.merchant_sku_id, one.location_id, one.kind] += one.delta
    rows = [(key, delta) for key, delta in sorted(sums.items()) if delta or key in noted]
    if not rows:
        return False
    store_id = tenant_id()
    open_balances({(sku_id, location_id) for (sku_id, location_id, _), _ in rows}, now)
    insert(
        StockMovement,
        [
            {
                "store_id": store_id,
                "merchant_sku_id": sku_id,
                "location_id": location_id,
                "kind": kind,
                "delta": delta,
                "cause": cause[:40],
                "order_ref": order_ref,
                "reference": reference[:160],
                "at": now,
            }
            for (sku_id, location_id, kind), delta in rows
        ],
    )
    table = table_of(StockBalance)
    for kind in KINDS:
        moved = [
            {"b_sku": sku_id, "b_place": location_id, "b_delta": delta}
            for (sku_id, location_id, name), delta in rows
            if name == kind and delta
        ]
        if moved:
            statement = (
                update(table)
                .where(
                    table.c.store_id == store_id,
                    table.c.merchant_sku_id == bindparam("b_sku"),
                    table.c.location_id == bindparam("b_place"),
                )
                .values({kind: table.c[kind] + bindparam("b_delta"), "changed_at": now})
            )
            db.session.connection().execute(scoped(statement), moved)
    db.session.flush()
    db.session.expire_all()
    return True


def open_balances(keys: set[tuple[int, int]], now: datetime) -> None:
    """Rows of zeros where there are none yet."""
    rows = [
        {
            "store_id": tenant_id(),
            "merchant_sku_id": sku_id,
            "location_id": location_id,
            "on_hand": 0,
            "held": 0,
            "reserved": 0,
            "allocated": 0,
            "changed_at": now,
        }
        for sku_id, location_id in sorted(keys)
    ]
    insert_missing(StockBalance, rows, KEY)
