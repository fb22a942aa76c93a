"""Telling shipments: what BigCommerce, a person or a file says goes to TikTok Shop, what TikTok ships goes to
BigCommerce. The other side is read before anything is written, every time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from clients.bigcommerce.api import BigCommerce
from clients.bigcommerce.order_models import OrderProduct
from clients.errors import ClientError
from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.order_models import Line
from clients.tiktok.order_models import Order as TheirOrder
from domain.fulfilment.carriers import clean, plain
from domain.fulfilment.ways import MARKED
from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Shop, Store, db
from services import clock, platforms
from services.activities import NewItem
from services.fulfilment import shipments, telling
from services.fulfilment.telling import ELSEWHERE, Told, Wish
from services.orders import reading, recording

AWAY = timedelta(minutes=10)
PROVIDERS = {"usps": "usps", "ups": "ups", "fedex": "fedex", "royal mail": "royalmail"}  # BigCommerce's own (5.5)


@dataclass(frozen=True, slots=True)
class Step:
    """`admin` where BigCommerce is told, else `client`."""

    wish: Wish
    shop_id: int
    client: TikTok | None = None
    admin: BigCommerce | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`after`: the order as TikTok has it now, where it could be read."""

    told: Told
    after: TheirOrder | None = None


class ShipOrders(Handler):
    """Subjects are rows of `shipment`."""

    kind: ClassVar[str] = shipments.KIND
    threads: ClassVar[int] = 8
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        return {item.id: self._step(activity, item) for item in items}

    def _step(self, activity: Activity, item: Item) -> Step | Skipped | Later:
        found = telling.wish(item.subject_id or 0)
        if isinstance(found, str):
            return Skipped(found)
        wish, shop = found
        if wish.bigcommerce_id is not None:
            store = db.session.get_one(Store, activity.store_id)
            return Step(wish, shop.id, admin=platforms.bigcommerce(store, trail.observe))
        if not shop.is_active or shop.authorization.state != "active":
            return Later(clock.now() + AWAY, f"{shop.name} is not connected.")
        return Step(wish, shop.id, platforms.tiktok(shop, trail.observe))

    def call(self, step: Step) -> Answer:
        if step.admin is not None:
            return Answer(_to_bigcommerce(step.admin, step.wish))
        assert step.client is not None  # noqa: S101
        told = _to_tiktok(step.client, step.wish)
        try:
            return Answer(told, _read(step.client, step.wish.order))
        except ClientError:
            return Answer(told)  # the next webhook or poll tells it

    def look_up(self, step: Step) -> Answer | None:
        if step.admin is not None:
            there = _there(step.admin, step.wish)
            return Answer(Told(shipment=there, found=True)) if there else None
        assert step.client is not None  # noqa: S101
        order = _read(step.client, step.wish.order)
        found = _told_already(order, step.wish)
        return Answer(found, order) if found is not None else None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {result.item.id: self._outcome(result) for result in results}

    def _outcome(self, result: Result) -> Outcome:
        step: Step = result.step
        if result.error is not None:
            return Refused(*telling.refused(step.wish, result.error, result.item.id))
        answer: Answer = result.answer
        if answer.after is not None:
            recording.record(db.session.get_one(Shop, step.shop_id), [reading.facts(answer.after)], "poll")
        text = telling.told(step.wish, answer.told, result.item.id)
        again = step.wish.shipment_id in shipments.due()
        return Done(text, more=[NewItem(result.item.label, subject_id=step.wish.shipment_id)] if again else [])

    def finished(self, activity: Activity) -> None:
        activity.message = f"{activity.done:,} told, {activity.refused:,} refused."


# -- TikTok Shop ------------------------------------------------------------------------------------------------------


def _read(client: TikTok, number: str) -> TheirOrder:
    found = [order for order in client.orders([number]) if order.id == number]
    if not found:
        raise PlatformRefused("TikTok does not know the order any more.", platform="tiktok", code="ship.no_order")
    return found[0]


def _mine(order: TheirOrder, wish: Wish) -> list[Line]:
    named = [line for line in order.line_items if line.id in wish.lines]
    lines = named or list(order.line_items)
    return [line for line in lines if line.display_status != "CANCELLED"]


