"""What the seller starts from an order: cancelling or refunding it."""

from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy import select

from blueprints.page import done, page
from blueprints.returns.area import LARGEST, returns
from domain.money import show
from domain.returns import reasons
from domain.returns.requests import may_choose_lines
from jobs.launch import launch
from models import AfterSale, Order, OrderLine, Shop, db
from services.returns import starting
from services.returns.starting import TYPES


def _shop(order: Order) -> Shop:
    return db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()


@returns.get(f"/of-order/<int(max={LARGEST}):order_id>")
def of_order(order_id: int) -> Response:
    """Cancel or refund: what TikTok takes for this order now, and what it would do."""
    order = starting.order_of(order_id)
    return page("returns/of_order.html", "returns/_of_order.html", active="orders", **_data(order, _shop(order)))


def _data(order: Order, shop: Shop) -> dict[str, Any]:
    verdicts, choice = starting.verdicts(order, shop), starting.choice_of(order)
    told = {one["type"]: one for one in choice.choices} if choice and choice.read_at else {}
    lines = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)).all()
    return {
        "order": order,
        "shop": shop,
        "types": [(name, words, verdicts[name], told.get(name)) for name, words in TYPES.items()],
        "asked": choice is not None,
        "moving": choice is not None and choice.read_at is None,
        "problem": choice.problem if choice else "",
        "possible": any(verdicts.values()),
        "lines": lines,
        "one_by_one": {name: may_choose_lines(shop.market, name, True) for name in TYPES},
        "words": reasons.words,
        "money": show,
        "requests_": db.session.scalars(
            select(AfterSale).where(AfterSale.order_number == order.tiktok_id).order_by(AfterSale.id)
        ).all(),
    }


@returns.post(f"/of-order/<int(max={LARGEST}):order_id>/ask")
def ask(order_id: int) -> Response:
    """Asks TikTok what it takes."""
    order = starting.order_of(order_id)
    started = starting.ask(g.actor, _shop(order), order)
    launch(started.activity)
    return done(url_for("returns.of_order", order_id=order_id))


@returns.post(f"/of-order/<int(max={LARGEST}):order_id>")
def begin(order_id: int) -> Response:
    order = starting.order_of(order_id)
    form = request.form
    kind = form.get("type", "")[:24]
    lines = [value[:32] for value in form.getlist("line")[:500]]
    reason = form.get("reason", "")[:200]
    started = starting.start(g.actor, _shop(order), order, kind, reason, lines)
    launch(started.activity)
    toast = "This is moving already." if started.already else "It is on its way to TikTok."
    return done(url_for("orders.detail", order_id=order_id), toast=toast, tone="info", action="See it",
                url=url_for("activities.show", activity_id=started.activity.id))  # fmt: skip
