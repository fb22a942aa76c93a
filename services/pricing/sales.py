"""Sales velocity: pieces sold by day, the steps they would have made, and the steps they make."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from domain.price import PriceRule
from domain.pricing.rules import Basis, make
from domain.pricing.velocity import Turn, Velocity, replay, step
from models import Listing, Order, OrderLine, PricePolicy, PriceStep, Shop, db
from models.present import has_table
from services import clock
from services.pricing import policies
from services.pricing.offers import live_listings, offers
from services.pricing.policies import Values

NOT_SOLD = ("CANCELLED", "UNPAID")
PAST = 90  # days a simulation replays
PART = 500


def sold(shop: Shop, listing_ids: Sequence[int], days: int) -> dict[int, list[int]]:
    """Pieces by listing and day, oldest first, of the last whole days; gifts, samples and cancelled orders are no
    sales."""
    now = clock.now()
    found: dict[int, list[int]] = {listing_id: [0] * days for listing_id in listing_ids}
    if not has_table(Order):
        return found
    numbers: dict[str, int] = {}
    for start in range(0, len(listing_ids), PART):
        query = select(Listing.tiktok_id, Listing.id).where(Listing.id.in_(listing_ids[start : start + PART]))
        numbers |= {number: listing_id for number, listing_id in db.session.execute(query) if number}
    lines = (
        select(OrderLine.product_id, Order.placed_at)
        .join(Order, (Order.id == OrderLine.order_id) & (Order.store_id == OrderLine.store_id))
        .where(
            Order.shop_id == shop.id,
            Order.placed_at >= now - timedelta(days=days),
            Order.status.not_in(NOT_SOLD),
            Order.is_sample.is_(False),
            OrderLine.is_gift.is_(False),
        )
    )
    for number, placed_at in db.session.execute(lines):
        listing_id = numbers.get(number)
        age = int((now - placed_at) / timedelta(days=1))
        if listing_id is not None and 0 <= age < days:
            found[listing_id][days - 1 - age] += 1
    return found


@dataclass(frozen=True, slots=True)
class Path:
    """One listing on the past: the turns, and the price of its first SKU at the beginning and after each turn."""

    listing_id: int
    title: str
    sold: int
    begins: Decimal | None
    turns: tuple[Turn, ...]
    prices: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    days: int
    paths: tuple[Path, ...]
    listings: int
    raised: int
    lowered: int
    same: int


def simulate(shop: Shop, values: Values, listing_id: int = 0, show: int = 25) -> Simulation | None:
    """What the strategy in `values` would have done in the last 90 days; None where there is no strategy. Changes
    nothing."""
    moves = policies.Pricing("", "", PriceRule(), {0: values}).recipe(0).velocity
    if moves is None:
        return None
    ids = [listing_id] if listing_id else live_listings(shop.id)
    shown = offers(shop, ids, {listing_id: values})
    history = sold(shop, ids, PAST)
    ends: dict[str, int] = defaultdict(int)
    paths = []
    for number, one in shown.items():
        turns = replay(history[number], moves)
        last = turns[-1].percent if turns else Decimal(0)
        ends["raised" if last > 0 else "lowered" if last < 0 else "same"] += 1
        regular = one.skus[0].regular if one.skus else None
        paths.append((number, one.title, sum(history[number]), regular, turns))
    paths.sort(key=lambda path: (-path[2], path[0]))
    return Simulation(
        PAST,
        tuple(_path(shop, values, listing_id, moves, *path) for path in paths[:show]),
        len(paths),
        ends["raised"],
        ends["lowered"],
        ends["same"],
    )


def _path(
    shop: Shop, values: Values, of: int, moves: Velocity, number: int, title: str, pieces: int,
    regular: Decimal | None, turns: list[Turn],
) -> Path:  # fmt: skip
    pricing = policies.of(shop, [number], {}, instead={of: values})

    def price(percent: Decimal) -> Decimal | None:
        pricing.percents = {number: percent}
        return make(Basis(regular), pricing.recipe(number), pricing.store_currency, pricing.currency).value

    return Path(number, title, pieces, price(Decimal(0)), tuple(turns), tuple(price(turn.percent) for turn in turns))


def move(shop: Shop) -> list[int]:
    """Takes the steps that are due, one a listing and span of days; answers the listings whose price moved."""
    if not policies.ready() or not _any(shop):
        return []
    ids = live_listings(shop.id)
    pricing = policies.of(shop, ids, {})
    due = {number: moves for number in ids if (moves := pricing.recipe(number).velocity) is not None}
    newest = _newest(list(due))
    now, moved = clock.now(), []
    history = sold(shop, sorted(due), max((one.days for one in due.values()), default=1))
    for number, moves in due.items():
        last = newest.get(number)
        if last is not None and last.at > now - timedelta(days=moves.days) + timedelta(hours=1):
            continue
        pieces = sum(history[number][-moves.days :])
        before = last.percent if last is not None else Decimal(0)
        if last is None:  # measured from here on: what was sold before the strategy began moves nothing
            after, why = Decimal(0), "same"
        else:
            after, why = step(before, pieces, moves)
        db.session.add(PriceStep(shop_id=shop.id, listing_id=number, at=now, percent=after, sold=pieces, why=why))
        if after != before:
            moved.append(number)
    db.session.flush()
    return moved


def _any(shop: Shop) -> bool:
    rows = db.session.scalars(select(PricePolicy).where(PricePolicy.shop_id == shop.id))
    return any(row.velocity for row in rows)


def _newest(listing_ids: Sequence[int]) -> dict[int, PriceStep]:
    found: dict[int, PriceStep] = {}
    for start in range(0, len(listing_ids), PART):
        query = select(PriceStep).where(PriceStep.listing_id.in_(listing_ids[start : start + PART]))
        found |= {row.listing_id: row for row in db.session.scalars(query.order_by(PriceStep.id))}
    return found


def steps_of(listing_id: int, limit: int = 20) -> list[PriceStep]:
    """Newest first."""
    query = select(PriceStep).where(PriceStep.listing_id == listing_id).order_by(PriceStep.id.desc()).limit(limit)
    return list(db.session.scalars(query)) if has_table(PriceStep) else []
