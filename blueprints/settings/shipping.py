"""Settings: how orders leave, and carriers."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.page import done, page
from domain.fulfilment import carriers as carrier_rules
from domain.fulfilment import routing as routing_rules
from domain.fulfilment import rules as order_rules
from domain.fulfilment.settings import FulfilmentSettings
from jobs.launch import launch
from models import Shipment, Shop, db
from models.present import has_table
from services.errors import NotFound, ServiceError
from services.fulfilment import carriers, routing, rules

shipping_settings = Blueprint("shipping_settings", __name__, url_prefix="/s/<store_hash>/settings/shipping")
LARGEST = 2**63 - 1
ROWS = 3  # empty ones to add rules in


@shipping_settings.before_request
def present() -> None:
    if not has_table(Shipment):
        waits = ServiceError("Shipping is being prepared: the database is being brought up to date. Try again soon.")
        waits.status = 503
        raise waits


def _data(settings: FulfilmentSettings, version: int) -> dict[str, Any]:
    return {
        "active": "settings", "place": "shipping", "settings": settings, "version": version,
        "places": routing.places(), "route_words": routing_rules.WORDS, "rule_words": order_rules.WORDS,
        "routes": [*settings.routes, *[None] * ROWS], "rules": [*settings.rules, *[None] * ROWS],
        "semi": [shop for shop in g.shops if not order_rules.may(shop.kind, "mark", True)],
    }  # fmt: skip


@shipping_settings.get("/")
def show() -> Response:
    return page("settings/shipping.html", **_data(rules.of(), rules.version()))


@shipping_settings.post("/")
def save() -> Response:
    form = request.form
    values: dict[str, Any] = {name: bool(form.get(name)) for name in ("upload_tracking", "read_tracking")}
    values |= {name: form.get(name, "") for name in ("auto_pack", "routing")}
    values["marks"] = form.get("marks", "").split(",")
    names = ("when", "value", "place", "in_stock")
    values["routes"] = [
        {"when": when, "value": value.strip(), "location_id": int(place), "in_stock": stock == "1"}
        for when, value, place, stock in zip(*(form.getlist(f"route-{name}") for name in names), strict=False)
        if when and place.isascii() and place.isdigit() and int(place) in routing.places()
    ]
    names = ("when", "value", "then", "name")
    values["rules"] = [
        {"when": when, "value": value.strip(), "then": then, "name": name.strip()}
        for when, value, then, name in zip(*(form.getlist(f"rule-{one}") for one in names), strict=False)
        if when in order_rules.WORDS and then in ("mark", "gift") and name.strip()
    ]
    version = form.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 12 else 0
    rules.save(g.actor, FulfilmentSettings.from_json(values), seen)
    response = done(url_for("shipping_settings.show"), toast="Saved. It counts for what is shipped from now on.")
    db.session.commit()
    return response


def _shop() -> Shop:
    named = request.values.get("of_shop", "")
    shops: list[Shop] = g.shops
    found = next((one for one in shops if str(one.id) == named), None) or g.shop or next(iter(shops), None)
    if found is None:
        raise NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    return found


@shipping_settings.get("/carriers")
def carrier_page() -> Response:
    """TikTok's carriers, what BigCommerce's names mean, and a test (feature S2-91)."""
    shop, known = _shop(), {}
    known = carriers.known(shop.id)
    name, number = (request.args.get(one, "").strip()[:100] for one in ("carrier", "number"))
    mapped = carriers.mapped(shop.id)
    found = carriers.match(shop.id, name, number) if name or number else None
    seen = {carrier_rules.plain(word): (word, count) for word, count in carriers.seen()}
    rows = [(seen.get(one, (one, 0))[0], seen.get(one, (one, 0))[1], carriers.match(shop.id, one, ""))
            for one in {**seen, **mapped}]  # fmt: skip
    return page(
        "settings/carriers.html", active="settings", place="shipping", shop=shop, known=known, rows=rows,
        tested=found, carrier=name, number=number,
        fault=carrier_rules.number_problem(number) if number else "", mapped=mapped,
    )  # fmt: skip


@shipping_settings.post("/carriers/map")
def map_carrier() -> Response:
    shop = _shop()
    carriers.map_name(g.actor, shop, request.form.get("name", "")[:100], request.form.get("provider", ""))
    response = done(url_for("shipping_settings.carrier_page", of_shop=shop.id), toast="Kept.")
    db.session.commit()
    return response


@shipping_settings.post("/carriers/read")
def read_carriers() -> Response:
    started = carriers.read(g.actor, _shop())
    launch(started.activity)
    return done(url_for("activities.show", activity_id=started.activity.id), toast="The carriers are being read.")
