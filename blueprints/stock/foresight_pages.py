"""Foresight: what a push rule would have done with past sales, and guards by velocity."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.page import done, page
from blueprints.stock.routes import frame, stock
from blueprints.stock.rule_pages import chosen
from domain.stock import RuleFields
from jobs.launch import launch
from models import db
from services.errors import Invalid
from services.stock import buffers, demand, pushes, rule_edits, rules, simulator, views
from services.stock.rules import FIELDS

LONGEST = 3600.0
DAYS = (7, 28, 90)


@stock.get("/simulator", endpoint="simulator")
def simulator_page() -> Response:
    """Compares rules on the sales of the last weeks, or on a stream whose truth is known."""
    views.demand()
    if not g.shops:
        return page("stock/none.html", **frame("simulator"))
    shop = chosen()
    kind = request.args.get("kind", "orders")
    kind = kind if kind in simulator.KINDS else "orders"
    days = request.args.get("days", type=int)
    days = days if days in DAYS else demand.DAYS
    typed = {name: rule_edits.read_field(name, request.args.get(name, "")) for name in FIELDS}
    fields = RuleFields(**typed)
    standing = rules.of(shop, ()).rule
    found = simulator.run(shop, kind, _lag(), days, fields.over(standing) if fields else None)
    return page(
        "stock/simulator.html",
        "stock/_simulator.html",
        shop=shop,
        found=found,
        kind=kind,
        days=days,
        choices=DAYS,
        typed=typed,
        standing=standing,
        fields=FIELDS,
        **frame("simulator"),
    )


def _lag() -> float | None:
    """Typed seconds; None: as measured."""
    text = request.values.get("lag", "").strip().removesuffix("s").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        raise Invalid("The lag must be a number of seconds.") from None
    if not 0 <= seconds <= LONGEST:
        raise Invalid("The lag must be from 0 to 3,600 seconds.")
    return seconds


@stock.get("/buffers")
def buffer_list() -> Response:
    """Guards by velocity, proposed."""
    views.demand()
    if not g.shops:
        return page("stock/none.html", **frame("simulator"))
    shop = chosen()
    measured = demand.seconds([shop.id])
    typed = _lag()
    lag = typed if typed is not None else measured if measured is not None else demand.USUAL
    proposals = buffers.propose(shop, lag)
    return page("stock/buffers.html", shop=shop, lag=lag, measured=measured, proposals=proposals, **frame("simulator"))


@stock.post("/buffers/look")
def look_at_buffers() -> Response:
    """What the shop would be told with the chosen guards; nothing is saved."""
    shop = chosen()
    guards = _guards()
    wanted = buffers.wanted(shop, guards)
    data: dict[str, Any] = {"dry": buffers.look(shop, wanted), "digest": rule_edits.digest(wanted), "guards": guards}
    return page("stock/buffers_look.html", shop=shop, count=len(wanted), **data, **frame("simulator"))


@stock.post("/buffers")
def use_buffers() -> Response:
    """Saves what was looked at as rules of the products, and pushes what differs."""
    shop = chosen()
    wanted = buffers.wanted(shop, _guards())
    listing_ids = buffers.use(g.actor, shop, wanted, request.form.get("digest", ""))
    activity = pushes.pour_listings(shop, listing_ids, "rule")
    words = "product has its" if len(wanted) == 1 else "products have their"
    toast = f"{len(wanted):,} {words} own guard now."
    response = done(within(f"/stock/rules?shop={shop.id}"), toast=toast)
    launch(activity) if activity is not None else db.session.commit()
    return response


def _guards() -> list[tuple[int, int]]:
    """(product, pieces) of what was ticked."""
    found = []
    for text in request.form.getlist("product")[: buffers.SHOWN]:
        guard = rule_edits.read_field("guard", request.form.get(f"guard-{text}", ""))
        if text.isdigit() and len(text) < 19 and guard is not None:
            found.append((int(text), guard))
    if not found:
        raise Invalid("Choose at least one product.", "See proposals", url_for("stock.buffer_list"))
    return found