def _told_already(order: TheirOrder, wish: Wish) -> Told | None:
    """Whether TikTok has this number for every line of the parcel."""
    mine = _mine(order, wish)
    same = [line for line in mine if clean(line.tracking_number) == wish.number]
    if not same or (wish.lines and len(same) < len(mine)):
        return None
    if wish.package_id and any(line.shipping_provider_id not in ("", wish.provider) for line in same):
        return None  # the carrier is to be corrected
    return Told(same[0].package_id, found=True)


def _to_tiktok(client: TikTok, wish: Wish) -> Told:
    order = _read(client, wish.order)
    if (there := _told_already(order, wish)) is not None:
        return there
    if wish.package_id:
        client.update_package_shipping(wish.package_id, wish.number, wish.provider)
        return Told(wish.package_id)
    waiting = [line for line in _mine(order, wish) if line.display_status == "AWAITING_SHIPMENT"]
    if not waiting:
        has = next((line.tracking_number for line in _mine(order, wish) if line.tracking_number), "")
        text = f"it has {has} for these items." if has else f"the order is {order.status} there."
        raise PlatformRefused(text, platform="tiktok", code=ELSEWHERE)
    if wish.market in MARKED:
        done = client.mark_shipped(order.id, [line.id for line in waiting], wish.number, wish.provider)
        return Told(done.package_id, warning=done.warning.message if done.warning else "")
    return Told(_hand_over(client, order, waiting, wish))


def _hand_over(client: TikTok, order: TheirOrder, waiting: Sequence[Line], wish: Wish) -> str:
    """Ships the packages that hold exactly these lines; one that holds others as well is split before."""
    chosen, packages = {line.id for line in waiting}, {line.package_id for line in waiting}
    rest = [line for line in order.line_items if line.display_status != "CANCELLED" and line.id not in chosen]
    if any(line.package_id in packages for line in rest):
        made = client.split_order(order.id, {"1": sorted(chosen), "2": [line.id for line in rest]})
        packages = {package.id for package in made if package.splittable_group_id == "1"}
    for number in sorted(packages):
        client.ship_package(number, tracking_number=wish.number, shipping_provider_id=wish.provider)
    return sorted(packages)[0]


# -- BigCommerce ------------------------------------------------------------------------------------------------------


def _there(admin: BigCommerce, wish: Wish) -> int:
    for shipment in admin.shipments(wish.bigcommerce_id or 0):
        if clean(shipment.tracking_number) == wish.number:
            return shipment.id
    return 0


def _to_bigcommerce(admin: BigCommerce, wish: Wish) -> Told:
    number = wish.bigcommerce_id or 0
    if there := _there(admin, wish):
        return Told(shipment=there, found=True)
    products = admin.order_products(number)
    items = _items(products, wish.pieces)
    if not items:
        return Told(found=True, warning="Everything in it is shipped in BigCommerce already.")
    first = next(product.order_address_id for product in products if product.id == items[0][0])
    provider = PROVIDERS.get(plain(wish.carrier), "")
    note = "" if provider else f"{wish.carrier}. "
    made = admin.create_shipment(
        number,
        first,
        items,
        tracking_number=wish.number[:50],
        shipping_provider=provider,
        comments=f"{note}Shipped on TikTok Shop, order {wish.order}.",
    )
    return Told(shipment=made.id)


def _items(products: Sequence[OrderProduct], pieces: Sequence[tuple[int, str, int]]) -> list[tuple[int, int]]:
    """Order products that are still open, for so many pieces of each variant."""
    left = {product.id: product.quantity - product.quantity_shipped for product in products}
    found: dict[int, int] = {}
    for variant, sku, count in pieces:
        for product in products:
            fits = product.variant_id == variant if variant and product.variant_id else product.sku == sku
            taken = min(count, left[product.id]) if fits else 0
            if taken > 0:
                found[product.id] = found.get(product.id, 0) + taken
                left[product.id] -= taken
                count -= taken
    return list(found.items())
