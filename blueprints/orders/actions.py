"""What a person does about orders: import, sync, link, decide options, try again."""

from datetime import UTC, datetime, timedelta

from flask import Response, g, request, url_for

from blueprints.orders.area import LARGEST, list_url, orders
from blueprints.orders.single import get
from blueprints.page import done, page
from domain.roles import SEND, Page
from jobs.launch import launch
from models import Shipment, Shop, db
from models.present import has_table
from services import clock
from services.errors import Invalid, NotFound
from services.fulfilment import shipments
from services.orders import copies, imports, linking, options, replay


def _shop() -> Shop:
    """The shop of the form, else the chosen or only one."""
    named = request.form.get("of_shop", "")
    shops: list[Shop] = g.shops
    found: Shop | None = next((one for one in shops if str(one.id) == named), None) or g.shop
    if found is None and len(shops) > 1:
        raise Invalid("Choose the shop whose orders to read.", "Choose a shop", "/orders/import")
    if found is None:
        found = next(iter(shops), None)
    if found is None:
        raise NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    return found


@orders.post("/sync")
def sync() -> Response:
    """Reads the orders of the last days now (feature S3-105)."""
    shops = [g.shop] if g.shop else list(g.shops)
    if not shops:
        raise NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    started = [imports.recent(g.actor, shop) for shop in shops]
    for one in started:
        launch(one.activity)
    moving = all(one.already for one in started)
    return done(
        url_for("orders.index"),
        toast="An import is moving already." if moving else "Orders of the last three days are being read.",
        tone="info",
        action="See it",
        url=url_for("activities.show", activity_id=started[0].activity.id),
    )


@orders.get("/import")
def choose_days() -> Response:
    """Orders of a time, also what was before the connection (features S5-21, S5-22)."""
    today = clock.now()
    since = today - timedelta(days=30)
    return page("orders/import.html", active="orders", since=f"{since:%Y-%m-%d}", until=f"{today:%Y-%m-%d}",
                shops=g.shops, error="")  # fmt: skip


@orders.post("/import")
def start_import() -> Response:
    since, until = (_day(request.form.get(name, "")) for name in ("since", "until"))
    if since is None or until is None:
        data = {"since": request.form.get("since", ""), "until": request.form.get("until", ""), "shops": g.shops}
        return page("orders/import.html", status=422, active="orders", error="Give both days.", **data)
    started = imports.start(g.actor, _shop(), since, until + timedelta(days=1))
    launch(started.activity)
    toast = "An import of this shop's orders is moving already." if started.already else "The import has started."
    return done(url_for("activities.show", activity_id=started.activity.id), toast=toast, tone="info")


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


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
    told = shipments.again(g.actor, ids) if has_table(Shipment) and g.access.may(Page.ORDERS, SEND) else []
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
