"""What was wanted of each SKU and when, from orders and the ledger: the stream that the simulator replays and that
buffers are worked out from."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from domain.oversell import STORE, Event, Stream
from models import Order, OrderLine, StockMovement, StockPush, Variant, db
from models.present import has_table
from services import clock
from services.stock import lag, levels

DAYS = 28
MOST = 5000  # sales looked at, the latest
USUAL = 10.0  # seconds, while nothing was measured
NEAR = timedelta(minutes=5)  # within it BigCommerce's number falls and its order becomes known
BY_TIKTOK = "FULFILLMENT_BY_TIKTOK"
Raw = list[tuple[datetime, str, int]]


@dataclass(frozen=True, slots=True)
class Demand:
    """`streams` by merchant SKU; channels are shops' ids as text, and the store. `whole`: nothing was left out."""

    streams: dict[int, Stream]
    since: datetime
    sales: int
    elsewhere: int
    whole: bool

    def moments(self, sku_id: int, without: str) -> list[tuple[float, int]]:
        """(seconds, pieces) sold in other places than this channel."""
        stream = self.streams.get(sku_id)
        events = stream.events if stream else ()
        return [(event.at, event.pieces) for event in events if event.pieces > 0 and event.channel != without]


def of(days: int = DAYS, most: int = MOST) -> Demand:
    """Of all shops and the store itself."""
    since = clock.now() - timedelta(days=days)
    found: dict[int, Raw] = defaultdict(list)
    sales, oldest = _sales(found, since, most)
    since = oldest or since
    for sku_id, events in _elsewhere(set(found), since).items():
        found[sku_id] += events
    now = {sku_id: max(0, sum(places.values())) for sku_id, places in levels.available(found).items()}
    streams, elsewhere = {}, 0
    for sku_id, events in found.items():
        # What came in is there at a moment before what is sold at that moment.
        mine = sorted(events, key=lambda one: (one[0], one[2]))
        start = max(0, now.get(sku_id, 0) + sum(pieces for _, _, pieces in mine))
        elsewhere += sum(pieces for _, name, pieces in mine if name == STORE and pieces > 0)
        streams[sku_id] = Stream(
            start, tuple(Event((at - since).total_seconds(), name, pieces) for at, name, pieces in mine)
        )
    return Demand(streams, since, sales, elsewhere, oldest is None)


def _sales(found: dict[int, Raw], since: datetime, most: int) -> tuple[int, datetime | None]:
    """Orders of every shop; cancelled ones give their pieces back. Answers how many, and the oldest when not all."""
    if not has_table(Order):
        return 0, None
    rows = db.session.execute(
        select(
            Order.shop_id,
            Order.placed_at,
            Order.status,
            Order.cancelled_at,
            Order.changed_at,
            Variant.merchant_sku_id,
            func.count().label("pieces"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(
            Order.placed_at >= since,
            Order.status.not_in(("UNPAID", "")),
            Order.fulfillment != BY_TIKTOK,
            Variant.merchant_sku_id.is_not(None),
        )
        .group_by(
            Order.id,
            Order.shop_id,
            Order.placed_at,
            Order.status,
            Order.cancelled_at,
            Order.changed_at,
            Variant.merchant_sku_id,
        )
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(most + 1)
    ).all()
    whole = len(rows) <= most
    for row in rows[:most]:
        mine = found[row.merchant_sku_id]
        mine.append((row.placed_at, str(row.shop_id), row.pieces))
        if row.status == "CANCELLED":
            mine.append((row.cancelled_at or row.changed_at, STORE, -row.pieces))
    return min(len(rows), most), None if whole else rows[most - 1].placed_at


def _elsewhere(sku_ids: Collection[int], since: datetime) -> dict[int, Raw]:
    """What BigCommerce's own number did apart from orders of the shops: sold in its store, or came in. Where a reading
    counted such an order, its pieces are no sale of the store."""
    # What was there when it was first seen did not come in then.
    first = (
        select(func.min(StockMovement.id))
        .where(StockMovement.merchant_sku_id.in_(sku_ids), StockMovement.kind == "on_hand")
        .group_by(StockMovement.merchant_sku_id, StockMovement.location_id)
    )
    query = (
        select(
            StockMovement.merchant_sku_id,
            StockMovement.at,
            StockMovement.reference,
            StockMovement.kind,
            func.sum(StockMovement.delta),
        )
        .where(
            StockMovement.merchant_sku_id.in_(sku_ids),
            StockMovement.at >= since,
            StockMovement.order_ref == "",
            StockMovement.kind.in_(("on_hand", "allocated")),
            StockMovement.id.not_in(set(db.session.scalars(first))),
        )
        .group_by(StockMovement.merchant_sku_id, StockMovement.at, StockMovement.reference, StockMovement.kind)
        .order_by(StockMovement.at)
    )
    moved: dict[int, dict[tuple[datetime, str], dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for sku_id, at, reference, kind, total in db.session.execute(query):
        moved[sku_id][at, reference][kind] = int(total)
    found: dict[int, Raw] = {}
    for sku_id, readings in moved.items():
        mine: Raw = []
        for (at, _), sums in sorted(readings.items()):
            settled = -sums.get("allocated", 0)
            fallen = -sums.get("on_hand", 0)
            if settled and not fallen:
                _take_back(mine, at, settled)  # the number had fallen before the order was known
            elif fallen != settled:
                mine.append((at, STORE, fallen - settled))
        found[sku_id] = mine
    return found


def _take_back(events: Raw, at: datetime, pieces: int) -> None:
    for place in range(len(events) - 1, -1, -1):
        when, name, sold = events[place]
        if when < at - NEAR or not pieces:
            return
        if sold > 0:
            part = min(sold, pieces)
            pieces -= part
            events[place] = (when, name, sold - part)


def seconds(shop_ids: Collection[int]) -> float | None:
    """Measured lag: 95 % of the changes of the last two weeks were shown within; None: nothing was measured."""
    if not has_table(StockPush):
        return None
    days = lag.days(shop_ids)
    pushes = sum(one.pushes for one in days)
    if not pushes:
        return None
    return sum(one.seconds.get(95, 0.0) * one.pushes for one in days) / pushes
