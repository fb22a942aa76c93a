"""What BigCommerce says of variants besides the price: sale, retail, cost and MAP price."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from models import VariantPrices, db
from models.present import has_table
from models.tenancy import scoped, tenant_id
from services.bulk import table_of, upsert

FIELDS = ("sale", "retail", "cost", "map")
Prices = Mapping[str, Decimal | None]
PART = 5000


def keep(found: Mapping[int, Prices]) -> set[int]:
    """By BigCommerce's variant number; answers those whose sale price is another than before. Unchanged rows are not
    written, and a variant that has none of these has no row."""
    if not has_table(VariantPrices) or not found:
        return set()
    table, here = table_of(VariantPrices), tenant_id()
    before: dict[int, tuple[Any, ...]] = {}
    numbers = sorted(found)
    for start in range(0, len(numbers), PART):
        query = select(table.c.variant_id, *(table.c[name] for name in FIELDS))
        part = table.c.variant_id.in_(numbers[start : start + PART])
        for row in db.session.execute(scoped(query.where(table.c.store_id == here, part))):
            before[row.variant_id] = tuple(row[1:])
    none = (None,) * len(FIELDS)
    wanted = {number: tuple(prices.get(name) or None for name in FIELDS) for number, prices in found.items()}
    changed = {number: values for number, values in wanted.items() if values != before.get(number, none)}
    rows = [
        {"store_id": here, "variant_id": number, **dict(zip(FIELDS, values, strict=True))}
        for number, values in sorted(changed.items())
        if values != none
    ]
    if rows:
        upsert(VariantPrices, rows, ("store_id", "variant_id"), FIELDS)
    gone = [number for number, values in changed.items() if values == none]
    for start in range(0, len(gone), PART):
        doomed = table.c.variant_id.in_(gone[start : start + PART])
        db.session.execute(scoped(delete(table).where(table.c.store_id == here, doomed)))
    return {number for number, values in changed.items() if values[0] != before.get(number, none)[0]}
