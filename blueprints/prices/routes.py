"""Prices: SKUs with what they should cost and what the shop shows, the steps to it, sending by hand, incidents."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for
from sqlalchemy import or_, select

from blueprints import places
from blueprints.layout import within
from blueprints.page import done, page
from blueprints.prices import words
from domain.money import show
from domain.roles import SEE, SEND, Page
from jobs.launch import launch
from models import Listing, Product, Shop, db
from services.errors import Invalid, NotFound, ServiceError
from services.pricing import confirmations, edits, offers, policies, pushes, sales

prices = Blueprint("prices", __name__, url_prefix="/s/<store_hash>/prices")
places.PAGES["prices"] = Page.STOCK
places.register({f"prices.{name}": (Page.STOCK, SEE) for name in ("look", "look_at_listing")})
places.register({f"prices.{name}": (Page.STOCK, SEND) for name in ("save", "save_listing", "switch", "drop", "send")})
LARGEST = 2**63 - 1
PAGE = 50
"""Listings on a page."""
WAITS = ServiceError("Prices wait for the database to be brought up to date. Try again in a few minutes.")
WAITS.status = 503


def frame(place: str) -> dict[str, Any]:
    """What every price page needs."""
    return {"active": "stock", "place": "prices", "part": place, "words": words, "show": show, "plain": words.number}


def chosen() -> Shop:
    """The shop whose prices are meant; the only one, or the one named."""
    shop: Shop | None = g.shop or (g.shops[0] if g.shops else None)
    if shop is None:
        raise Invalid("Connect a TikTok shop first.", "Connect TikTok Shop", "/wizard/connect")
    return shop


@prices.before_request
def ready() -> None:
    if not policies.ready():
        raise WAITS


@prices.get("/")
def index() -> Response:
    """Every SKU of the shop's listings: BigCommerce's price, what it should cost, what the shop shows."""
    if not g.shops:
        return page("prices/none.html", **frame("skus"))
    shop = chosen()
    search, after = request.args.get("q", "").strip()[:100], request.args.get("after", 0, type=int)
    query = select(Listing.id).where(Listing.shop_id == shop.id, Listing.id > max(0, min(after, LARGEST)))
    if search:
        like = f"%{pattern(search)}%"
        query = query.outerjoin(Product, Product.id == Listing.product_id).where(
            or_(Listing.title.ilike(like, escape="\\"), Product.title.ilike(like, escape="\\"),
                Product.sku.ilike(like, escape="\\"))
        )  # fmt: skip
    ids = list(db.session.scalars(query.order_by(Listing.id).limit(PAGE + 1)))
    found = offers.offers(shop, ids[:PAGE])
    more = len(ids) > PAGE
    return page(
        "prices/index.html",
        "prices/_list.html",
        shop=shop,
        rows=[(one, sku) for one in found.values() for sku in one.skus],
        search=search,
        next_url=url_for("prices.index", shop=shop.id, q=search or None, after=ids[PAGE - 1]) if more else "",
        first_url=url_for("prices.index", shop=shop.id, q=search or None) if after else "",
        standing=policies.standing(shop, g.store),
        **frame("skus"),
    )


def pattern(text: str) -> str:
    """A search text as part of a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def one_listing(listing_id: int) -> tuple[Shop, Listing]:
    listing = db.session.get(Listing, listing_id)
    shop = next((one for one in g.shops if listing is not None and one.id == listing.shop_id), None)
    if listing is None or shop is None:
        raise NotFound("This listing does not exist.", "See prices", "/prices/")
    return shop, listing


@prices.get(f"/listing/<int(max={LARGEST}):listing_id>")
def listing(listing_id: int) -> Response:
    """The steps from BigCommerce's price to TikTok's, SKU by SKU, and the listing's own rule."""
    shop, row = one_listing(listing_id)
    mine = policies.row(shop.id, listing_id)
    return shown_listing(shop, row, policies.values_of(mine) if mine else {})


def shown_listing(shop: Shop, row: Listing, values: dict[str, Any], **looked: Any) -> Response:
    """`looked`: what a look at other values found."""
    found = offers.offers(shop, [row.id], {row.id: values} if looked else None)[row.id]
    pricing = policies.of(shop, [row.id], {}, instead={row.id: values} if looked else None)
    return page(
        "prices/listing.html",
        "prices/_listing.html",
        shop=shop,
        listing=row,
        one=found,
        recipe=pricing.recipe(row.id),
        values=values,
        saved=policies.row(shop.id, row.id),
        moves=sales.steps_of(row.id),
        standing=policies.standing(shop, g.store),
        shops=[one for one in g.shops if one.id != shop.id],
        **{"digest": "", "simulation": None, **looked},
        **frame("skus"),
    )


@prices.get("/send")
def preview() -> Response:
    """What would be told now, differences only."""
    shop = chosen()
    edits.able(shop)
    return page("prices/send.html", shop=shop, dry=pushes.dry_run(shop), **frame("skus"))


@prices.post("/send")
def send() -> Response:
    """Tells the shop every price that differs, or those of one listing whatever it knows."""
    number = request.form.get("listing", type=int)
    if number:
        shop, row = one_listing(number)
        started = pushes.push_all(g.actor, shop, [row.id])
    else:
        started = pushes.push_all(g.actor, chosen())
    toast = "Prices are being sent to this shop already." if started.already else "The prices are being sent."
    response = done(within(f"/activities/{started.activity.id}"), toast=toast, tone="info", event="activity-started")
    launch(started.activity)
    return response


@prices.get("/incidents")
def incidents() -> Response:
    """Prices that did not arrive, and those that did in the end."""
    ids = [shop.id for shop in ([g.shop] if g.shop else g.shops)]
    return page(
        "prices/incidents.html",
        open=confirmations.incidents(ids, "open"),
        settled=confirmations.incidents(ids, "resolved", 20),
        **frame("incidents"),
    )
