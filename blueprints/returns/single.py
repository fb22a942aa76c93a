"""One request: what is asked, what can be answered and with which effect, what followed."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy import select

from blueprints.activities.evidence import shown
from blueprints.guard import accepts
from blueprints.page import done, page
from blueprints.returns.area import LARGEST, returns
from domain.money import show
from domain.orders.deadlines import left
from domain.returns.decisions import OFFER, Effect, effect
from domain.returns.statuses import KINDS, MEANING, TABS, WORDS
from jobs.launch import launch
from models import AfterSale, Evidence, Order, Product, Restock, Shop, StoreOrder, StoreRefund, Variant, db
from services import clock
from services.evidence import body
from services.returns import answers, events, following, pages, refunds, restocks, rules
from services.returns.answers import Given, Option

FORM = 64 * 1024
AMOUNTS = {
    "refund_subtotal": "Products",
    "refund_shipping_fee": "Shipping",
    "refund_tax": "Tax",
    "retail_delivery_fee": "Delivery fee",
    "buyer_service_fee": "Service fee",
    "refund_total": "Paid back",
}
RESTOCK_WORDS = {
    "ask": ("Decide", "warning"), "due": ("Being put back", "primary"), "done": ("Back on sale", "success"),
    "kept_out": ("Kept out of sale", "secondary"), "untracked": ("Not counted", "secondary"),
    "unclear": ("Unclear", "danger"), "refused": ("Refused", "danger"),
}  # fmt: skip
REFUND_WORDS = {
    "waiting": ("Being recorded", "primary"), "written": ("Recorded", "success"), "refused": ("Refused", "danger"),
    "not_wanted": ("Nothing to record", "secondary"),
}  # fmt: skip


@returns.get(f"/<int(max={LARGEST}):request_id>")
def detail(request_id: int) -> Response:
    asked = answers.get(request_id)
    shop = answers.shop_of(asked)
    return page("returns/request.html", "returns/_request.html", active="returns", **data(asked, shop))


def data(asked: AfterSale, shop: Shop, error: str = "") -> dict[str, Any]:
    now = clock.now()
    guard = answers.verdict(asked, shop)
    order = db.session.get(Order, asked.order_id) if asked.order_id else None
    return {
        "request_": asked,
        "shop": shop,
        "order": order,
        "kind": KINDS[asked.kind],
        "word": WORDS.get(asked.status, asked.status),
        "tab": TABS[asked.tab],
        "tone": pages.TONES[asked.tab],
        "meaning": MEANING[asked.tab],
        "guard": guard,
        "options": [(option, _effect(asked, option, order)) for option in answers.options(asked)] if guard else [],
        "offer": OFFER,
        "left": left(asked.deadline_at, now) if asked.deadline_at else "",
        "urgency": pages.urgency(asked.deadline_at, now),
        "amounts": _amounts(asked),
        "money": show,
        "pictures": answers.pictures_of(asked),
        "items": _items(asked, order),
        "refunds": db.session.scalars(select(StoreRefund).where(StoreRefund.after_sale_id == asked.id)).all(),
        "refund_words": REFUND_WORDS,
        "restocks": _restocks(asked),
        "restock_words": RESTOCK_WORDS,
        "events": events.of(asked),
        "error": error,
        "moving": asked.answer_state == "sending" or (bool(guard) and asked.choices_at is None),
    }


def _effect(asked: AfterSale, option: Option, order: Order | None) -> Effect:
    copies = select(StoreOrder.id).where(StoreOrder.order_id == (order.id if order else 0))
    return effect(
        option.decision,
        kind=asked.kind,
        amount=show(asked.total, asked.currency),
        pieces=len(asked.lines),
        restocks=rules.of().restocks(asked.kind, asked.reason),
        in_bigcommerce=db.session.scalar(copies.where(StoreOrder.bigcommerce_id.is_not(None)).limit(1)) is not None,
    )


def _items(asked: AfterSale, order: Order | None) -> list[dict[str, Any]]:
    """Equal pieces in one row, as on the order's page; pictures are those of the order where the request has none."""
    pictures = {line.tiktok_id: line.image_url for line in order.lines} if order else {}
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for line in asked.lines:
        row = found.setdefault(
            (line.seller_sku, line.product_name, line.sku_name),
            {"line": line, "count": 0, "amount": Decimal(0),
             "image": line.image_url or pictures.get(line.line_id, "")},
        )  # fmt: skip
        row["count"] += 1
        row["amount"] += line.amount
    return list(found.values())


