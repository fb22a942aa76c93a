"""What people do with packages, and reading TikTok's carriers. TikTok is read before it is told, so nothing is done
twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from sqlalchemy import select

from clients.bigcommerce.api import BigCommerce
from clients.errors import ClientError
from clients.errors import Refused as PlatformRefused
from clients.fetch import FetchFailed, fetch
from clients.tiktok.api import TikTok
from clients.tiktok.order_models import Order as TheirOrder
from domain.fulfilment import ways
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result, Skipped
from models import Activity, Order, Shop, Store, db
from services import platforms, setup
from services.fulfilment import carriers, handling, packing
from services.order_refusals import say
from services.orders import reading, recording, timeline


@dataclass(frozen=True, slots=True)
class Step:
    """`do` is one of DO; `number` TikTok's number of the order, `args` those of the item."""

    do: str
    order_id: int
    number: str
    market: str
    args: Mapping[str, Any]
    client: TikTok
    admin: BigCommerce | None = None
    bigcommerce_id: int = 0
    line: Mapping[str, Any] | None = None
    exempt_origin: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`after`: the orders as TikTok has them now."""

    text: str
    after: Sequence[TheirOrder] = ()
    found: Sequence[Mapping[str, Any]] = ()  # proposals that a person chooses from
    body: bytes = b""


class PackOrders(Handler):
    """Subjects are orders; a shop for `combinable` and `combine`."""

    kind: ClassVar[str] = packing.KIND
    threads: ClassVar[int] = 8
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        return {item.id: self._step(activity, item) for item in items}

    def _step(self, activity: Activity, item: Item) -> Step | Skipped | Refused:
        do, config = str(item.args["do"]), setup.config()
        store = db.session.get_one(Store, activity.store_id)
        if do in ("combinable", "combine"):
            shop = db.session.get_one(Shop, item.subject_id)
            return Step(do, 0, "", shop.market, item.args, platforms.tiktok(shop, trail.observe))
        order = db.session.get_one(Order, item.subject_id)
        shop = db.session.get_one(Shop, order.shop_id)
        client = platforms.tiktok(shop, trail.observe)
        step = Step(do, order.id, order.tiktok_id, shop.market, item.args, client, exempt_origin=config.sandbox_url)
        if do == "gift":
            bigcommerce_id = packing.bigcommerce_order(order.id)
            if not bigcommerce_id:
                return Refused("pack.not_written", "The order is not in BigCommerce yet; try again when it is.")
            admin, line = platforms.bigcommerce(store, trail.observe), packing.gift_line(
                str(item.args["sku"]), int(item.args["quantity"]))  # fmt: skip
            return Step(do, order.id, order.tiktok_id, shop.market, item.args, client, admin, bigcommerce_id, line)
        if do == "arrange":
            verdict = ways.ship_platform(handling.facts(order, shop))
            if not verdict:
                return Refused("pack.not_now", verdict.reason)
        return step

    def call(self, step: Step) -> Answer:
        return DO[step.do](step)

    def look_up(self, step: Step) -> Answer | None:
        """Everything here reads first, so it may simply be done again."""
        return None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {result.item.id: self._outcome(activity, result) for result in results}

    def _outcome(self, activity: Activity, result: Result) -> Outcome:
        step: Step = result.step
        if result.error is not None:
            details = "; ".join(one.message for one in result.error.details[:3] if one.message)
            text = details or result.error.text
            text = text if result.error.platform == "bigcommerce" else say(result.error.code, text)
            if step.order_id:
                timeline.add(step.order_id, "note", f"{activity.title}: {text}", "TikTok Shop", item_id=result.item.id)
            return Refused(result.error.code or "pack.refused", text)
        answer: Answer = result.answer
        shops = {shop.id: shop for shop in db.session.scalars(select(Shop))}
        if answer.after:
            numbers = [order.id for order in answer.after]
            query = select(Order.tiktok_id, Order.shop_id).where(Order.tiktok_id.in_(numbers))
            homes = {number: shop_id for number, shop_id in db.session.execute(query)}
            for shop_id in set(homes.values()):
                mine = [reading.facts(order) for order in answer.after if homes.get(order.id) == shop_id]
                recording.record(shops[shop_id], mine, "poll")
        if answer.body:
            order = db.session.get_one(Order, step.order_id)
            kind = packing.content_type(answer.body)
            packing.keep_document(order, step.args["package"], step.args["kind"], kind, answer.body)
        if step.order_id:
            where = "BigCommerce" if step.do == "gift" else "TikTok Shop"
            timeline.add(step.order_id, "updated", answer.text, where, item_id=result.item.id)
        if step.do == "combinable":
            activity.details = {**activity.details, "found": list(answer.found)}
        return Done(answer.text)

    def finished(self, activity: Activity) -> None:
        activity.message = f"{activity.done:,} done, {activity.refused:,} refused."


def _refusal(code: str, text: str) -> PlatformRefused:
    return PlatformRefused(text, platform="tiktok", code=code)


def _read(step: Step) -> TheirOrder:
    found = [order for order in step.client.orders([step.number]) if order.id == step.number]
    if not found:
        raise _refusal("pack.no_order", "TikTok does not know the order any more.")
    return found[0]


def _after(step: Step, numbers: Sequence[str]) -> Sequence[TheirOrder]:
    try:
        return step.client.orders(list(numbers)[:50])
    except ClientError:
        return ()  # the next webhook or poll tells it


def _arrange(step: Step) -> Answer:
    order = _read(step)
    waiting = [line for line in order.line_items if line.display_status == "AWAITING_SHIPMENT"]
    if not waiting:
        return Answer("Arranged already.", [order])
    if step.market in ways.BUYS_LABELS:
        text = _buy(step, [line.id for line in waiting], len(waiting) < len(order.line_items))
    else:
        packages = sorted({line.package_id for line in waiting if line.package_id})
        for package in packages:
            text = _hand_over(step, package)
        if not packages:
            raise _refusal("pack.no_package", "TikTok has made no package for it yet.")
    return Answer(text, _after(step, [step.number]))


def _hand_over(step: Step, package: str) -> str:
    method, slot = str(step.args.get("method") or "DROP_OFF"), None
    if method == "PICKUP":
        offered = step.client.handover_slots(package)
        free = [one for one in offered.pickup_slots if one.available]
        if not offered.can_pickup or not free:
            raise _refusal("pack.no_pickup", "TikTok offers no pickup for it. Choose drop-off.")
        slot = (free[0].start_time, free[0].end_time)
    step.client.ship_package(package, handover_method=method, pickup_slot=slot)
    return "Arranged: drop it off." if slot is None else "Arranged: it is picked up."


def _buy(step: Step, lines: Sequence[str], part: bool) -> str:
    given = cast(Mapping[str, str], step.args.get("measures") or {})
    if not given:
        raise _refusal("pack.measures", "A product has no weight or size. Type the parcel's in on the packages page.")
    weight = {"value": given["weight"], "unit": "GRAM"}
    dimension = {name: given[name] for name in ("length", "width", "height")} | {"unit": "CM"}
    offered = step.client.shipping_services(step.number, lines, weight, dimension)
    wanted = str(step.args.get("service") or "")
    chosen = next((one for one in offered if one.id == wanted or (not wanted and one.is_default)), None)
    chosen = chosen or next(iter(offered), None)
    if chosen is None:
        raise _refusal("pack.no_service", "TikTok offers no service for a parcel of this size and weight.")
    step.client.create_package([step.number], line_ids=lines if part else (), weight=weight, dimension=dimension,
                               shipping_service_id=chosen.id)  # fmt: skip
    price = f" for {chosen.price} {chosen.currency}" if chosen.price is not None else ""
    return f"Label bought: {chosen.name}{price}."


def _split(step: Step) -> Answer:
    order = _read(step)
    wanted = {frozenset(lines) for lines in step.args["groups"].values()}
    there: dict[str, set[str]] = {}
    for line in order.line_items:
        if line.display_status != "CANCELLED":
            there.setdefault(line.package_id, set()).add(line.id)
    if {frozenset(lines) for lines in there.values()} == wanted:
        return Answer("Split already.", [order])
    may = step.client.split_attributes([step.number])
    if may and not may[0].can_split:
        raise _refusal("pack.split", may[0].reason or "TikTok does not split this order.")
    made = step.client.split_order(step.number, step.args["groups"])
    return Answer(f"Split into {len(made)} packages.", _after(step, [step.number]))


def _combinable(step: Step) -> Answer:
    found, token = [], ""
    while True:
        page = step.client.combinable_packages(token)
        found += [one for one in page.combinable_packages if len(one.order_ids) > 1]
        token = page.next_page_token
        if not token or len(found) >= 500:
            break
    proposals = [{"package": one.id, "orders": list(one.order_ids)} for one in found]
    text = f"{len(found):,} packages can be combined." if found else "Nothing can be combined now."
    return Answer(text, found=proposals)


def _combine(step: Step) -> Answer:
    orders, package = [str(number) for number in step.args["orders"]], str(step.args["package"])
    now = step.client.orders(orders[:50])
    shared = {frozenset(line.package_id for line in order.line_items) for order in now}
    if len(shared) == 1 and len(next(iter(shared))) == 1 and "" not in next(iter(shared)):
        return Answer("Combined already.", now)
    errors = step.client.combine_packages({package: orders})
    if errors:
        raise PlatformRefused(errors[0].message, platform="tiktok", code=str(errors[0].code), details=errors)
    return Answer(f"{len(orders)} orders go in one package.", _after(step, orders))


def _uncombine(step: Step) -> Answer:
    package, order = str(step.args["package"]), _read(step)
    if all(line.package_id != package for line in order.line_items):
        return Answer("It is in a package of its own.", [order])
    shared = [one.id for one in step.client.package(package).orders]
    step.client.uncombine_package(package, [step.number])
    return Answer("It is in a package of its own now.", _after(step, shared))


def _document(step: Step) -> Answer:
    """Read through us and looked at, never handed on as an address: it names the buyer."""
    answer = step.client.shipping_document(str(step.args["package"]), str(step.args["kind"]))
    try:
        body = fetch(answer.doc_url, exempt_origin=step.exempt_origin, max_bytes=packing.LARGEST).data
    except FetchFailed as failure:
        raise _refusal("pack.document", f"The document could not be read: {failure.text}") from None
    if not packing.content_type(body):
        raise _refusal("pack.document", "What TikTok gave is no PDF and no picture, so it was not kept.")
    return Answer(f"{packing.DOCUMENTS[step.args['kind']]} is ready; it is kept for a day.", body=body)


def _give(step: Step) -> Answer:
    assert step.admin is not None and step.line is not None  # noqa: S101
    there = step.admin.order_products(step.bigcommerce_id)
    wanted = (step.line["product_id"], step.line.get("variant_id"))
    for product in there:
        same = product.product_id == wanted[0] and wanted[1] in (None, product.variant_id)
        if same and not product.price_ex_tax:
            return Answer(f"The gift is in BigCommerce order {step.bigcommerce_id} already.")
    step.admin.update_order(step.bigcommerce_id, {"products": [step.line]})
    return Answer(f"Gift {step.args['quantity']} × {step.args['sku']} is in BigCommerce order {step.bigcommerce_id}.")


DO = {
    "arrange": _arrange,
    "split": _split,
    "combinable": _combinable,
    "combine": _combine,
    "uncombine": _uncombine,
    "document": _document,
    "gift": _give,
}


@dataclass(frozen=True, slots=True)
class Look:
    client: TikTok
    shop_id: int
    warehouses: Sequence[str]


class ReadCarriers(Handler):
    """TikTok's carriers of a shop: those of each delivery option that sellers ship themselves."""

    kind: ClassVar[str] = carriers.KIND
    has_effects: ClassVar[bool] = False
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        client = platforms.tiktok(shop, trail.observe)
        return {item.id: Look(client, shop.id, carriers.warehouses(shop.id)) for item in items}

    def call(self, step: Look) -> dict[str, str]:
        options = {option.id for one in step.warehouses for option in step.client.delivery_options(one)}
        found: dict[str, str] = {}
        for option in sorted(options):
            try:
                found |= {one.id: one.name for one in step.client.shipping_providers(option)}
            except PlatformRefused:
                continue  # an option that TikTok fulfils has no carriers (reference 3.4)
        return found

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        for result in results:
            if result.error is not None:
                outcomes[result.item.id] = Refused(result.error.code or "tiktok.refused", result.error.text)
            else:
                count = carriers.keep(result.step.shop_id, result.answer)
                outcomes[result.item.id] = Done(f"{count} carriers.")
        return outcomes
