"""Keeps what TikTok says about requests: each once, never an older version over a newer one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from domain.money import show
from domain.orders.statuses import Guard
from domain.returns import reasons, statuses
from domain.returns.statuses import GRANTED, KINDS, WORDS, Kind, Tab
from models import AfterSale, AfterSaleLine, Order, Shop, db
from models.tenancy import tenant_id
from services import clock, notices
from services.bulk import insert_missing
from services.returns import events, following, rules
from services.returns.reading import Facts

NEVER = datetime.fromtimestamp(0, UTC)
NOTICE = "returns.to_answer"


@dataclass(slots=True)
class Recorded:
    """How many requests were new, changed, as they were; `ask`: TikTok's numbers of those whose possible answers must
    be read; `refunds` and `restocks`: rows to be written to BigCommerce now."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    ask: list[str] = field(default_factory=list)
    refunds: list[int] = field(default_factory=list)
    restocks: list[int] = field(default_factory=list)


def record(shop: Shop, read: Sequence[Facts]) -> Recorded:
    """Writes a batch in the current transaction; follow it with `following.pour`."""
    done = Recorded()
    newest: dict[str, Facts] = {}
    for one in read:
        known = newest.get(one.id)
        if known is None or one.changed_at >= known.changed_at:
            newest[one.id] = one
    numbers = {one.order_number for one in newest.values()}
    orders = {
        order.tiktok_id: order.id
        for order in db.session.execute(select(Order.id, Order.tiktok_id).where(Order.tiktok_id.in_(numbers)))
    }
    insert_missing(AfterSale, [_row(shop, newest[number]) for number in sorted(newest)], ("store_id", "tiktok_id"))
    query = select(AfterSale).where(AfterSale.tiktok_id.in_(newest)).order_by(AfterSale.id).with_for_update()
    for request in db.session.scalars(query.execution_options(populate_existing=True)):
        one, is_new = newest[request.tiktok_id], request.changed_at == NEVER
        if request.order_id is None:
            request.order_id = orders.get(request.order_number)
        same = (request.changed_at, request.status, request.action) == (one.changed_at, one.status, one.action)
        if one.changed_at < request.changed_at or same:
            done.unchanged += 1
        else:
            done.new, done.changed = done.new + is_new, done.changed + (not is_new)
            _apply(request, one, is_new)
        if request.tab == Tab.ANSWER and (request.choices_at is None or request.choices_at < request.changed_at):
            done.ask.append(request.tiktok_id)
    db.session.flush()
    ids = list(db.session.scalars(select(AfterSale.id).where(AfterSale.tiktok_id.in_(newest))))
    done.refunds, done.restocks = following.plan(ids)
    _remind()
    return done


def _row(shop: Shop, one: Facts) -> dict[str, object]:
    """A place for the request that is older than everything: it is filled like any other change."""
    blank = ("status", "arbitration", "tab", "role", "reason", "reason_text", "currency", "action", "tracking_number",
             "carrier", "answer", "answer_state", "answer_text")  # fmt: skip
    return {
        "store_id": tenant_id(),
        "shop_id": shop.id,
        "tiktok_id": one.id,
        "order_number": one.order_number[:32],
        "kind": one.kind,
        "asked_at": one.asked_at,
        "changed_at": NEVER,
        "read_at": clock.now(),
        "total": one.total,
        "details": {},
        "choices": [],
        "is_unplanned": False,
        **dict.fromkeys(blank, ""),
    }


