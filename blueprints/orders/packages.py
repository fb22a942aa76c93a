"""An order's packages: what may be done now, why not, and doing it."""

from collections.abc import Sequence
from typing import Any

from flask import Response, g, make_response, request, url_for
from sqlalchemy import select

from blueprints.orders.area import LARGEST, orders
from blueprints.orders.single import get
from blueprints.page import done, page
from blueprints.places import register
from domain.fulfilment import rules as order_rules
from domain.fulfilment import ways
from domain.roles import SEND, Page
from jobs.launch import launch
from models import Order, OrderLine, Shipment, ShippingDocument, Shop, db
from models.present import has_table
from services import clock
from services.activities import Started
from services.errors import Invalid, NotFound, ServiceError
from services.fulfilment import carriers, handling, packing, routing, rules, shipments, typed

ONE = f"/<int(max={LARGEST}):order_id>/packages"
register({f"orders.{name}": (Page.ORDERS, SEND) for name in (
    "ship_order", "correct_tracking", "arrange_order", "split_order", "take_out", "fetch_document", "tell_again",
    "arrange_many", "combine_orders", "look_for_combinable", "take_report",
)})  # fmt: skip
WAITS = ServiceError("Shipping is being prepared: the database is being brought up to date. Try again in a minute.")
WAITS.status = 503
STATES = {
    "waiting": ("Being told", "primary"), "held": ("Waits", "warning"), "sent": ("Told", "success"),
    "refused": ("Not told", "danger"), "not_needed": ("Not sent", "secondary"), "gone": ("Deleted", "quiet"),
}  # fmt: skip


def ready() -> None:
    if not has_table(Shipment):
        raise WAITS


def back(order_id: int, toast: str, **more: Any) -> Response:
    return done(url_for("orders.packages", order_id=order_id), toast=toast, **more)


def begun(order_id: int, started: Started) -> Response:
    launch(started.activity)
    text = "That is moving already." if started.already else f"{started.activity.title} has started."
    return back(order_id, text, tone="info", action="See it",
                url=url_for("activities.show", activity_id=started.activity.id))  # fmt: skip


@orders.get(ONE)
def packages(order_id: int) -> Response:
    ready()
    order = get(order_id)
    shop = packing.shop_of(order)
    held = handling.find(order.id)
    facts = handling.facts(order, shop, held)
    marks = handling.of([order.id]).get(order.id, [])
    return page(
        "orders/packages.html",
        "orders/_packages.html",
        active="orders",
        order=order,
        shop=shop,
        handling=held,
        own=ways.ship_own(facts),
        platform=ways.ship_platform(facts),
        may_split=ways.split(facts),
        may_void=ways.void(facts),
        may_mark=order_rules.may(shop.kind, "mark", False),
        may_gift=order_rules.may(shop.kind, "gift", False),
        parcels=[(row, *STATES[row.state], _correct(facts, row)) for row in shipments.of(order.id)],
        boxes=_boxes(order, facts),
        open_lines=[line for line in order.lines if line.status in ("AWAITING_SHIPMENT", "")],
        alive=[line for line in order.lines if line.status != "CANCELLED"],
        carriers=carriers.known(shop.id),
        documents=packing.documents(order.id),
        names=packing.DOCUMENTS,
        routed=routing.of([order])[order.id],
        places=routing.places(),
        marks=[row for row in marks if row.kind == "mark"],
        gifts=[row for row in marks if row.kind == "gift"],
        suggested=rules.of().marks,
        buys=shop.market in ways.BUYS_LABELS,
        measures=packing.measures(order.id),
    )


def _correct(facts: ways.Facts, row: Shipment) -> Any:
    return ways.correct(facts, row.sent_at, row.corrections, clock.now())


def _boxes(order: Order, facts: ways.Facts) -> list[dict[str, Any]]:
    """TikTok's packages as its lines name them."""
    found: dict[str, list[OrderLine]] = {}
    for line in order.lines:
        if line.package_id and line.status != "CANCELLED":
            found.setdefault(line.package_id, []).append(line)
    query = select(OrderLine.package_id).where(OrderLine.package_id.in_(found), OrderLine.order_id != order.id)
    shared = set(db.session.scalars(query.distinct()))
    return [
        {"id": number, "lines": lines, "first": lines[0], "shared": number in shared,
         "document": ways.document(facts, lines[0].package_status)}
        for number, lines in found.items()
    ]  # fmt: skip


def _named(order: Order) -> Sequence[str]:
    return [number for number in request.form.getlist("line") if number in {line.tiktok_id for line in order.lines}]


@orders.post(f"{ONE}/ship")
def ship_order(order_id: int) -> Response:
    """A tracking number by hand: TikTok is told, then BigCommerce."""
    ready()
    order, form = get(order_id), request.form
    named = _named(order)
    if form.get("choose") and not named:
        raise Invalid("Tick the items that are in the parcel.", "See its packages", f"/orders/{order_id}/packages")
    made = typed.by_hand(g.actor, order, form.get("carrier", "")[:100], form.get("number", "")[:100], named)
    due = [made.id] if made.is_due else []
    db.session.commit()
    launch(shipments.pour(due))
    return back(order_id, "The tracking number is on its way to TikTok Shop.")


