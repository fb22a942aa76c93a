"""Tags on many products at once: of the products selected, or of the selected listings' products."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for
from sqlalchemy import Select, func, select

from blueprints.kept import forget
from blueprints.listings import selection
from blueprints.page import done, page
from blueprints.products import routes as products
from blueprints.spreadsheets import choosing
from models import Listing, Product, db
from services import tags as service
from services.errors import NotFound
from services.spreadsheets import files

tags = Blueprint("tags", __name__, url_prefix="/s/<store_hash>/tags")
LISTS = {"products": "products.index", "listings": "listings.index"}


@tags.get("/")
def form() -> Response:
    """How many products it concerns, and the tags in use."""
    source = request.args.get("from", "")
    given = choosing.given(source)
    count = db.session.scalar(select(func.count(Product.id)).where(Product.id.in_(chosen(source)))) or 0
    data: dict[str, Any] = {"count": count, "given": given, "known": service.names(), "most": service.MOST}
    return page("spreadsheets/tags.html", "spreadsheets/_tags.html", active=source, **data)


@tags.post("/")
def save() -> Response:
    """Puts tags on, or takes them off."""
    files.require()
    source, text = request.form.get("from", ""), request.form.get("tags", "")
    if request.form.get("take_off"):
        count, word = service.remove(g.actor, chosen(source), text), "taken off"
    else:
        count, word = service.add(g.actor, chosen(source), text), "put on"
    where = url_for(LISTS[source])
    db.session.commit()
    forget()
    return done(where, toast=f"{count:,} {'tag was' if count == 1 else 'tags were'} {word}.", event=f"{source}-changed")


def chosen(source: str) -> Select[Any]:
    """Ids of the products that a list's selection means."""
    if source == "products":
        return products.selection()[0]
    if source == "listings":
        mine = Listing.id.in_(selection.read().query())
        return select(Listing.product_id).where(mine, Listing.product_id.is_not(None), Listing.store_id == g.store.id)
    raise NotFound("There is no such list.", "See products", "/products/")
