"""What the seller starts: cancelling, refunding (features S5-39..S5-42, S3-104). TikTok is asked what it takes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from clients.errors import Refused
from clients.tiktok.after_sale_models import SkuEligibility
from domain.capabilities import Capability, ShopKind, allowed
from domain.orders.statuses import Guard, Status
from domain.returns import reasons, requests
from domain.roles import SEND, Page
from models import Order, OrderLine, RequestChoice, Shop, db
from models.tenancy import tenant_id
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.bulk import insert_missing
from services.errors import Forbidden, Invalid, NotFound
from services.order_refusals import say
from services.orders import timeline
from services.people.access import asks
from services.returns import rules

KIND, ASK = "start_returns", "ask_returns"
TYPES = {"CANCEL": "Cancel", "REFUND": "Refund", "RETURN_AND_REFUND": "Return and refund"}
FRESH = timedelta(minutes=15)


def order_of(order_id: int) -> Order:
    order = db.session.scalar(select(Order).where(Order.id == order_id))
    if order is None:
        raise NotFound("This order does not exist.", "See all orders", "/orders/")
    return order


def verdicts(order: Order, shop: Shop) -> dict[str, Guard]:
    """For each type whether it makes sense to ask TikTok, by what is known here."""
    by_tiktok = order.fulfillment == "FULFILLMENT_BY_TIKTOK"
    cancel = requests.may_cancel(order.status, shop.market, by_tiktok=by_tiktok, cancel_asked=order.cancel_asked)
    refund = requests.may_refund(order.status, str(order.details.get("payment_method") or ""), by_tiktok=by_tiktok)
    back = refund
    if refund and order.status != Status.DELIVERED:
        back = Guard(False, "return.not_delivered", "Goods can come back once they were delivered.")
    found = {"CANCEL": cancel, "REFUND": refund, "RETURN_AND_REFUND": back}
    for kind, capability in (("CANCEL", Capability.CANCEL_ORDERS), ("REFUND", Capability.ACCEPT_RETURNS),
                             ("RETURN_AND_REFUND", Capability.ACCEPT_RETURNS)):  # fmt: skip
        said = allowed(shop.kind, capability)
        if not said:
            found[kind] = Guard(False, "return.shop_kind", said.reason)
        elif shop.id in rules.of().show_only:
            found[kind] = Guard(False, "return.show_only", "Requests of this shop are handled in TikTok Seller Center.")
    return found


def choice_of(order: Order) -> RequestChoice | None:
    """What TikTok said last, while it is fresh; a row without `read_at` is being asked for."""
    found = db.session.scalar(select(RequestChoice).where(RequestChoice.order_id == order.id))
    if found is None or clock.now() - found.asked_at > FRESH:
        return None
    return found if found.read_at is None or found.read_at >= order.read_at - FRESH else None


@asks(Page.RETURNS, SEND)
def ask(actor: Actor, shop: Shop, order: Order) -> Started:
    """Asks TikTok which reasons it takes for this order now."""
    row = {"store_id": tenant_id(), "order_id": order.id, "choices": [], "problem": "", "asked_at": clock.now()}
    insert_missing(RequestChoice, [row], ("store_id", "order_id"))
    found = db.session.scalars(select(RequestChoice).where(RequestChoice.order_id == order.id).with_for_update()).one()
    found.asked_at, found.read_at, found.problem = clock.now(), None, ""
    item = NewItem(f"Order {order.tiktok_id}", subject_id=order.id)
    return activities.start(
        actor, ASK, f"Ask what can be done with order {order.tiktok_id}", [item], shop_id=shop.id, queue="live",
        open_key=f"{ASK}:{order.id}", priority=40,
    )  # fmt: skip


def heard(order_id: int, answer: Sequence[SkuEligibility], amounts: Mapping[str, tuple[str, str]], shop: Shop) -> None:
    """Keeps what TikTok takes. `amounts`: type -> (total, currency) for all pieces."""
    rows: dict[str, dict[str, Any]] = {}
    for sku in answer:
        for one in sku.line_item_eligibility:
            row = rows.setdefault(
                one.request_type,
                {"type": one.request_type, "lines": [], "eligible": False, "code": "", "why": "", "reasons": []},
            )
            if one.eligible:
                row["eligible"] = True
                row["lines"] += list(one.order_line_items_ids)
                row["reasons"] += [name for name in one.available_reason_names if name not in row["reasons"]]
            elif not row["eligible"]:
                row["code"], row["why"] = one.ineligible_code, one.ineligible_reason
    if shop.kind == ShopKind.SEMI_CONSIGNMENT:  # feature S1: only because the goods are out of stock
        for row in rows.values():
            row["reasons"] = [name for name in row["reasons"] if reasons.is_out_of_stock(name)]
    for name, (total, currency) in amounts.items():
        if name in rows:
            rows[name] |= {"total": total, "currency": currency}
    found = db.session.scalars(select(RequestChoice).where(RequestChoice.order_id == order_id)).one()
    found.choices, found.read_at = list(rows.values()), clock.now()


def unheard(order_id: int, refusal: Refused) -> None:
    found = db.session.scalars(select(RequestChoice).where(RequestChoice.order_id == order_id)).one()
    found.problem, found.read_at = say(refusal.code, refusal.text), clock.now()


@asks(Page.RETURNS, SEND)
def start(actor: Actor, shop: Shop, order: Order, kind: str, reason: str, lines: Sequence[str]) -> Started:
    """Cancels or refunds; `lines` empty is everything TikTok takes."""
    where = f"/returns/of-order/{order.id}"
    guard = verdicts(order, shop).get(kind)
    if guard is None:
        raise Invalid("Choose what to do.", "Choose", where)
    if not guard:
        raise Forbidden(guard.reason)
    choice = choice_of(order)
    told = next((one for one in choice.choices if one["type"] == kind), None) if choice else None
    if told is None or not told["eligible"]:
        raise Invalid("Ask TikTok first what it takes for this order.", "Ask TikTok", where)
    if reason not in told["reasons"]:
        raise Invalid("Choose one of the reasons TikTok takes.", "Choose a reason", where)
    if set(lines) - set(told["lines"]):
        raise Invalid("Choose pieces of this order that nothing was asked for yet.", "Choose again", where)
    part = bool(lines) and len(set(lines)) < len(_open_lines(order))
    if part and not (fit := requests.may_choose_lines(shop.market, kind, reasons.is_out_of_stock(reason))):
        raise Invalid(fit.reason, "Choose again", where)
    name = f"{TYPES[kind]} order {order.tiktok_id}"
    args = {"type": kind, "reason": reason, "lines": list(lines) if part else [], "since": int(clock.now().timestamp())}
    started = activities.start(
        actor, KIND, f"{name}: {reasons.words(reason)}", [NewItem(name, subject_id=order.id, args=args)],
        shop_id=shop.id, queue="live", open_key=f"{KIND}:{order.id}", priority=40,
    )  # fmt: skip
    if not started.already:
        timeline.add(order.id, "return", f"{TYPES[kind]} asked for: {reasons.words(reason)}.", actor.name)
    return started


def _open_lines(order: Order) -> list[str]:
    query = select(OrderLine.tiktok_id).where(OrderLine.order_id == order.id, OrderLine.status != Status.CANCELLED)
    return list(db.session.scalars(query))


def started(order_id: int, args: Mapping[str, Any], number: str, item_id: int) -> str:
    text = f"{TYPES[args['type']]}: TikTok took it as request {number}."
    timeline.add(order_id, "return", text, "TikTok Shop", item_id=item_id)
    _forget(order_id)
    return text


def refused(order_id: int, args: Mapping[str, Any], refusal: Refused, item_id: int) -> tuple[str, str]:
    text = f"{TYPES[args['type']]}: TikTok did not take it. {say(refusal.code, refusal.text)}"
    timeline.add(order_id, "problem", text, "TikTok Shop", item_id=item_id)
    _forget(order_id)
    return refusal.code or "tiktok.refused", text


def _forget(order_id: int) -> None:
    """What TikTok takes is another thing now."""
    found = db.session.scalar(select(RequestChoice).where(RequestChoice.order_id == order_id))
    if found is not None:
        found.asked_at = found.asked_at - FRESH
