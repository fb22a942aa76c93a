"""Orders: list, search, counters and the chart of sales at any size against the bare driver's same rows, the same by
whole pages, and a webhook's way to a BigCommerce order: `python -m bench.orders [rows] [sqlite|postgresql] [burst]`.

floor    the rows by the driver, with the index that serves them; no ORM, no words, no counters
ours     services.orders.pages.page with the maintained counters, services.finance.periods.chart: as the pages ask
pages    the whole page over WSGI, signed in, against its own statements on the bare driver and its own template
trips    a webhook folded and written: seconds in round trips of 150 ms, which both platforms take here for each call
Goals: depth and size cost nothing (ours deep at most 2 x ours on the first page); a webhook in BigCommerce within 4
round trips; a burst loses and doubles nothing.
"""

import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench._stage import SECRETS, database
from bench.lists.floor import opener
from bench.lists.place import ROOT
from tests.servers import redis_server

TRIP = 0.150
TURNS, PART = 40, 5000
START = datetime(2026, 1, 1, tzinfo=UTC)
STATUSES = ("COMPLETED",) * 14 + ("DELIVERED", "IN_TRANSIT", "AWAITING_SHIPMENT", "ON_HOLD", "CANCELLED", "CANCELLED")
FIRST = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Ken", "Leslie", "Tony")


@contextmanager
def opened(engine: str) -> Iterator[dict[str, str]]:
    from app import create_app

    with tempfile.TemporaryDirectory() as folder, redis_server() as redis:
        settings = {**SECRETS, "CAUSEWAY_ENV": "development", "REDIS_URL": redis, "DATA_FOLDER": folder,
                    "APP_URL": "http://127.0.0.1:9", "RATE_LIMITS": "0", "SETTLE_SECONDS": "1"}  # fmt: skip
        with database(engine, Path(folder), settings) as url:
            app = create_app({**settings, "DATABASE_URL": url})
            with app.app_context():
                yield {**settings, "DATABASE_URL": url}
                from models import db

                db.session.remove()
                db.engine.dispose()


