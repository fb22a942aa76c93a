"""Pieces kept for promotions: written down, seen on a calendar, changed, released and taken back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from flask import Response, g, request, url_for

from blueprints.page import done, page
from blueprints.stock.routes import frame, stock
from blueprints.stock.rule_pages import chosen
from jobs.launch import launch
from models import Promotion, Shop, db
from services import clock
from services.errors import Invalid
from services.stock import promotions, pushes, views

ID = "<int(max=9223372036854775807):promotion_id>"
WEEKS = 5
FORM = ("name", "pieces", "starts", "ends", "keeps")


@stock.get("/promotions")
def promotion_list() -> Response:
    """What is kept for which promotion, from when to when."""
    views.demand()
    return page("stock/promotions.html", **_data(), **frame("promotions"))


@stock.post("/promotions")
def add_promotion() -> Response:
    """Writes one down; its pieces are kept from the chosen moment on."""
    shop = chosen()
    form = {name: request.form.get(name, "") for name in FORM}
    try:
        starts, ends = _moment(shop, form["starts"], "start"), _moment(shop, form["ends"], "end")
        keeps = starts if form["keeps"] == "start" else clock.now()
        pieces = promotions.read_pieces(form["pieces"])
        promotion = promotions.add(g.actor, shop, form["name"], pieces, keeps, starts, ends)
    except Invalid as wrong:
        db.session.rollback()
        return page("stock/promotions.html", status=422, **_data(form, str(wrong)), **frame("promotions"))
    kept = promotion.state == "kept"
    toast = "Kept from now on." if kept else "Written down; its pieces are kept when it starts."
    return _answer(promotions.skus(promotion) if kept else [], toast)


@stock.post(f"/promotions/{ID}/release")
def release_promotion(promotion_id: int) -> Response:
    promotion = promotions.get(promotion_id)
    return _answer(promotions.release(g.actor, promotion), f"“{promotion.name}” keeps nothing any more.")


@stock.post(f"/promotions/{ID}/resume")
def resume_promotion(promotion_id: int) -> Response:
    """Takes a release by hand back."""
    promotion = promotions.get(promotion_id)
    return _answer(promotions.resume(g.actor, promotion), f"The pieces of “{promotion.name}” are kept again.")


@stock.post(f"/promotions/{ID}/pieces")
def promotion_pieces(promotion_id: int) -> Response:
    """Another number for one SKU."""
    promotion = promotions.get(promotion_id)
    quantity = request.form.get("quantity", "").strip()
    if not quantity.isdigit() or len(quantity) > 6:
        raise Invalid("Give a number of pieces, 0 or more.", "See promotions", url_for("stock.promotion_list"))
    moved = promotions.set_pieces(g.actor, promotion, request.form.get("sku", type=int) or 0, int(quantity))
    return _answer(moved, f"{int(quantity):,} pieces are kept.")


def _answer(sku_ids: list[int], toast: str) -> Response:
    poured = pushes.pour(sku_ids, "promotion") if sku_ids else []
    response = done(url_for("stock.promotion_list"), toast=toast)
    db.session.commit()
    for activity in poured:
        launch(activity)
    return response


def _moment(shop: Shop, text: str, what: str) -> datetime:
    """As typed, by the shop's own clock."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.zone(shop.market)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(f"Give the {what} as day and time.") from None


def _data(form: dict[str, str] | None = None, error: str = "") -> dict[str, Any]:
    found = [one for one in promotions.listed() if not g.shop or one.shop_id == g.shop.id]
    zones = {shop.id: clock.zone(shop.market) for shop in g.shops}
    shown = g.shop or (g.shops[0] if g.shops else None)
    zone = zones[shown.id] if shown else clock.zone("")
    today = clock.now().astimezone(zone).date()
    return {
        "promotions": found,
        "lines": {one.id: promotions.lines_of(one) for one in found},
        "codes": promotions.codes_of(found),
        "zones": zones,
        "zone": zone,
        "shop": shown,
        "weeks": _weeks(found, zones, today),
        "today": today,
        "form": form or {},
        "error": error,
        "soon": clock.now().astimezone(zone).replace(second=0, microsecond=0, tzinfo=None),
        "current": clock.now(),
        "moving": promotions.MOVING,
    }


def _weeks(
    found: Sequence[Promotion], zones: Mapping[int, tzinfo], today: date
) -> list[list[tuple[date, list[Promotion]]]]:
    """Days from this week's Monday on, and what runs on each."""
    monday = today - timedelta(days=today.weekday())
    spans = [
        (one, one.starts_at.astimezone(zones[one.shop_id]).date(), one.ends_at.astimezone(zones[one.shop_id]).date())
        for one in found
        if one.state in promotions.MOVING and one.shop_id in zones
    ]
    days = [monday + timedelta(days=number) for number in range(7 * WEEKS)]
    cells = [(day, [one for one, first, last in spans if first <= day <= last]) for day in days]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]
