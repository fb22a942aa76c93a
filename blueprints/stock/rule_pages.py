"""Push rules: edited, looked at, saved, pushed."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.page import done, page
from blueprints.stock.routes import LARGEST, frame, stock
from domain.stock import RuleFields, StockRule, quantity
from jobs.launch import launch
from models import Shop, db
from services import settings, warehouses
from services.activities import NothingToDo
from services.errors import Invalid
from services.stock import pushes, rule_edits, rules
from services.stock.rule_edits import Key, Values
from services.stock.rules import FIELDS

EXAMPLE = 10


def chosen() -> Shop:
    """The shop whose rules are meant; the only one, or the one named."""
    shop: Shop | None = g.shop or (g.shops[0] if g.shops else None)
    if shop is None:
        raise Invalid("Connect a TikTok shop first.", "Connect TikTok Shop", "/wizard/connect")
    return shop


@stock.get("/rules")
def rule_list() -> Response:
    if not g.shops:
        return page("stock/none.html", **frame("rules"))
    shop = chosen()
    values = rule_edits.current(shop)
    if request.args.get("propose") != "1":
        return _shown(shop, values)
    # From the simulator: its numbers in the place of the saved ones, looked at as if they had been typed.
    named = {name: rule_edits.read_field(name, request.args[name]) for name in FIELDS if name in request.args}
    own = values.get((0, 0), {}) | named
    rows = {(row.id, 0) for row in warehouses.of(shop) if row.type == warehouses.SALES}
    kept = {key: said for key, said in values.items() if key in rows}
    wanted = rule_edits.checked(shop, kept | {(0, 0): {**own, "is_on": True}})
    return _shown(shop, wanted, rule_edits.look(shop, wanted))


@stock.post("/rules/look")
def look_at_rules() -> Response:
    """What these rules would tell the shop; nothing is saved."""
    shop = chosen()
    wanted = rule_edits.checked(shop, _typed(shop, request.form))
    return _shown(shop, wanted, rule_edits.look(shop, wanted), rule_edits.digest(wanted))


@stock.post("/rules")
def save_rules() -> Response:
    """Saves what was looked at and starts the activity that tells the shop what differs."""
    shop = chosen()
    wanted = rule_edits.checked(shop, _typed(shop, request.form))
    rule_edits.save(g.actor, shop, wanted, request.form.get("digest", ""))
    if not wanted[0, 0]["is_on"]:
        return _saved(shop, "Saved. Nothing is pushed to this shop.")
    return _push(shop, "Saved.")


@stock.post("/rules/switch")
def switch() -> Response:
    """On or off, without touching the numbers."""
    shop, on = chosen(), request.form.get("on") == "1"
    rule_edits.switch(g.actor, shop, on)
    if not on:
        return _saved(shop, f"Nothing is pushed to {shop.name} any more.")
    return _push(shop, "Switched on.")


@stock.post("/rules/product")
def save_product() -> Response:
    """A product's own numbers, and its push."""
    shop = chosen()
    values: Values = {name: rule_edits.read_field(name, request.form.get(name, "")) for name in FIELDS}
    values["is_on"] = request.form.get("leave_alone") != "1"
    product_id = rule_edits.keep_product(g.actor, shop, request.form.get("sku", "").strip()[:255], values)
    return _follow(shop, product_id, "The product has its own numbers now.")


@stock.post(f"/rules/product/<int(max={LARGEST}):push_rule_id>/drop")
def drop_product(push_rule_id: int) -> Response:
    shop = chosen()
    product_id = rule_edits.drop_product(g.actor, shop, push_rule_id)
    return _follow(shop, product_id, "The product follows the shop's rule again.")


def _follow(shop: Shop, product_id: int, toast: str) -> Response:
    activity = pushes.pour_listings(shop, pushes.listings_of_product(shop.id, product_id), "rule")
    response = _answer(shop, toast)
    launch(activity)
    return response


def _push(shop: Shop, toast: str) -> Response:
    try:
        started = pushes.push_all(g.actor, shop)
    except NothingToDo:
        return _saved(shop, f"{toast} {shop.name} knows every number already.")
    response = done(within(f"/activities/{started.activity.id}"), toast=toast, event="activity-started")
    launch(started.activity)
    return response


def _saved(shop: Shop, toast: str) -> Response:
    response = _answer(shop, toast)
    db.session.commit()
    return response


def _answer(shop: Shop, toast: str) -> Response:
    return done(url_for("stock.rule_list", shop=shop.id), toast=toast)


def _typed(shop: Shop, form: Mapping[str, Any]) -> dict[Key, Values]:
    """The rules as the form says them: the shop's, then each sales warehouse's."""
    wanted: dict[Key, Values] = {(0, 0): {name: _number(name, name) for name in FIELDS} | {"is_on": True}}
    for row in warehouses.of(shop):
        if row.type != warehouses.SALES:
            continue
        key = f"warehouse-{row.id}"
        values: Values = {name: _number(name, f"{key}-{name}") for name in FIELDS}
        places = [int(place) for place in request.form.getlist(f"{key}-location") if place.isdigit()]
        mapped = sorted(warehouses.mapping(shop).get(row.id, set()))
        values["is_on"] = request.form.get(f"{key}-on") == "1"
        values["location_ids"] = None if sorted(places) == mapped else sorted(places)
        wanted[row.id, 0] = values
    return wanted


def _number(name: str, key: str) -> int | None:
    return rule_edits.read_field(name, request.form.get(key, ""))


def _shown(shop: Shop, values: Mapping[Key, Values], dry: pushes.DryRun | None = None, digest: str = "") -> Response:
    try:
        example = max(0, min(99_999, int(request.values.get("example", EXAMPLE))))
    except ValueError:
        example = EXAMPLE
    wide = settings.of(g.store).stock_rule()
    own = values.get((0, 0), {})
    rule = RuleFields(**{name: own.get(name) for name in FIELDS}).over(wide)
    return page(
        "stock/rules.html",
        "stock/_rules.html",
        shop=shop,
        values=values,
        wide=wide,
        rule=rule,
        warehouses=[row for row in warehouses.of(shop) if row.type == warehouses.SALES],
        states=warehouses.STATES,
        mapping=warehouses.mapping(shop),
        locations=rules.open_locations(),
        standing=rules.standing(shop, g.store),
        is_saved=rules.shop_row(shop.id) is not None,
        example=example,
        worked=quantity(example, rule),
        ladder=[(count, quantity(count, rule).value) for count in _ladder(rule)],
        dry=dry,
        digest=digest,
        products=rule_edits.products(shop),
        **frame("rules"),
    )


def _ladder(rule: StockRule) -> list[int]:
    """Numbers of pieces at which the rule behaves differently."""
    edges = {0, 1, rule.threshold, rule.threshold + 1, rule.guard, rule.guard + 1, 10, 100, rule.cap or 0}
    return sorted(count for count in edges if count >= 0)
