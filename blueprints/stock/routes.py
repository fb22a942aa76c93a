"""Stock: SKUs and their numbers, one SKU's movements, pushing by hand."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints import places
from blueprints.layout import within
from blueprints.page import done, page
from blueprints.stock import words
from domain.roles import SEE, SEND, Page
from jobs.launch import launch
from models import Listing, db
from services.errors import Invalid, NotFound
from services.stock import offers, pushes, rules, views

stock = Blueprint("stock", __name__, url_prefix="/s/<store_hash>/stock")
LARGEST = 2**63 - 1
SENDING = (
    "push", "save_rules", "switch", "save_product", "drop_product", "repair", "push_everything", "adjust",
    "use_buffers", "add_promotion", "release_promotion", "resume_promotion", "promotion_pieces",
)  # fmt: skip
places.register({"stock.look_at_rules": (Page.STOCK, SEE), "stock.look_at_buffers": (Page.STOCK, SEE)})
places.register({f"stock.{name}": (Page.STOCK, SEND) for name in SENDING})


def frame(place: str) -> dict[str, Any]:
    """What every stock page needs: its place among them, shops by id, words."""
    return {"active": "stock", "place": place, "shop_names": {shop.id: shop.name for shop in g.shops}, "words": words}


@stock.get("/")
def index() -> Response:
    """Every SKU: what there is, what orders keep, what each shop was told."""
    view = request.args.get("view", "all")
    search, after = request.args.get("q", "").strip()[:100], request.args.get("after", "")[:255]
    view = view if view in views.VIEWS else "all"
    found = views.rows(view, search, after)
    shown = found[: views.PAGE]
    more = len(found) > views.PAGE
    return page(
        "stock/index.html",
        "stock/_list.html",
        rows=shown,
        view=view,
        views=words.VIEWS,
        search=search,
        next_url=url_for("stock.index", view=view, q=search or None, after=shown[-1].code) if more else "",
        first_url=url_for("stock.index", view=view, q=search or None) if after else "",
        standings=standings(),
        **frame("skus"),
    )


def standings() -> list[tuple[Any, rules.Standing]]:
    """(shop, whether it is pushed to) for the chosen shops."""
    return [(shop, rules.standing(shop, g.store)) for shop in ([g.shop] if g.shop else g.shops)]


@stock.get(f"/sku/<int(max={LARGEST}):merchant_sku_id>")
def sku(merchant_sku_id: int) -> Response:
    """Where the pieces are, who keeps them, what each shop is told and why."""
    row = views.sku(merchant_sku_id)
    before = request.args.get("before", type=int)
    found = views.movements(merchant_sku_id, before, views.PAGE + 1)
    shown = found[: views.PAGE]
    told = []
    for shop in g.shops:
        ids = [one.listing_id for one in row.told if one.shop_id == shop.id]
        lines = [
            (one, line)
            for one in offers.offers(shop, ids).values()
            for line in one.skus
            if line.merchant_sku_id == merchant_sku_id
        ]
        told += [(shop, one, line, rules.standing(shop, g.store)) for one, line in lines]
    older = shown[-1].id if len(found) > views.PAGE else None
    return page(
        "stock/sku.html",
        "stock/_movements.html",
        row=row,
        movements=shown,
        sums=views.sums(merchant_sku_id),
        told=told,
        next_url=url_for("stock.sku", merchant_sku_id=merchant_sku_id, before=older) if older else "",
        **frame("skus"),
    )


@stock.post("/push")
def push() -> Response:
    """Tells a shop the stock of one listing now, whatever it knows (features S5-92)."""
    listing = db.session.get(Listing, request.form.get("listing", type=int) or 0)
    shop = next((one for one in g.shops if listing is not None and one.id == listing.shop_id), None)
    if listing is None or shop is None:
        raise NotFound("This listing does not exist.", "See stock", "/stock/")
    if not listing.is_enabled:
        raise Invalid("The listing is not enabled, so nothing is pushed for it.", "See it", f"/listings/{listing.id}")
    started = pushes.push_all(g.actor, shop, [listing.id])
    toast = "Stock is being pushed to this shop already." if started.already else "The stock is being pushed."
    response = done(within(f"/activities/{started.activity.id}"), toast=toast, tone="info", event="activity-started")
    launch(started.activity)
    return response
