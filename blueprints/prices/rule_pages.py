"""Price rules: edited, looked at, tried on the whole catalog, replayed on past sales, saved, sent."""

from decimal import Decimal
from typing import Any

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.page import done, page
from blueprints.prices.routes import LARGEST, chosen, frame, one_listing, prices, shown_listing
from jobs.launch import launch
from models import Shop, db
from services import clock, settings
from services.activities import NothingToDo
from services.errors import Invalid
from services.pricing import edits, offers, policies, pushes, sales, trial

FIELDS = ("follow", "source_shop_id", "kind", "amount", "ending", "floor", "ceiling", "rate", "rate_on", "compare_at",
          "days", "up_at", "down_at", "step", "most_up", "most_down")  # fmt: skip


def typed() -> dict[str, str]:
    return {name: request.values.get(name, "").strip()[:40] for name in FIELDS}


@prices.get("/rule")
def rule() -> Response:
    if not g.shops:
        return page("prices/none.html", **frame("rule"))
    shop = chosen()
    row = policies.row(shop.id)
    return _shown(shop, policies.values_of(row) if row else {})


@prices.post("/rule/look")
def look() -> Response:
    """What this rule would tell the shop, and what its steps would have done in the past; nothing is saved."""
    shop = chosen()
    edits.able(shop)
    values = edits.checked(shop, typed())
    return _shown(
        shop,
        values,
        dry=pushes.dry_run(shop, {0: values}),
        simulation=sales.simulate(shop, values),
        digest=edits.digest(values, policies.row(shop.id)),
    )


@prices.post("/rule")
def save() -> Response:
    """Saves what was looked at and starts the activity that tells the shop what differs."""
    shop = chosen()
    edits.save(g.actor, shop, edits.checked(shop, typed()), request.form.get("digest", ""))
    return _send(shop, "Saved.")


@prices.post("/rule/switch")
def switch() -> Response:
    """On or off, without touching the rule."""
    shop, on = chosen(), request.form.get("on") == "1"
    edits.switch(g.actor, shop, on)
    if on:
        return _send(shop, "Switched on.")
    return _saved(url_for("prices.rule", shop=shop.id), f"No price is sent to {shop.name} by itself any more.")


@prices.post(f"/listing/<int(max={LARGEST}):listing_id>/look")
def look_at_listing(listing_id: int) -> Response:
    """What this rule would make of one listing; nothing is saved."""
    shop, row = one_listing(listing_id)
    edits.able(shop)
    values = edits.checked(shop, typed(), listing_id=row.id)
    found = edits.digest(values, policies.row(shop.id, row.id))
    return shown_listing(shop, row, values, digest=found, simulation=sales.simulate(shop, values, row.id))


@prices.post(f"/listing/<int(max={LARGEST}):listing_id>")
def save_listing(listing_id: int) -> Response:
    """The listing's own rule, and its price on the way."""
    shop, row = one_listing(listing_id)
    values = edits.checked(shop, typed(), listing_id=row.id)
    edits.save(g.actor, shop, values, request.form.get("digest", ""), row.id)
    return _follow(shop, row.id, "The listing has a price rule of its own now.")


@prices.post(f"/listing/<int(max={LARGEST}):listing_id>/drop")
def drop(listing_id: int) -> Response:
    shop, row = one_listing(listing_id)
    edits.drop(g.actor, shop, row.id)
    return _follow(shop, row.id, "The listing follows the wider rules again.")


@prices.get("/trial")
def try_out() -> Response:
    """The price sandbox: any rule on every listing of the shop. Nothing is sent, nothing is kept."""
    if not g.shops:
        return page("prices/none.html", **frame("trial"))
    shop = chosen()
    edits.able(shop)
    row = policies.row(shop.id)
    tried = request.args.get("try") == "1"
    values = edits.checked(shop, typed()) if tried else (policies.values_of(row) if row else {})
    return page(
        "prices/trial.html",
        "prices/_trial.html",
        shop=shop,
        values=values,
        fee=_fee(),
        found=trial.run(shop, values, _fee()) if tried else None,
        currency=shop.currency,
        **_lists(shop),
        **frame("trial"),
    )


def _fee() -> Decimal:
    text = request.args.get("fee", "").strip() or "0"
    try:
        fee = Decimal(text)
    except ArithmeticError:
        fee = Decimal(-1)
    if not fee.is_finite() or not 0 <= fee < 100:
        raise Invalid("Fees must be a percentage from 0 to 99.")
    return fee


def _lists(shop: Shop) -> dict[str, Any]:
    return {
        "shops": [one for one in g.shops if one.id != shop.id],
        "general": settings.of(g.store).price_rule,
        "foreign": g.store.currency != shop.currency,
        "today": clock.now().date().isoformat(),
    }


def _shown(shop: Shop, values: dict[str, Any], **looked: Any) -> Response:
    pack = offers.pack_of(shop)
    return page(
        "prices/rule.html",
        "prices/_rule.html",
        shop=shop,
        values=values,
        standing=policies.standing(shop, g.store),
        is_saved=policies.row(shop.id) is not None,
        pack=pack,
        **{"dry": None, "simulation": None, "digest": "", **looked},
        **_lists(shop),
        **frame("rule"),
    )


def _send(shop: Shop, toast: str) -> Response:
    try:
        started = pushes.push_all(g.actor, shop)
    except NothingToDo:
        return _saved(url_for("prices.rule", shop=shop.id), f"{toast} {shop.name} shows every price already.")
    response = done(within(f"/activities/{started.activity.id}"), toast=toast, event="activity-started")
    launch(started.activity)
    return response


def _follow(shop: Shop, listing_id: int, toast: str) -> Response:
    activity = pushes.pour_listings(shop, [listing_id], "rule")
    response = done(url_for("prices.listing", listing_id=listing_id), toast=toast)
    launch(activity)
    return response


def _saved(location: str, toast: str) -> Response:
    response = done(location, toast=toast)
    db.session.commit()
    return response