def _apply(request: AfterSale, one: Facts, is_new: bool) -> None:
    before = request.status
    request.kind, request.status, request.arbitration = one.kind, one.status[:48], one.arbitration[:20]
    request.role, request.reason = one.role[:12], one.reason[:160]
    request.reason_text = reasons.words(one.reason, one.reason_text)
    request.total, request.currency = one.total, one.currency
    request.action, request.deadline_at = one.action[:40], one.deadline_at if one.action else None
    request.asked_at, request.changed_at, request.read_at = one.asked_at, one.changed_at, clock.now()
    request.tracking_number, request.carrier = one.tracking_number[:100], one.carrier[:100]
    request.details = {**request.details, **one.details}
    tab = statuses.tab(request.status, request.action, request.arbitration)
    if statuses.refused_by_us(request.status, request.kind, request.answer):
        tab = Tab.REJECTED
    request.tab = tab.value
    if tab != Tab.ANSWER:
        request.choices = []
    _lines(request, one)
    if is_new:
        who = {"BUYER": "The buyer", "SELLER": "You", "OPERATOR": "TikTok"}.get(request.role, "TikTok")
        events.add(
            request, f"{who} asked: {request.reason_text or KINDS[request.kind]}.", "TikTok Shop", at=one.asked_at
        )
    if before != request.status or is_new:
        events.add(request, f"{WORDS.get(request.status, request.status)}.", "TikTok Shop", at=one.changed_at)
        if request.answer_state == "sending":  # the answer took effect, or somebody gave one elsewhere
            request.answer_state = "sent"
        if request.status in GRANTED:
            request.is_unplanned = True


def _lines(request: AfterSale, one: Facts) -> None:
    insert_missing(
        AfterSaleLine,
        [
            {
                "store_id": request.store_id, "after_sale_id": request.id, "line_id": piece.line_id[:32],
                "sku_id": piece.sku_id[:32], "seller_sku": piece.seller_sku[:255],
                "product_name": piece.product_name[:300], "sku_name": piece.sku_name[:300],
                "image_url": piece.image_url, "amount": piece.amount,
            }
            for piece in one.pieces
        ],
        ("store_id", "after_sale_id", "line_id"),
    )  # fmt: skip
    amounts = {piece.line_id: piece.amount for piece in one.pieces}
    for line in db.session.scalars(select(AfterSaleLine).where(AfterSaleLine.after_sale_id == request.id)):
        line.amount = amounts.get(line.line_id, line.amount)


def keep_choices(tiktok_id: str, choices: Sequence[Mapping[str, Any]]) -> None:
    """What TikTok takes as an answer to this request now."""
    request = db.session.scalar(select(AfterSale).where(AfterSale.tiktok_id == tiktok_id))
    if request is not None:
        request.choices, request.choices_at = [dict(one) for one in choices], clock.now()


def _remind() -> None:
    """One notice for everything that waits for an answer."""
    query = select(func.count(AfterSale.id), func.min(AfterSale.deadline_at)).where(AfterSale.tab == Tab.ANSWER)
    count, first = db.session.execute(query).one()
    if not count:
        notices.resolve(NOTICE)
        return
    hours = (first - clock.now()).total_seconds() / 3600 if first else 48.0
    urgent = hours <= rules.of().remind_hours
    what = "1 request waits" if count == 1 else f"{count:,} requests wait"
    by = f" The first must be answered by {first:%-d %b, %H:%M} UTC; then TikTok grants it." if first else ""
    text = f"{what} for your answer: cancellations, refunds or returns.{by}"
    notices.raise_notice(NOTICE, "warning" if urgent else "info", text, "Answer", "/returns/?tab=answer")


def summary(request: AfterSale) -> str:
    """For a label: "Return and refund of order 57…, 12.50 USD"."""
    return f"{KINDS[request.kind]} of order {request.order_number}, {show(request.total, request.currency)}"


def verdict(request: AfterSale, shop: Shop, kind_verdict: Guard) -> Guard:
    """Whether this request can be answered here, and why not."""
    return statuses.may_answer(
        action=request.action,
        arbitration=request.arbitration,
        by_tiktok=request.order is not None and request.order.fulfillment == "FULFILLMENT_BY_TIKTOK",
        show_only=shop.id in rules.of().show_only,
        kind_verdict=kind_verdict,
    )


def is_cancellation(request: AfterSale) -> bool:
    return request.kind == Kind.CANCEL