def seed(shop: Any, count: int) -> float:
    """So many orders of one shop, a minute apart, straight into the table; rows a second."""
    from models import Order, db
    from services.bulk import insert
    from services.counters import Deltas
    from services.orders.counts import SCOPE
    from services.orders.recording import _row
    from tests.services.order_rows import facts

    template = {**_row(shop, facts(), "import"), "total": Decimal("17.5"), "currency": "USD", "quantity": 1}
    begun, deltas = time.perf_counter(), Deltas()
    for low in range(0, count, PART):
        rows = []
        for number in range(low, min(low + PART, count)):
            status = STATUSES[number * 7 % len(STATUSES)]
            name = f"{FIRST[number % 10]} {number * 7919 % 100_003:x}"
            at = START + timedelta(minutes=number)
            rows.append({**template, "tiktok_id": str(576 * 10**15 + number), "status": status, "placed_at": at,
                         "changed_at": at, "buyer_name": name, "bigcommerce_id": 1000 + number})  # fmt: skip
            deltas.add(SCOPE, shop.id, status)
        insert(Order, rows)
        db.session.commit()
    deltas.write()
    db.session.commit()
    return count / (time.perf_counter() - begun)


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds, the middle of many; the first two are not counted."""
    from models import db

    spent = []
    for turn in range(TURNS):
        begun = time.perf_counter()
        work()
        if turn > 1:
            spent.append(1000 * (time.perf_counter() - begun))
        db.session.rollback()
    return statistics.median(spent)


def lists(shop: Any, count: int, raw: Any) -> None:
    from models import db
    from services.orders import counts, pages
    from services.orders.pages import Cursor, Filters

    deep = Cursor(START + timedelta(minutes=count // 3), 0)
    store, plain = shop.store_id, "SELECT id, tiktok_id, bigcommerce_id, buyer_name, placed_at, status, total, currency"
    base = f"{plain}, quantity, problem, deadline_at FROM sales_order WHERE store_id = {store}"
    order, most = "ORDER BY placed_at DESC, id DESC", "LIMIT 26"
    marker = "?" if db.engine.dialect.name == "sqlite" else "%s"
    moment = deep.placed_at.replace(tzinfo=None) if marker == "?" else deep.placed_at
    if marker == "?":
        moment = str(moment) + ".000000"  # type: ignore[assignment]  # as it is stored
    number, shop_part = str(576 * 10**15 + count // 2), f"AND shop_id = {shop.id}"
    here = f"AND (placed_at, id) < ({marker}, 0)"
    cases: list[tuple[str, Filters, str, str, list[Any]]] = [
        ("newest", Filters(), "", f"{base} {order} {most}", []),
        ("a third deep", Filters(), str(deep), f"{base} {here} {order} {most}", [moment]),
        ("one shop, delivered, deep", Filters(tab="DELIVERED", shop_id=shop.id), str(deep),
         f"{base} {shop_part} AND status = 'DELIVERED' {here} {order} {most}", [moment]),
        ("by number", Filters(q=number), "", f"{base} AND tiktok_id = '{number}'", []),
        ("by BigCommerce's number", Filters(q=str(1000 + count // 2)), "",
         f"{base} AND bigcommerce_id = {1000 + count // 2}", []),
    ]  # fmt: skip
    print(f"{'page of 25':<28}{'floor ms':>10}{'ours ms':>10}{'ratio':>8}")
    for name, filters, after, text, values in cases:

        def bare(text: str = text, values: list[Any] = values) -> None:
            cursor = raw.cursor()
            cursor.execute(text, values)
            cursor.fetchall()
            cursor.close()

        def whole(filters: Filters = filters, after: str = after) -> None:
            pages.page(filters, counts.read(filters.shop_id), 25, after)

        floor = timed(bare)
        ours = timed(whole)
        print(f"{name:<28}{floor:>10.2f}{ours:>10.2f}{ours / floor:>8.1f}")
    name = f"{FIRST[3]} {(count // 2) * 7919 % 100_003:x}"
    print(f"{'by a name':<28}{'':>10}{timed(lambda: pages.page(Filters(q=name), {'': 0})):>10.2f}")
    print(f"{'the tabs counts':<28}{'':>10}{timed(lambda: counts.read(None)):>10.2f}")


def chart(shop: Any, count: int, raw: Any) -> None:
    """The sums are kept by day, so neither depends on how many orders there are."""
    from sqlalchemy import func, select

    from models import SalesDay, db
    from services.finance import periods, sales

    today = (START + timedelta(minutes=count - 1)).date()
    begun = time.perf_counter()
    sales.rebuild([shop])
    db.session.commit()
    while sales.settle():
        db.session.commit()
    spent = time.perf_counter() - begun
    days = db.session.scalar(select(func.count(SalesDay.id))) or 0
    print(f"{count:,} orders summed by day in {spent:.1f} s: {days:,} rows")
    print(f"{'chart of sales':<28}{'floor ms':>10}{'ours ms':>10}{'ratio':>8}")
    for period, length in (("week", 14), ("month", 60), ("year", 730)):
        since = today - timedelta(days=length)
        here = f"store_id = {shop.store_id} AND shop_id = {shop.id} AND day >= '{since}' AND day <= '{today}'"
        text = f"SELECT day, currency, orders, pieces, amount FROM sales_day WHERE {here}"  # noqa: S608

        def bare(text: str = text) -> None:
            cursor = raw.cursor()
            cursor.execute(text)
            cursor.fetchall()
            cursor.close()

        def ours(period: str = period) -> None:
            periods.chart([shop.id], period, today)

        floor, mine = timed(bare), timed(ours)
        print(f"{period:<28}{floor:>10.2f}{mine:>10.2f}{mine / floor:>8.1f}")


def whole(shop: Any, count: int, settings: dict[str, str]) -> None:
    """Whole pages as a merchant gets them, by gunicorn, in turns with the floor of each (bench/lists/floor.py)."""
    from bench.lists.place import Visitor, middle, serving
    from bench.pages import measured
    from models import Person, Store, db
    from services import clock, sessions

    store = db.session.get_one(Store, shop.store_id)
    store.wizard = {"done": True}
    person = Person(bigcommerce_id=7, email="owner@bench.example", is_owner=True, seen_at=clock.now())
    db.session.add(person)
    db.session.flush()
    cookie = f"{sessions.cookie_name(store.hash)}={sessions.begin(person)}"
    db.session.commit()
    deep = int((START + timedelta(minutes=count // 3)).timestamp() * 1_000_000)
    cases = {
        "newest": "orders/",
        "a third deep": f"orders/?after={deep}-0&first={count * 2 // 3}",
        "delivered, deep": f"orders/?tab=DELIVERED&after={deep}-0",
        "by number": f"orders/?q={576 * 10**15 + count // 2}",
        "by a name": f"orders/?q={FIRST[3]}+{(count // 2) * 7919 % 100_003:x}",
    }
    base = f"/s/{store.hash}/"
    told = {**settings, "PYTHONPATH": str(ROOT)}
    floors = {**told, "BENCH_PAGES": json.dumps([base + path for path in cases.values()]), "BENCH_COOKIE": cookie}
    print(f"{'whole page':<28}{'floor ms':>10}{'ours ms':>10}{'ratio':>8}")
    with (
        serving("app:create_app()", told, "/healthz") as ours,
        serving("bench.lists.floor:create_app()", floors, "/hello") as floor,
    ):
        us, least = Visitor(ours.port, cookie), Visitor(floor.port)
        for number, (name, path) in enumerate(cases.items()):
            found = measured({"ours": (us, base + path, TURNS), "floor": (least, f"/page/{number}", TURNS)})
            mine, bare = middle(found["ours"]), middle(found["floor"])
            print(f"{name:<28}{bare:>10.2f}{mine:>10.2f}{mine / bare:>8.1f}")


def trips(shop: Any, burst: int) -> None:
    """One webhook in round trips; then many at once, and whether any is lost or doubled."""
    from jobs import orders as coming
    from jobs.drain import Drain
    from jobs.taken import Taken
    from models import db
    from models.tenancy import tenant
    from services import platforms
    from tests.jobs.market import Admin, Sales

    class Far(Sales):
        def _answers(self, name: str) -> None:
            time.sleep(TRIP)

    class FarAdmin(Admin):
        def _fault(self) -> str:
            time.sleep(TRIP)
            return ""

        def find_orders(self, reference: str, source: str = "") -> list[Any]:
            time.sleep(TRIP)
            return super().find_orders(reference, source) if reference in self.known else []

        @property
        def known(self) -> set[str]:
            return {book["external_order_id"] for book in self.books.values()}

    sales, admin = Far(), FarAdmin()
    setattr(platforms, "tiktok", lambda shop, observe=None: sales)  # noqa: B010
    setattr(platforms, "bigcommerce", lambda store, observe=None: admin)  # noqa: B010
    store_id, shop_id = shop.store_id, shop.id

    def arrive(numbers: list[str]) -> float:
        hints = [Taken(n, "tiktok", "1", "x", {"data": {"order_id": number}}) for n, number in enumerate(numbers)]
        begun = time.perf_counter()
        for start in range(0, len(hints), 200):
            coming.fold(store_id, shop_id, hints[start : start + 200])
        from flask import current_app

        while len(admin.books) < expected:
            with tenant(store_id):
                Drain(current_app._get_current_object(), "live", store_id, None).run()  # type: ignore[attr-defined]
        return time.perf_counter() - begun

    expected = 0
    single = []
    for _ in range(5):
        expected += 1
        single.append(arrive([sales.sell("sku-1-0")]) / TRIP)
    print(
        f"webhook to BigCommerce order: {statistics.median(single):.1f} round trips (goal 4; three of them are calls)"
    )
    numbers = [sales.sell("sku-1-0") for _ in range(burst)]
    expected += burst
    seconds = arrive(numbers)
    times = Counter(book["external_order_id"] for book in admin.books.values())
    lost, doubled = len(set(sales.books) - set(times)), sum(count > 1 for count in times.values())
    print(f"burst of {burst:,}: {burst / seconds:.0f} orders/s in one process, {lost} lost, {doubled} doubled")
    print("(BigCommerce's Standard quota allows 2.5 such orders a second: two calls each, 150 in 30 s)")
    db.session.rollback()


def main() -> None:
    count = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 100_000
    engine = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    burst = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    with opened(engine) as settings:
        from models import db
        from models.tenancy import tenant
        from tests.services.listing_rows import add_shop, add_store
        from tests.services.order_rows import sell

        with tenant(add_store().id):
            shop = add_shop()
            shop.authorization.state = "active"
            sell(shop)
            print(f"{count:,} orders on {engine}: {seed(shop, count):,.0f} rows/s")
            if engine == "postgresql":
                db.session.connection().exec_driver_sql("ANALYZE sales_order")
                db.session.commit()
            raw = opener(settings["DATABASE_URL"])()
            lists(shop, count, raw)
            chart(shop, count, raw)
            raw.close()
            whole(shop, count, settings)
            trips(shop, burst)


if __name__ == "__main__":
    main()
