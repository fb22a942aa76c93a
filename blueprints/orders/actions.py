"""What a person does about orders: import, sync, link, decide options, try again."""

from flask import Response, g, request, url_for

from blueprints import spans
from blueprints.orders.area import LARGEST, list_url, orders
from blueprints.orders.single import get
from blueprints.page import done, page
from domain.roles import SEND, Page
from jobs.launch import launch
from models import Shipment, db
from models.present import has_table
from services.errors import Invalid
from services.fulfilment import shipments, typed
from services.orders import copies, imports, linking, options, replay


@orders.post("/sync")
def sync() -> Response:
    """Reads the orders of the last days now (feature S3-105)."""
    toast = "Orders of the last three days are being read."
    return spans.read_recent(lambda shop: imports.recent(g.actor, shop), "orders.index", toast)


@orders.get("/import")
def choose_days() -> Response:
    """Orders of a time, also what was before the connection (features S5-21, S5-22)."""
    return page("orders/import.html", active="orders", **spans.proposed())


@orders.post("/import")
def start_import() -> Response:
    return spans.read_days(
        lambda since, until: imports.start(g.actor, spans.chosen_shop("orders", "/orders/import"), since, until),
        "orders/import.html",
        "orders",
        "The import has started.",
        "An import of this shop's orders is moving already.",
    )


@orders.post("/replay")
def try_again() -> Response:
    """All orders with a problem, those of one kind, or those ticked (feature I-31)."""
    given = request.form.getlist("id")[:5000]
    ids = [int(value) for value in given if value.isascii() and value.isdigit() and int(value) <= LARGEST]
    code = request.form.get("code", "")[:60]
    if given and not ids:
        raise Invalid("No order is selected.", "See orders", "/orders/?tab=error")
    ready = replay.replay(g.actor, ids, code)
    db.session.commit()
    launch(copies.pour(ready))
    told = typed.again(g.actor, ids) if has_table(Shipment) and g.access.may(Page.ORDERS, SEND) else []
    db.session.commit()
    launch(shipments.pour(told))
    count = len(ready) + len(told)
    toast = (
        f"{count:,} {'order is' if count == 1 else 'orders are'} being written."
        if count
        else "Nothing can be written yet: the cause is still there."
    )
    back = request.form.get("back", "")
    where = url_for("orders.detail", order_id=ids[0]) if back == "order" and ids else list_url(tab="error")
    return done(where, toast=toast, tone="success" if count else "warning")


@orders.post(f"/<int(max={LARGEST}):order_id>/link")
def link(order_id: int) -> Response:
    """Links an item to a product and writes every order that waited for it."""
    order = get(order_id)
    variant = request.form.get("variant", "")
    number = int(variant) if variant.isascii() and variant.isdigit() and int(variant) <= LARGEST else 0
    lines = linking.by_person(g.actor, order, request.form.get("sku", ""), number)
    db.session.commit()
    ready = replay.replay(g.actor, code=copies.UNLINKED)
    db.session.commit()
    launch(copies.pour(ready))
    toast = f"Linked. {lines:,} {'item' if lines == 1 else 'items'} cured, {len(ready):,} orders are being written."
    return done(url_for("orders.detail", order_id=order_id), toast=toast)


@orders.get("/options")
def required_options() -> Response:
    """Products whose orders BigCommerce would refuse, before the first order comes (features I-37, U-35)."""
    return page(
        "orders/options.html",
        active="orders",
        rows=options.undecided(),
        open_count=options.open_count(),
        suggestion=options.suggestion,
        label=options.label,
    )


@orders.post("/options/scan")
def scan_options() -> Response:
    started = options.scan(g.actor)
    launch(started.activity)
    toast = "The products are being looked through." if not started.already else "That is moving already."
    return done(url_for("activities.show", activity_id=started.activity.id), toast=toast, tone="info")


@orders.post(f"/options/<int(max={LARGEST}):option_id>")
def decide_option(option_id: int) -> Response:
    option = options.decide(g.actor, option_id, request.form.get("value", ""))
    ready = replay.replay(g.actor, code=copies.OPTION)
    db.session.commit()
    launch(copies.pour(ready))
    return done(url_for("orders.required_options"), toast=f"“{option.name}” is decided.")


@orders.post("/options/accept")
def accept_options() -> Response:
    """Every suggestion that nobody decided otherwise."""
    decided = options.accept_all(g.actor)
    ready = replay.replay(g.actor, code=copies.OPTION)
    db.session.commit()
    launch(copies.pour(ready))
    return done(url_for("orders.required_options"), toast=f"{decided:,} options decided as suggested.")
