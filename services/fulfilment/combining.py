"""Orders of one buyer that may go in one package: TikTok proposes, a person looks and chooses (reference 6.4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from domain.fulfilment import ways
from domain.roles import SEND, Page
from models import Activity, Order, Shop, db
from services import activities, clock
from services.activities import OPEN, NewItem, Started
from services.actor import Actor
from services.errors import Invalid, ServiceError
from services.fulfilment.packing import KIND
from services.people.access import asks

FRESH = timedelta(minutes=15)
LOOK_BACK = 20  # activities about packages


@dataclass(frozen=True, slots=True)
class Proposal:
    """One package that TikTok would make of these orders; `left_out`: orders that are not here."""

    package: str
    orders: Sequence[Order]
    left_out: int = 0

    @property
    def pieces(self) -> int:
        return sum(order.quantity for order in self.orders)


@dataclass(frozen=True, slots=True)
class Look:
    """What TikTok said last of a shop, while it is fresh. `moving`: it is being asked."""

    moving: bool = False
    asked: bool = False
    proposals: Sequence[Proposal] = ()


def _allowed(shop: Shop) -> None:
    verdict = ways.combine(shop.kind, shop.market)
    if not verdict:
        raise ServiceError(f"{shop.name}: {verdict.reason}", "See packing", "/orders/packing")


@asks(Page.ORDERS, SEND)
def ask(actor: Actor, shop: Shop) -> Started:
    """Asks TikTok which orders may go in one package. Nothing is combined by it."""
    _allowed(shop)
    item = NewItem(shop.name, subject_id=shop.id, args={"do": "combinable"})
    return activities.start(actor, KIND, f"Look for orders of {shop.name} to combine", [item], shop_id=shop.id,
                            queue="live", open_key=f"{KIND}:combinable:{shop.id}", priority=60,
                            details={"combinable": True})  # fmt: skip


def last(shop: Shop) -> Look:
    """What a person may choose from; nothing that was combined or asked since."""
    query = select(Activity).where(Activity.kind == KIND, Activity.shop_id == shop.id)
    for activity in db.session.scalars(query.order_by(Activity.id.desc()).limit(LOOK_BACK)):
        if activity.details.get("combined"):
            return Look()
        if activity.details.get("combinable"):
            if activity.state in OPEN:
                return Look(moving=True)
            if activity.finished_at is None or clock.now() - activity.finished_at > FRESH:
                return Look()
            return Look(asked=True, proposals=_proposals(activity.details.get("found") or []))
    return Look()


def _proposals(found: Sequence[Mapping[str, Any]]) -> list[Proposal]:
    numbers = {str(number) for one in found for number in one["orders"]}
    orders = {order.tiktok_id: order for order in db.session.scalars(select(Order).where(Order.tiktok_id.in_(numbers)))}
    return [
        Proposal(
            str(one["package"]),
            [orders[number] for number in map(str, one["orders"]) if number in orders],
            sum(1 for number in map(str, one["orders"]) if number not in orders),
        )
        for one in found
    ]


@asks(Page.ORDERS, SEND)
def combine(actor: Actor, shop: Shop, packages: Collection[str]) -> Started:
    """Combines the chosen proposals, each an item of its own."""
    _allowed(shop)
    chosen = [one for one in last(shop).proposals if one.package in packages]
    if not chosen:
        raise Invalid("Tick the proposals to combine; ask TikTok again if there are none.", "See packing",
                      "/orders/packing")  # fmt: skip
    items = [
        NewItem(
            f"Package of {len(one.orders)} orders",
            subject_id=shop.id,
            args={"do": "combine", "package": one.package, "orders": [order.tiktok_id for order in one.orders]},
        )
        for one in chosen
    ]
    count = sum(len(one.orders) for one in chosen)
    return activities.start(actor, KIND, f"Combine {count:,} orders of {shop.name}", items, shop_id=shop.id,
                            queue="live", open_key=f"{KIND}:combine:{shop.id}", priority=60,
                            details={"combined": True})  # fmt: skip
