"""Packing many orders: the list of what must leave, TikTok's labels for those ticked, combining, routing, and files for
fulfilment services."""

from flask import Response, g, make_response, request, url_for
from sqlalchemy import select

from blueprints.orders.area import LARGEST, orders, shop_id, status_words
from blueprints.orders.packages import ready
from blueprints.page import done, page
from domain.capabilities import Verdict
from domain.fulfilment import ways
from domain.fulfilment.third_parties import SERVICES
from domain.orders.deadlines import left
from jobs.launch import launch
from models import Order, Shop, db
from services import clock
from services.errors import Invalid, NotFound
from services.fulfilment import combining, handling, packing, routing, rules, shipments, telling, third_parties
from services.fulfilment.combining import Look
from services.orders import pages

LARGEST_FILE = 1_000_000


@orders.get("/packing")
def packing_list() -> Response:
    """What must leave, the most urgent first, with what each order needs."""
    ready()
    found = telling.open_orders(shop_id())
    shops = {shop.id: shop for shop in db.session.scalars(select(Shop))}
    marks, now = handling.of([order.id for order in found]), clock.now()
    rows = []
    for order in found:
        facts = handling.facts(order, shops[order.shop_id])
        platform, own = ways.ship_platform(facts), ways.ship_own(facts)
        rows.append({
            "order": order, "shop": shops[order.shop_id], "platform": platform, "own": own,
            "why": "" if platform or own else (platform.reason if order.shipping_type == "TIKTOK" else own.reason),
            "marks": marks.get(order.id, []), "left": left(order.deadline_at, now) if order.deadline_at else "",
            "late": order.deadline_at is not None and order.deadline_at < now,
        })  # fmt: skip
    return page(
        "orders/packing.html", active="orders", rows=rows, words=status_words(), tones=pages.TONES,
        combining=_combining(),
        automatic=rules.of().auto_pack,
    )  # fmt: skip


@orders.post("/packing/arrange")
def arrange_many() -> Response:
    ready()
    ids = [int(one) for one in request.form.getlist("id") if one.isascii() and one.isdigit() and int(one) <= LARGEST]
    found = db.session.scalars(select(Order).where(Order.id.in_(ids[: packing.MOST]))).all()
    if not found:
        raise Invalid("Tick the orders to arrange.", "See packing", "/orders/packing")
    started = packing.arrange(g.actor, found, request.form.get("method", "DROP_OFF"))
    launch(started.activity)
    return done(url_for("activities.show", activity_id=started.activity.id), toast="Shipping is being arranged.")


def _combining() -> list[tuple[Shop, Verdict, Look]]:
    """For each shop whether its orders may share a package, and what TikTok proposed."""
    shown = [shop for shop in g.shops if shop_id() in (None, shop.id)]
    verdicts = [(shop, ways.combine(shop.kind, shop.market)) for shop in shown]
    return [(shop, verdict, combining.last(shop) if verdict else Look()) for shop, verdict in verdicts]


def _shop() -> Shop:
    named = request.form.get("of_shop", "")
    found: Shop | None = next((one for one in g.shops if str(one.id) == named), None)
    if found is None:
        raise NotFound("This shop is not connected.", "See packing", "/orders/packing")
    return found


@orders.get("/packing/combine")
def combinable() -> Response:
    """The proposals alone, while TikTok is being asked."""
    ready()
    return page("orders/combine.html", "orders/_combine.html", active="orders", combining=_combining())


@orders.post("/packing/look")
def look_for_combinable() -> Response:
    """Asks TikTok what could be combined; nothing is combined by it."""
    ready()
    launch(combining.ask(g.actor, _shop()).activity)
    return done(url_for("orders.combinable"), toast="TikTok is being asked.", tone="info")


@orders.post("/packing/combine")
def combine_orders() -> Response:
    """Combines the proposals that a person ticked."""
    ready()
    started = combining.combine(g.actor, _shop(), request.form.getlist("package")[:500])
    launch(started.activity)
    return done(url_for("activities.show", activity_id=started.activity.id), toast="Orders are being combined.")


@orders.get("/routing")
def routes() -> Response:
    """Orders that ship from another place than TikTok chose (feature S2-88)."""
    ready()
    found = routing.differing(shop_id())
    return page("orders/routing.html", active="orders", rows=found, places=routing.places(), follow=rules.of().routing)


@orders.get("/services")
def services() -> Response:
    ready()
    return page(
        "orders/services.html", active="orders", services=SERVICES, places=routing.places(),
        count=len(third_parties.ready(shop_id())), rows=None, text="",
    )  # fmt: skip


@orders.post("/services/export")
def export_orders() -> Response:
    """The file; the orders in it are noted as handed over."""
    ready()
    form = request.form
    place = form.get("location", "")
    number = int(place) if place.isascii() and place.isdigit() and int(place) <= LARGEST else None
    key = form.get("service", "")
    found = third_parties.ready(shop_id(), number, bool(form.get("again")))
    text = third_parties.export(g.actor, key, found)
    response = make_response(text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{key}-{clock.now():%Y%m%d-%H%M}.csv"'
    response.headers["Cache-Control"] = "no-store"
    db.session.commit()
    return response


@orders.post("/services/look")
def look_at_report() -> Response:
    """What a shipping report would do, before it does it."""
    ready()
    sent = request.files.get("file")
    body = sent.stream.read(LARGEST_FILE + 1) if sent else request.form.get("text", "").encode()
    if not body or len(body) > LARGEST_FILE:
        raise Invalid("Choose a file of at most 1 MB.", "Choose a file", "/orders/services")
    text = body.decode("utf-8-sig", errors="replace")
    rows = third_parties.look(text)
    return page(
        "orders/services.html", active="orders", services=SERVICES, places=routing.places(), count=0, rows=rows,
        text=text, good=sum(1 for row in rows if not row.problem),
    )  # fmt: skip


@orders.post("/services/take")
def take_report() -> Response:
    ready()
    due = third_parties.take(g.actor, request.form.get("text", "")[:LARGEST_FILE])
    db.session.commit()
    launch(shipments.pour(due))
    return done(url_for("orders.services"), toast=f"{len(due):,} tracking numbers are on their way to TikTok Shop.")