def _amounts(asked: AfterSale) -> list[tuple[str, str, bool]]:
    parts = asked.details.get("refund", {})
    rows = [(words, Decimal(parts.get(name) or "0"), name == "refund_total") for name, words in AMOUNTS.items()]
    return [(words, show(value, asked.currency), is_sum) for words, value, is_sum in rows if value or is_sum]


def _restocks(asked: AfterSale) -> list[tuple[Restock, str, str]]:
    query = (
        select(Restock, Variant.sku, Product.title)
        .join(Variant, Variant.id == Restock.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Restock.after_sale_id == asked.id)
        .order_by(Restock.id)
    )
    return [(row, sku, title) for row, sku, title in db.session.execute(query)]


@returns.post(f"/<int(max={LARGEST}):request_id>/answer")
@accepts(answers.PICTURES * answers.LARGEST_PICTURE + FORM)
def answer(request_id: int) -> Response:
    """Accepts or refuses, once."""
    asked = answers.get(request_id)
    shop = answers.shop_of(asked)
    form = request.form
    files = [one for one in request.files.getlist("picture") if one.filename][: answers.PICTURES + 1]
    given = Given(
        form.get("decision", "")[:40],
        form.get("reason", "")[:200],
        form.get("comment", ""),
        _amount(form.get("amount", "")),
        bool(form.get("keep_item")),
        [(one.filename or "picture", one.read(answers.LARGEST_PICTURE + 1)) for one in files],
    )
    started = answers.answer(g.actor, shop, asked, given)
    launch(started.activity)
    toast = "The answer is on its way to TikTok."
    return done(url_for("returns.detail", request_id=asked.id), toast=toast, tone="info", action="See it",
                url=url_for("activities.show", activity_id=started.activity.id))  # fmt: skip


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and -(10**9) < value < 10**9 else None


@returns.post(f"/restock/<int(max={LARGEST}):restock_id>")
def restock(restock_id: int) -> Response:
    """A person's word on pieces that came back."""
    put_back = request.form.get("put_back") == "yes"
    asked = restocks.decide(g.actor, restock_id, put_back)
    where, number = url_for("returns.detail", request_id=asked.id), asked.id
    db.session.commit()
    if put_back:
        _ring([], following.due_restocks([number]))
    return done(where, toast="They go back on sale." if put_back else "They stay out of sale.")


@returns.post(f"/refund/<int(max={LARGEST}):refund_id>/again")
def refund_again(refund_id: int) -> Response:
    asked = refunds.again(g.actor, refund_id)
    where, number = url_for("returns.detail", request_id=asked.id), asked.id
    db.session.commit()
    _ring(following.due_refunds([number]), [])
    return done(where, toast="The refund is being recorded in BigCommerce.", tone="info")


def _ring(refund_ids: list[int], restock_ids: list[int]) -> None:
    for activity in following.pour(refund_ids, restock_ids):
        launch(activity)


@returns.get(f"/<int(max={LARGEST}):request_id>/evidence")
def evidence(request_id: int) -> Response:
    """What was sent for this request and what came back, call by call."""
    asked = answers.get(request_id)
    items = [event.item_id for event in events.of(asked) if event.item_id is not None]
    query = select(Evidence).where(Evidence.item_id.in_(items)).order_by(Evidence.id)
    exchanges = [shown(row, body(row.sent), body(row.received)) for row in db.session.scalars(query)]
    return page(
        "returns/evidence.html", "returns/_evidence.html", active="returns", request_=asked, exchanges=exchanges
    )
