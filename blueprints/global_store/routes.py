"""The Active page of a global store: view only (features S4-11, S4-27, S4-28)."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.page import done, page
from blueprints.places import register
from domain.publishing_models import VIEW_ONLY
from domain.roles import SEE, Page
from jobs.launch import launch
from models import Authorization
from services.errors import NotFound
from services.global_stores import WHERE, products, publishing_model, reading
from services.global_stores.products import IN, OUT, STATUSES, Wanted

global_store = Blueprint("global_store", __name__, url_prefix="/s/<store_hash>/global-store")
register({"global_store.refresh": (Page.GLOBAL_STORE, SEE)})


def _chosen(found: list[Authorization]) -> Authorization | None:
    """The account of the address, else the one of the shop that is chosen above, else the first."""
    named = next((grant for grant in found if str(grant.id) == request.values.get("account", "")), None)
    above = g.shop.authorization_id if g.shop else 0
    return named or next((grant for grant in found if grant.id == above), None) or next(iter(found), None)


def _wanted(grant: Authorization) -> Wanted:
    status, market, there = (request.args.get(name, "") for name in ("status", "market", "there"))
    return Wanted(
        grant.id,
        status if status in STATUSES else "",
        request.args.get("q", "").replace("\0", "")[:200].strip(),
        market[:8] if market.isalpha() else "",
        OUT if there == OUT else IN,
    )


def _query(wanted: Wanted) -> dict[str, Any]:
    parts = {"account": wanted.authorization_id, "status": wanted.status, "q": wanted.search, "market": wanted.market}
    return {name: value for name, value in parts.items() if value} | (
        {"there": OUT} if wanted.market and wanted.there == OUT else {}
    )


@global_store.get("/")
def index() -> Response:
    """Which products, of which status, on sale in which of our shops."""
    reading.demand()
    found = products.accounts(g.shops)
    grant = _chosen(found)
    if grant is None:
        return page("global_store/index.html", active="listings", grant=None)
    wanted = _wanted(grant)
    counts, query = products.counts(wanted), _query(wanted)
    here = {name: value for name, value in query.items() if name != "status"}
    tabs = [("All", url_for("global_store.index", **here), sum(counts.values()), not wanted.status)]
    tabs += [
        (word, url_for("global_store.index", **here, status=name), counts.get(name, 0), wanted.status == name)
        for name, (word, _) in STATUSES.items()
    ]
    after = request.args.get("after", "")[:32]
    rows = products.find(wanted, g.shops, after)
    mine = [shop for shop in g.shops if shop.authorization_id == grant.id]
    return page(
        "global_store/index.html",
        "global_store/_list.html",
        active="listings",
        grant=grant,
        accounts=found,
        tab_items=tabs,
        wanted=wanted,
        query=query,
        count=counts.get(wanted.status, 0) if wanted.status else sum(counts.values()),
        rows=rows.rows,
        markets=products.markets(wanted),
        shops=mine,
        standings=publishing_model.standings(mine),
        running=reading.running(grant),
        why=VIEW_ONLY,
        next_url=url_for("global_store.index", **query, after=rows.after) if rows.after else "",
        first_url=url_for("global_store.index", **query) if after else "",
    )


@global_store.post("/refresh")
def refresh() -> Response:
    """Reads the account's global products from TikTok, as an activity."""
    grant = _chosen(products.accounts(g.shops))
    if grant is None:
        raise NotFound("No sub-store of a global seller is connected.", "Connected shops", "/settings/authorization")
    shop = next(shop for shop in g.shops if shop.authorization_id == grant.id)
    started = reading.start(g.actor, grant, shop.id)
    text = "The global store is being read already." if started.already else "The global store is being read."
    back = url_for("global_store.index", account=grant.id)
    response = done(back, toast=text, tone="info", event="activity-started")
    launch(started.activity)
    return response


@global_store.get("/product/<int(max=9223372036854775807):global_product_id>")
def show(global_product_id: int) -> Response:
    """One product: its variants, and where it is on sale."""
    row = products.get(global_product_id, g.shops)
    return page(
        "global_store/product.html", active="listings", row=row, product=row.product, why=VIEW_ONLY, where=WHERE
    )
