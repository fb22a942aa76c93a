"""The plan of a shop's publishing: who goes first, how many a day, and on which day the last one goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, case, exists, func, select, update

from domain import quota
from domain.roles import SEND, Page
from models import Activity, ActivityItem, Listing, ListingDay, ListingPin, Shop, db
from models.present import has_table
from models.tenancy import scoped
from services import activities, clock, listing_limits
from services.activities import OPEN
from services.actor import Actor
from services.bulk import insert_missing, table_of
from services.errors import ServiceError
from services.people.access import asks

PAGE = 50
DAYS = 14  # of the past shown
HELD = "canary"  # items of a trial that wait for its verdicts, not for a day


class NotYet(ServiceError):
    """The tables of a plan are not there yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides who goes first; larger first, except the number."""

    pinned: bool
    score: int
    quantity: int
    price: Decimal
    number: int

    @property
    def key(self) -> tuple[Any, ...]:
        return not self.pinned, -self.score, self.quantity <= 0, -self.quantity, -self.price, self.number


def ordered(rows: Iterable[Any], pinned: frozenset[int]) -> list[Any]:
    """Rows with id, score, quantity and price_low of listings, those that go first at the beginning."""
    return sorted(
        rows,
        key=lambda row: (
            Standing(row.id in pinned, row.score or 0, row.quantity or 0, row.price_low or Decimal(0), row.id).key
        ),
    )


def pins(listing_ids: Select[Any] | Sequence[int]) -> frozenset[int]:
    if not has_table(ListingPin):
        return frozenset()
    return frozenset(db.session.scalars(select(ListingPin.listing_id).where(ListingPin.listing_id.in_(listing_ids))))


def _is_pinned() -> Any:
    here = exists().where(ListingPin.listing_id == Listing.id, ListingPin.store_id == Listing.store_id)
    return case((here, 0), else_=1) if has_table(ListingPin) else 1


def _order() -> list[Any]:
    """The same order in SQL."""
    quantity = func.coalesce(Listing.quantity, 0)
    return [
        _is_pinned(),
        Listing.score.desc(),
        case((quantity > 0, 0), else_=1),
        quantity.desc(),
        func.coalesce(Listing.price_low, 0).desc(),
        Listing.id,
    ]


def rank(activity: Activity) -> None:
    """Puts what still waits in order, in one statement."""
    table, store_id = table_of(ActivityItem), activity.store_id
    place = func.row_number().over(order_by=_order())
    ranked = (
        select(ActivityItem.id.label("id"), place.label("place"))
        .join(Listing, Listing.id == ActivityItem.subject_id)
        .where(
            ActivityItem.store_id == store_id,
            Listing.store_id == store_id,
            ActivityItem.activity_id == activity.id,
            ActivityItem.state == "waiting",
        )
        .subquery()
    )
    moved = update(table).where(table.c.store_id == store_id, table.c.id == ranked.c.id).values(position=ranked.c.place)
    db.session.execute(scoped(moved))


def open_ones(shop: Shop) -> Sequence[Activity]:
    """The shop's publishing that is under way."""
    query = select(Activity).where(Activity.kind == "publish", Activity.shop_id == shop.id, Activity.state.in_(OPEN))
    return db.session.scalars(query.order_by(Activity.priority, Activity.id)).all()


@dataclass(frozen=True, slots=True)
class Past:
    """One day as it went."""

    day: date
    accepted: int
    reached: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """`per_day`: the limit, None where it was never met; `days`: how many go on each day from `today` on."""

    shop: Shop
    waiting: int
    held: int
    per_day: int | None
    left: int | None
    used: int
    today: date
    days: Sequence[tuple[date, int]]
    finish: date | None
    past: Sequence[Past]


def outlook(shop: Shop) -> Outlook:
    """Counts only."""
    running = open_ones(shop)
    held = sum(one.waiting for one in running if _is_held(one))
    waiting = sum(one.waiting for one in running) - held
    limit, left = listing_limits.today(shop)
    today = date.fromisoformat(clock.shop_day(shop.market, clock.now()))
    days = forecast(shop, waiting)
    finish = days[-1][0] if days else None
    used = listing_limits.used(shop)
    return Outlook(shop, waiting, held, limit, left, used, today, days, finish, past(shop))


def _is_held(activity: Activity) -> bool:
    return activity.details.get(HELD, {}).get("state") in ("trial", "asks")


def forecast(shop: Shop, waiting: int) -> list[tuple[date, int]]:
    """How many of so many go on which day, by what is known; empty while no limit is."""
    limit, left = listing_limits.today(shop)
    today = date.fromisoformat(clock.shop_day(shop.market, clock.now()))
    counts = quota.spread(waiting, left or 0, limit or 0)
    return [(date.fromordinal(today.toordinal() + number), count) for number, count in enumerate(counts)]


def past(shop: Shop) -> list[Past]:
    """The last days on which something was listed, newest first."""
    if not has_table(ListingDay):
        return []
    rows = select(ListingDay).where(ListingDay.shop_id == shop.id).order_by(ListingDay.day.desc()).limit(DAYS)
    return [Past(date.fromisoformat(row.day), row.accepted, row.refused > 0) for row in db.session.scalars(rows)]


def queue(shop: Shop, after: tuple[int, int] | None = None, limit: int = PAGE) -> list[Row[Any]]:
    """What waits, in the order in which it goes: (item_id, position, listing_id, title, score, quantity, price_low,
    currency, pinned). `after`: (position, item_id) of the last row of the page before."""
    pinned = _is_pinned() if has_table(ListingPin) else None
    ids = [one.id for one in open_ones(shop) if not _is_held(one)]
    columns = (
        ActivityItem.id.label("item_id"), ActivityItem.position, Listing.id.label("listing_id"), Listing.title,
        Listing.score, Listing.quantity, Listing.price_low, Listing.currency,
    )  # fmt: skip
    query = (
        select(*columns, *([(pinned == 0).label("pinned")] if pinned is not None else []))
        .join(Listing, Listing.id == ActivityItem.subject_id)
        .where(ActivityItem.activity_id.in_(ids), ActivityItem.state == "waiting")
        .order_by(ActivityItem.position, ActivityItem.id)
        .limit(limit)
    )
    if after is not None:
        position, item_id = after
        later = (ActivityItem.position == position) & (ActivityItem.id > item_id)
        query = query.where((ActivityItem.position > position) | later)
    return list(db.session.execute(query))


@asks(Page.LISTINGS, SEND)
def pin(actor: Actor, shop: Shop, listing_ids: Sequence[int], wanted: bool) -> int:
    """These go before all others, or no longer; what waits is put in order anew. Answers how many are of this shop."""
    if not has_table(ListingPin):
        raise NotYet("Pins are not there yet; try again in a minute.")
    query = select(Listing.id).where(Listing.id.in_(listing_ids), Listing.shop_id == shop.id)
    ids = list(db.session.scalars(query))
    if wanted:
        row: Mapping[str, Any] = {"store_id": shop.store_id, "pinned_by": actor.name[:255], "pinned_at": clock.now()}
        insert_missing(ListingPin, [{**row, "listing_id": number} for number in ids], ("store_id", "listing_id"))
    else:
        for found in db.session.scalars(select(ListingPin).where(ListingPin.listing_id.in_(ids))):
            db.session.delete(found)
        db.session.flush()
    for activity in open_ones(shop):
        activities.hold(activity.id)
        rank(activity)
    return len(ids)
