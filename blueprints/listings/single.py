"""One listing: its page and side panel, its category picker, and the wait for what a category demands."""

from typing import Any

from flask import Response, request, url_for

from blueprints.listings import panel
from blueprints.listings.area import listings
from blueprints.listings.picker import picker_data
from blueprints.listings.pictures import see
from blueprints.listings.selection import LARGEST, number
from blueprints.page import done, page
from jobs.launch import ring_job
from models import Listing, db
from services import category_reading, drafts
from services import listings as service
from services.errors import NotFound

ID = f"<int(max={LARGEST}):listing_id>"
PATIENCE = 40  # times the page asks before it stops and offers to read again


@listings.get(f"/{ID}")
def show(listing_id: int) -> Response:
    """Why it is as it is; every field editable in place."""
    data = panel.data(service.get(listing_id)) | {"edit": number("sku") or 0}
    see(data["listing"], data["unseen"])
    return page("listings/listing.html", "listings/_listing.html", **data)


@listings.get(f"/{ID}/head")
def head(listing_id: int) -> Response:
    """Score, status and counts alone."""
    data = panel.data(service.get(listing_id))
    return page("listings/_listing_head.html", "listings/_listing_head.html", **data)


@listings.get(f"/{ID}/category")
def category(listing_id: int) -> Response:
    """Choosing the category of this listing."""
    listing = service.get(listing_id)
    return page(
        "listings/category.html", "listings/_picker.html", active="listings", listing=listing, **listing_picker(listing)
    )


def listing_picker(listing: Listing) -> dict[str, Any]:
    here = url_for("listings.category", listing_id=listing.id)
    save = url_for("listings.save_field", listing_id=listing.id, name="category")
    product = listing.product
    path = tuple(part for part in product.category_path.split(" > ") if part) if product else ()
    fields = [("version", str(listing.version))]
    return picker_data(listing.shop, here, save, fields, target="#listing", name=listing.title, path=path)


@listings.get(f"/{ID}/skus/<int(max={LARGEST}):sku_id>")
def edit_sku(listing_id: int, sku_id: int) -> Response:
    """One variant as a form in its row; without script the page opens with that row as a form."""
    data = panel.data(service.get(listing_id)) | {"edit": sku_id}
    if all(line.id != sku_id for line in data["lines"]):
        raise NotFound("This variant does not belong to the listing.", "See listings", "/listings/")
    return page("listings/listing.html", "listings/_skus.html", **data)


@listings.get(f"/{ID}/needs")
def needs(listing_id: int) -> Response:
    """Polled while TikTok is asked what the category demands; then the whole listing is shown anew."""
    data = panel.data(service.get(listing_id))
    asked = min((number("asked") or 0) + 1, PATIENCE)
    if data["reading"]:
        return page(
            "listings/listing.html", "listings/_reading.html", **(data | {"asked": asked, "patience": PATIENCE})
        )
    response = page("listings/listing.html", "listings/_listing.html", **data)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#listing", "outerHTML"
    return response


@listings.post(f"/{ID}/needs")
def read_needs(listing_id: int) -> Response:
    """Asks TikTok again what the category demands."""
    listing = service.get(listing_id)
    shop, one = listing.shop, drafts.prepare(listing.shop, [listing.id])[listing.id]
    category_reading.forget_failure(shop.id, one.draft.category_id)
    data = panel.data(listing) | {"asked": 1, "patience": PATIENCE}
    back = url_for("listings.show", listing_id=listing_id)
    response = done(
        back,
        fragment="listings/_reading.html",
        toast="" if request.headers.get("HX-Request") else READING,
        tone="info",
        **data,
    )
    words = listing.store_id, shop.id, one.draft.category_id
    db.session.commit()
    if one.draft.category_id:
        ring_job("live", "jobs.needs.read", *words)
    return response


READING = "TikTok is asked what this category demands. Reload in a moment."
