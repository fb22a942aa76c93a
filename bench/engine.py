"""The activity engine in two ratios: `python bench/engine.py [items]`.

1. Items a second through `drain()` with calls that do nothing, against plain `executemany` updates of as many rows of
   the same table in chunks of 16 (what a program without claims, leases, fencing and counts would write).
2. The share of 48 calls a second that one worker fills when each call takes 150 ms.

Everything runs on a fresh SQLite file and an embedded Redis, in one process.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import bindparam, text, update

from app import create_app
from jobs.drain import drain
from jobs.handlers import HANDLERS
from jobs.handling import Done, Handler, Item, Outcome, Result
from models import Activity, ActivityItem, Base, Store, db
from models.tenancy import scoped, tenant
from services import activities, setup
from services.activities import NewItem
from services.actor import system
from tests.servers import redis_server

CALL_SECONDS = 0.15
RATE = 48.0
PACED = 400  # items of the paced run


class NoOp(Handler):
    """A call that does nothing, or that waits for its slot and then for the far end."""

    kind: ClassVar[str] = "bench"
    paced = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        return {item.id: setup.budget() for item in items}

    def call(self, step: Any) -> None:
        if self.paced:
            step.take("tiktok:bench", "/product/202309/products")
            time.sleep(CALL_SECONDS)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {result.item.id: Done() for result in results}


@contextmanager
def place() -> Iterator[int]:
    """A store in a fresh database; its tenant is current."""
    logging.disable(logging.WARNING)
    with redis_server() as redis_url, tempfile.TemporaryDirectory() as folder:
        settings = {
            "CAUSEWAY_ENV": "development", "DATABASE_URL": f"sqlite:///{folder}/bench.db", "REDIS_URL": redis_url,
            "SECRET_KEY": "x" * 40, "DATA_FOLDER": folder,
            "ENCRYPTION_KEYS": "dGVzdC1lbmNyeXB0aW9uLWtleS0wMTIzNDU2Nzg5MDE=",
            "BIGCOMMERCE_CLIENT_ID": "bench", "BIGCOMMERCE_CLIENT_SECRET": "x" * 40, "TIKTOK_APP_KEY": "bench",
            "TIKTOK_APP_SECRET": "x" * 40, "TIKTOK_SERVICE_ID": "bench", "PUBLISH_RATE": RATE,
        }  # fmt: skip
        app = create_app(settings)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            store = Store(hash="bench", installed_at=datetime.now(UTC), settings={}, wizard={}, token="")
            db.session.add(store)
            db.session.commit()
            store_id = store.id
            with tenant(store_id):
                yield store_id
            db.session.remove()
            db.engine.dispose()


def begin(store_id: int, count: int) -> None:
    activities.start(system(store_id), NoOp.kind, "Bench", [NewItem(str(number)) for number in range(count)])
    db.session.commit()


def drained(store_id: int, count: int) -> float:
    """Items a second."""
    begin(store_id, count)
    start, done = time.perf_counter(), 0
    while done < count:
        done += drain("bulk", store_id, None)
    return count / (time.perf_counter() - start)


def plain(store_id: int, count: int) -> float:
    """Rows a second of the bare updates."""
    table: Any = ActivityItem.__table__
    with db.engine.connect() as connection:
        ids = connection.execute(
            scoped(text("SELECT id FROM activity_item WHERE store_id = :store_id LIMIT :most")),
            {"store_id": store_id, "most": count},
        ).scalars().all()  # fmt: skip
    where = (table.c.store_id == store_id, table.c.id == bindparam("b_id"))
    start = time.perf_counter()
    for first in range(0, len(ids), 16):
        with db.engine.begin() as connection:
            rows = [{"b_id": one} for one in ids[first : first + 16]]
            connection.execute(scoped(update(table).where(*where).values(state="done", message="x")), rows)
    return len(ids) / (time.perf_counter() - start)


def main(count: int) -> None:
    handler = NoOp()
    HANDLERS[NoOp.kind] = handler
    with place() as store_id:
        drained(store_id, 64)  # warm
        rate = drained(store_id, count)
        bare = plain(store_id, count)
        print(f"drain {rate:,.0f} items/s, plain updates {bare:,.0f} rows/s: ratio {rate / bare:.3f} ({count:,} items)")
        handler.paced = True
        paced = drained(store_id, PACED)
        share, whole = paced / RATE, paced / 50
        print(f"one worker, 150 ms a call: {paced:.1f} calls/s: {share:.3f} of {RATE:.0f}/s, {whole:.3f} of 50/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
