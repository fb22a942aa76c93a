"""Saving one field of a listing, one of its variants, or giving a field back to where it is inherited from."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.listings import forms, panel
from blueprints.listings.area import listings
from blueprints.listings.pictures import see
from blueprints.listings.selection import LARGEST
from blueprints.listings.single import ID
from blueprints.page import done, page
from blueprints.page import partial as asked_by_htmx
from jobs.launch import ring_job
from models import Listing, db
from services import categories, drafts, readiness
from services import listings as service
from services.errors import Invalid, NotFound

PARTS = {name: f"listings/_{name}.html" for name in panel.SECTIONS}
WHOLE = "listings/_listing.html"


@listings.post(f"/{ID}/fields/<name>")
def save_field(listing_id: int, name: str) -> Response:
    """One field, from its own small form."""
    if name not in PARTS or name in ("skus", "documents"):
        raise NotFound("A listing has no such field.", "See the listing", f"/listings/{listing_id}")
    listing = service.get(listing_id)
    try:
        service.set_fields(g.actor, listing, read(listing, name), forms.version(request.form))
    except Invalid as wrong:
        return refused(listing_id, name, wrong)
    return saved(listing, name)


def read(listing: Listing, name: str) -> dict[str, Any]:
    """The posted values by field name."""
    form = request.form
    if name == "attributes":
        one = drafts.prepare(listing.shop, [listing.id])[listing.id]
        wanted = {item.need.id: (item.need, item.now) for item in panel.attributes(one, ())}
        return forms.attributes(form, wanted)
    if name == "images":
        one = drafts.prepare(listing.shop, [listing.id])[listing.id]
        return {"images": forms.images(listing, [image.key for image in one.draft.images], form)}
    if form.get("reset"):
        return {name: None}
    if name == "brand":
        one = drafts.prepare(listing.shop, [listing.id])[listing.id]
        return {"brand": forms.brand(listing.shop, one.draft.category_id, form)}
    readers = {"weight": forms.weight, "dimensions": forms.dimensions}
    return {name: readers.get(name, forms.text(name))(form)}


@listings.post(f"/{ID}/skus/<int(max={LARGEST}):sku_id>")
def save_sku(listing_id: int, sku_id: int) -> Response:
    """One variant: price, SKU, identifier, quantity where BigCommerce does not track it, or whether it is sold."""
    listing = service.get(listing_id)
    product = listing.product
    values = forms.sku(request.form, product is not None and product.inventory_tracking != "none")
    try:
        service.set_sku_fields(g.actor, listing, sku_id, values, forms.version(request.form))
    except Invalid as wrong:
        return refused(listing_id, "skus", wrong, sku_id)
    return saved(listing, "skus")


@listings.post(f"/{ID}/enabled")
def switch(listing_id: int) -> Response:
    """Holds a listing back from publishing, or lets it go."""
    listing = service.get(listing_id)
    service.set_enabled(g.actor, listing, request.form.get("enabled") == "1")
    return saved(listing, "title", whole=True)


def saved(listing: Listing, name: str, whole: bool = False) -> Response:
    """The changed part, the problems of all the others, and the counts by event."""
    data = panel.data(listing)
    # Another category changes everything below it; one fragment then, else only the part that was saved.
    fragment = WHOLE if whole or name == "category" or data["reading"] else "listings/_saved.html"
    here = url_for("listings.show", listing_id=listing.id, _anchor=f"field-{name}")
    data |= {"part": PARTS[name], "saved": name}
    response = done(
        here, fragment=fragment, event="listings-changed", toast="" if asked_by_htmx() else "Saved.", **data
    )
    if fragment == WHOLE:
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#listing", "outerHTML"
    category_id, shop_id = data["draft"].category_id, listing.shop_id
    measure, look = data["unmeasured"], name == "images" and data["unseen"]
    db.session.commit()
    see(listing, look)
    if data["reading"]:
        ring_job("live", "jobs.needs.read", g.actor.store_id, shop_id, category_id)
    wake(measure)
    return response


def refused(listing_id: int, name: str, wrong: Invalid, sku_id: int = 0) -> Response:
    """The form again, with what to correct."""
    db.session.rollback()
    data = panel.data(service.get(listing_id))
    data |= {"wrong": {name: wrong.text}, "typed": request.form, "edit": sku_id}
    return page("listings/listing.html", PARTS[name], status=422, **data)


def wake(measure: bool = False) -> None:
    """After a commit: wakes a worker where listings wait to be rechecked, or pictures to be measured."""
    if readiness.stale_count():
        ring_job("bulk", "jobs.rechecks.run", g.actor.store_id)
    if measure:
        ring_job("bulk", "jobs.pictures.measure", g.actor.store_id)


def unread(shop_id: int, category_id: str) -> bool:
    """Whether it must still be asked what this category demands."""
    row = categories.get(next(shop for shop in g.shops if shop.id == shop_id), category_id)
    return row is not None and row.needs is None