@orders.post(f"{ONE}/correct")
def correct_tracking(order_id: int) -> Response:
    ready()
    order, form = get(order_id), request.form
    number = form.get("parcel", "")
    parcel = int(number) if number.isascii() and number.isdigit() and int(number) <= LARGEST else 0
    made = typed.correct(g.actor, order, parcel, form.get("carrier", "")[:100], form.get("number", "")[:100])
    due = [made.id] if made.is_due else []
    db.session.commit()
    launch(shipments.pour(due))
    return back(order_id, "The correction is on its way to TikTok Shop.")


@orders.post(f"{ONE}/again")
def tell_again(order_id: int) -> Response:
    ready()
    order = get(order_id)
    due = typed.again(g.actor, [order.id])
    db.session.commit()
    launch(shipments.pour(due))
    return back(order_id, "Tried again." if due else "The cause is still there.", tone="success" if due else "warning")


@orders.post(f"{ONE}/arrange")
def arrange_order(order_id: int) -> Response:
    ready()
    order, form = get(order_id), request.form
    given = {name: form.get(name, "").strip() for name in ("weight", "length", "width", "height")}
    if any(given.values()) and not all(value.isascii() and value.isdigit() and int(value) for value in given.values()):
        raise Invalid("Give weight and all three sides as whole numbers.", "Type them", f"/orders/{order_id}/packages")
    started = packing.arrange(g.actor, [order], form.get("method", "DROP_OFF"), given if all(given.values()) else None)
    return begun(order_id, started)


@orders.post(f"{ONE}/split")
def split_order(order_id: int) -> Response:
    ready()
    order = get(order_id)
    groups: dict[str, list[str]] = {}
    for line in order.lines:
        if line.status != "CANCELLED":
            groups.setdefault(request.form.get(f"box-{line.tiktok_id}", "1")[:2], []).append(line.tiktok_id)
    return begun(order_id, packing.split(g.actor, order, groups))


@orders.post(f"{ONE}/take-out")
def take_out(order_id: int) -> Response:
    ready()
    return begun(order_id, packing.take_out(g.actor, get(order_id), request.form.get("package", "")))


@orders.post(f"{ONE}/document")
def fetch_document(order_id: int) -> Response:
    ready()
    form = request.form
    started = packing.fetch_document(g.actor, get(order_id), form.get("package", ""), form.get("kind", ""))
    return begun(order_id, started)


@orders.get(f"/documents/<int(max={LARGEST}):document_id>")
def document(document_id: int) -> Response:
    """A label as it was read; its address is ours, so TikTok's never reaches a browser."""
    ready()
    found = db.session.scalar(
        select(ShippingDocument).where(ShippingDocument.id == document_id, ShippingDocument.expires_at > clock.now())
    )
    if found is None:
        raise NotFound("This document is not kept any more; read it again.", "See orders", "/orders/")
    response = make_response(found.body)
    ending = "pdf" if found.content_type == "application/pdf" else "png"
    response.headers["Content-Type"] = found.content_type
    name = f"{found.kind.lower()}-{found.package_id}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _both(order_id: int) -> tuple[Order, Shop]:
    ready()
    order = get(order_id)
    return order, packing.shop_of(order)


@orders.post(f"{ONE}/void")
def void_order(order_id: int) -> Response:
    order, shop = _both(order_id)
    handling.void(g.actor, order, shop, request.form.get("reason", ""))
    response = back(order_id, "Set aside. Nothing of it is shipped until it is restored.")
    db.session.commit()
    return response


@orders.post(f"{ONE}/restore")
def restore_order(order_id: int) -> Response:
    order, shop = _both(order_id)
    handling.restore(g.actor, order, shop)
    db.session.commit()
    launch(shipments.pour(shipments.due()))
    return back(order_id, "Restored.")


@orders.post(f"{ONE}/mark")
def mark_order(order_id: int) -> Response:
    order, shop = _both(order_id)
    if request.form.get("off"):
        handling.unmark(g.actor, order, request.form["off"])
    else:
        handling.mark(g.actor, order, shop, request.form.get("name", ""))
    response = back(order_id, "")
    db.session.commit()
    return response


@orders.post(f"{ONE}/gift")
def give(order_id: int) -> Response:
    order, _ = _both(order_id)
    count = request.form.get("quantity", "1")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    return begun(order_id, packing.give(g.actor, order, request.form.get("sku", ""), number))


@orders.post(f"{ONE}/place")
def choose_place(order_id: int) -> Response:
    order, _ = _both(order_id)
    chosen = request.form.get("location", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and int(chosen) <= LARGEST else None
    handling.choose_place(g.actor, order, number)
    response = back(order_id, "Kept.")
    db.session.commit()
    return response
