"""What a merchant decides about products that were found: adopt, add as products, leave alone."""

from flask import Response, g, request, url_for
from sqlalchemy import select

from blueprints.adoption.area import LARGEST, adoption, one_shop
from blueprints.adoption.pages import ID
from blueprints.layout import within
from blueprints.listings.selection import MOST
from blueprints.page import done
from jobs.launch import launch, ring_job
from models import FoundProduct, Shop, db
from services.adoption import adopting, found, products
from services.adoption.found import CERTAIN, NONE, WHERE
from services.adoption.values import CHOICES
from services.errors import Invalid

OURS, THEIRS = "ours", "theirs"


@adoption.post("/adopt")
def adopt_many() -> Response:
    """Links the ticked ones, or all that match for certain."""
    shop, ids = _selected(CERTAIN)
    started = adopting.start(g.actor, shop, ids, _taken())
    response = done(within(f"/activities/{started.activity.id}"), toast="The listings are being adopted.", tone="info")
    launch(started.activity)
    return response


@adoption.post("/create")
def create_many() -> Response:
    """Makes products of ours of the ticked ones, or of all that match nothing."""
    shop, ids = _selected(NONE)
    started = products.start(g.actor, shop, ids)
    response = done(within(f"/activities/{started.activity.id}"), toast="The products are being added.", tone="info")
    launch(started.activity)
    return response


@adoption.post(f"/{ID}/adopt")
def adopt_one(found_id: int) -> Response:
    """Links it to the product that was chosen, each field from the side that was chosen."""
    row = found.get(found_id)
    if request.form.get("all_theirs"):
        taken = list(CHOICES)
    else:
        taken = [name for name in CHOICES if request.form.get(f"field.{name}") == THEIRS]
    adopted = adopting.adopt(g.actor, row, taken, _number("product"))
    listing = adopted.listing
    toast = "Adopted. Nothing was changed on TikTok Shop."
    if adopted.differences:
        toast = (
            f"Adopted. {adopted.differences} {'value differs' if adopted.differences == 1 else 'values differ'} and "
        )
        toast += "will be sent when you re-publish it."
    response = done(url_for("listings.show", listing_id=listing.id), toast=toast)
    where = listing.store_id, listing.shop_id, [listing.tiktok_id]
    db.session.commit()
    ring_job("live", "jobs.reviews.ask", *where)
    return response


@adoption.post(f"/{ID}/create")
def create_one(found_id: int) -> Response:
    """Makes a product of ours of it."""
    listing = products.create(g.actor, found.get(found_id)).listing
    response = done(url_for("listings.show", listing_id=listing.id), toast="Added as a product of yours and adopted.")
    db.session.commit()
    return response


@adoption.post(f"/{ID}/dismiss")
def dismiss(found_id: int) -> Response:
    row = found.get(found_id)
    view = row.certainty
    found.dismiss(g.actor, row)
    response = done(url_for("adoption.index", view=view), toast="It stays as it is on TikTok Shop.")
    db.session.commit()
    return response


def _selected(certainty: str) -> tuple[Shop, list[int]]:
    """The shop and the ids: those that are ticked, or all of one kind."""
    found.demand()
    if request.form.get("all"):
        shop = one_shop()
        return shop, list(db.session.scalars(found.ids_of(shop.id, certainty)))
    ids = [int(one) for one in request.form.getlist("id") if one.isdecimal() and int(one) <= LARGEST]
    if not 0 < len(ids) <= MOST:
        raise Invalid("Nothing is ticked.", "See what was found", WHERE)
    used = set(db.session.scalars(select(FoundProduct.shop_id).where(FoundProduct.id.in_(ids))))
    mine = [shop for shop in g.shops if shop.id in used]
    if len(mine) != 1:
        raise Invalid("Choose products of one shop.", "See what was found", WHERE)
    return mine[0], ids


def _taken() -> list[str]:
    return [name for name in CHOICES if name in request.form.getlist("take")]


def _number(name: str) -> int | None:
    value = request.form.get(name, "")
    return int(value) if value.isdecimal() and int(value) <= LARGEST else None
