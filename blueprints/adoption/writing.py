"""Products that came from TikTok Shop and are not in BigCommerce: what would be written there, and the button."""

from flask import Response, g, request, url_for

from blueprints.adoption import rows
from blueprints.adoption.area import LARGEST, adoption, shops
from blueprints.adoption.pages import PAGE, tab_items
from blueprints.layout import within
from blueprints.listings.selection import MOST, number
from blueprints.page import done, page
from jobs.launch import launch
from services.adoption import found, to_bigcommerce
from services.errors import Invalid


@adoption.get("/products")
def new_products() -> Response:
    found.demand()
    after = number("after") or 0
    kept = list(to_bigcommerce.page(after, PAGE + 1))
    part = kept[:PAGE]
    sides = rows.sides([product.id for product in part])
    more = url_for("adoption.new_products", after=part[-1].id) if len(kept) > PAGE else ""
    tabs = tab_items("new", found.counts([shop.id for shop in shops()]))
    return page(
        "adoption/products.html", active="listings", tab_items=tabs, products=part, sides=sides,
        total=to_bigcommerce.count(), next_url=more,
    )  # fmt: skip


@adoption.post("/products")
def write_products() -> Response:
    """Makes the ticked ones in BigCommerce, or all."""
    ids = [int(one) for one in request.form.getlist("id") if one.isdecimal() and int(one) <= LARGEST]
    if not request.form.get("all") and not 0 < len(ids) <= MOST:
        raise Invalid("Nothing is ticked.", "See the products", "/listings/adoption/products")
    started = to_bigcommerce.start(g.actor, None if request.form.get("all") else ids)
    response = done(within(f"/activities/{started.activity.id}"), toast="The products are being added to BigCommerce.")
    launch(started.activity)
    return response
