"""What the page “In step” shows: each switch with its last act, what waits, how long changes took."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from domain.settings import MEANING, StoreSettings
from models import CatalogCursor, Listing, ListingSync, SyncSend, db
from models.present import has_table
from models.tenancy import scoped, tenant_id
from services import clock, streams
from services.bulk import rows_touched
from services.catalog_sync import noting

SWITCHES = ("auto_import", "auto_update", "auto_publish", "auto_delete", "auto_deactivate")
STARTS = {
    "auto_import": ("A product is created in BigCommerce: it appears among your products.",
                    "New products stay out until somebody imports."),
    "auto_update": ("A product is changed in BigCommerce: the ticked fields go to its listings.",
                    "Changes stay here as unsent; nothing reaches TikTok Shop."),
    "auto_publish": ("A new product is complete: it is published with all its variants.",
                     "New products wait for somebody to stage and publish them."),
    "auto_delete": ("A product is deleted in BigCommerce: its listings are deleted two minutes later.",
                    "Listings stay on TikTok Shop, and a notice asks what to do."),
    "auto_deactivate": ("A product is hidden in BigCommerce: its listings are taken off sale two minutes later.",
                        "Listings stay on sale."),
}  # fmt: skip
DAYS = 14
KEPT = timedelta(days=90)
WORDS = {"content": "Title, description, pictures, weight", "price": "Price"}


@dataclass(frozen=True, slots=True)
class Switch:
    """`text`: what starts while it is on, or what stops because it is off."""

    name: str
    label: str
    on: bool
    text: str
    acted_at: datetime | None
    count: int


@dataclass(frozen=True, slots=True)
class Lag:
    """Of the last two weeks, in seconds."""

    words: str
    sends: int
    half: float
    most: float


@dataclass(frozen=True, slots=True)
class Unsent:
    listing_id: int
    shop_id: int
    title: str
    fields: Sequence[str]
    note: str


def switches(chosen: StoreSettings) -> list[Switch]:
    row = db.session.scalars(select(CatalogCursor)).one_or_none()
    acted = row.acted if row is not None else {}
    found = []
    for name in SWITCHES:
        at, count = acted.get(name, (None, 0))
        on = bool(getattr(chosen, name))
        moment = datetime.fromtimestamp(at, UTC) if at is not None else None
        found.append(Switch(name, MEANING[name][0], on, STARTS[name][0 if on else 1], moment, count))
    return found


def lags(shop_ids: Collection[int]) -> list[Lag]:
    """Half of the sends and 95 % of them were quicker than this (feature C-28)."""
    ranked = (
        select(
            SyncSend.kind,
            SyncSend.milliseconds.label("took"),
            func.row_number().over(partition_by=SyncSend.kind, order_by=SyncSend.milliseconds).label("place"),
            func.count().over(partition_by=SyncSend.kind).label("sends"),
        )
        .where(
            SyncSend.store_id == tenant_id(),
            SyncSend.shop_id.in_(list(shop_ids)),
            SyncSend.sent_at >= clock.now() - timedelta(days=DAYS),
        )
        .subquery()
    )
    took: dict[str, dict[int, tuple[int, int]]] = {}
    for percent in (50, 95):
        place = (ranked.c.sends * percent + 99) // 100
        query = select(ranked.c.kind, ranked.c.sends, ranked.c.took).where(ranked.c.place == place)
        for kind, sends, milliseconds in db.session.execute(scoped(query)):
            took.setdefault(kind, {})[percent] = (sends, milliseconds)
    return [
        Lag(words, took[kind][50][0], took[kind][50][1] / 1000, took[kind][95][1] / 1000)
        for kind, words in WORDS.items()
        if kind in took
    ]


def unsent(shop_ids: Collection[int], limit: int = 50) -> list[Unsent]:
    """Noted, tried, and not sent."""
    query = (
        select(ListingSync.listing_id, ListingSync.shop_id, Listing.title, ListingSync.fields, ListingSync.note)
        .join(Listing, Listing.id == ListingSync.listing_id)
        .where(ListingSync.shop_id.in_(list(shop_ids)), ListingSync.note != "")
    )
    return [Unsent(*row) for row in db.session.execute(query.order_by(ListingSync.id).limit(limit))]


def on_their_way(shop_ids: Collection[int]) -> int:
    return sum(streams.waiting(noting.KIND, shop_id) for shop_id in shop_ids)


def to_publish(shop_ids: Collection[int]) -> int:
    """New products' listings that wait until nothing is missing."""
    query = select(func.count(ListingSync.id)).where(
        ListingSync.shop_id.in_(list(shop_ids)), ListingSync.publish_when_ready
    )
    return db.session.scalar(query) or 0


def forget(now: datetime, commit: Callable[[], None]) -> int:
    """Measures past their time; inside a store."""
    if not has_table(SyncSend):
        return 0
    gone = db.session.execute(
        delete(SyncSend).where(SyncSend.sent_at < now - KEPT), execution_options={"synchronize_session": False}
    )
    commit()
    return rows_touched(gone)
