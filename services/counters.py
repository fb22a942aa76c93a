"""Maintained counts behind tabs and chips. Deltas are gathered while rows move and written as the last statements of a
chunk, in sorted order, so that two workers never wait for each other in a circle."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select

from models import Counter, db
from models.tenancy import scoped, tenant_id
from services.bulk import insert_into, table_of

LISTING_TAB = "listing_tab"
LISTING_PROBLEM = "listing_problem"
PRODUCT_STATUS = "product_status"


class Deltas:
    """Counts gathered in one chunk: `move(scope, shop_id, old, new)`; empty names are nowhere."""

    def __init__(self) -> None:
        self.changes: dict[tuple[str, int, str], int] = defaultdict(int)

    def add(self, scope: str, shop_id: int, name: str, by: int = 1) -> None:
        if name:
            self.changes[scope, shop_id, name] += by

    def move(self, scope: str, shop_id: int, old: str, new: str, by: int = 1) -> None:
        if old != new:
            self.add(scope, shop_id, old, -by)
            self.add(scope, shop_id, new, by)

    def write(self) -> None:
        """Applies the deltas; call it last."""
        rows = [
            {"store_id": tenant_id(), "scope": scope, "shop_id": shop_id, "name": name, "count": change}
            for (scope, shop_id, name), change in sorted(self.changes.items())
            if change
        ]
        self.changes.clear()
        if rows:
            table = table_of(Counter)
            statement = insert_into(table).values(rows)
            statement = statement.on_conflict_do_update(
                index_elements=["store_id", "scope", "shop_id", "name"],
                set_={"count": table.c.count + statement.excluded["count"]},
            )
            db.session.execute(scoped(statement))


def read(scope: str, shop_id: int | None = None) -> Mapping[str, int]:
    """Counts by name: of one shop, or summed over the store's shops when None."""
    query = select(Counter.name, Counter.count).where(Counter.scope == scope)
    if shop_id is not None:
        query = query.where(Counter.shop_id == shop_id)
    counts: dict[str, int] = defaultdict(int)
    for name, count in db.session.execute(query):
        counts[name] += count
    return counts
