"""Pairs of stores with Mapping Details."""

from flask import Response, g, url_for

from blueprints.page import done, page
from blueprints.semi_consignment.area import frame, semi_consignment, stores
from models import db
from services import semi
from services.semi import pairs


@semi_consignment.get("/pairs")
def pair_list() -> Response:
    """Each store with its local store, the warehouses that belong together, and why nobody changes it here."""
    semi.demand()
    known = pairs.of(stores())
    reached = {shop.id for shop in g.shops}
    return page(
        "semi_consignment/pairs.html",
        pairs=[(pair, pairs.in_effect(pair), pairs.details(pair)) for pair in known],
        unpaired=[shop for shop in stores() if shop.id not in {pair.shop_id for pair in known}],
        reached=reached,
        fixed=pairs.fixed(),
        candidates=pairs.markets(g.shops),
        **frame("pairs"),
    )


@semi_consignment.post("/pairs")
def read_pairs() -> Response:
    """Asks TikTok; nobody can type a pair."""
    asker = pairs.prepare(g.shops)
    db.session.commit()  # no transaction is open while TikTok answers
    text = pairs.record(g.actor, pairs.ask(asker))
    response = done(url_for("semi_consignment.pair_list"), toast=text, tone="info")
    db.session.commit()
    return response
