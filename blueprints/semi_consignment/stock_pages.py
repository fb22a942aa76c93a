"""The semi-consignment store's Active page: seven words, sync, publish again, stock of one or many."""

from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy import Select, select

from blueprints.layout import within
from blueprints.page import done, page
from blueprints.semi_consignment.area import chosen, frame, number, numbers, one, semi_consignment, stores
from domain.semi import PUBLISHED_AGAIN, TONES, WORDS, SemiStatus
from jobs.launch import launch
from models import Listing, SemiListing, Shop
from services import semi
from services.activities import Started
from services.errors import Invalid
from services.semi import pairs, products, publishing, stock
from services.semi.products import Wanted
from services.spreadsheets.kinds.semi_stock import SemiStock

KIND = SemiStock.name


def wanted(shop: Shop) -> Wanted:
    said = request.values.get("status", "")
    return Wanted(shop.id, said if said in set(SemiStatus) else "", request.values.get("q", "")[:200])


def as_query(asked: Wanted) -> dict[str, Any]:
    parts = {"status": asked.status, "q": asked.search.strip()}
    return {name: value for name, value in parts.items() if value}


@semi_consignment.get("/")
def index() -> Response:
    """What of mine sells in the platform's stores."""
    semi.demand()
    shop = chosen(stores())
    if shop is None:
        return page("semi_consignment/index.html", shop=None, stores=[],
                    candidates=pairs.markets(g.shops), **frame("products"))  # fmt: skip
    asked = wanted(shop)
    counts, found, query = products.counts(asked), products.find(asked, number("after")), as_query(asked)
    here = {name: value for name, value in query.items() if name != "status"}
    tabs = [("All", url_for("semi_consignment.index", shop=shop.id, **here), sum(counts.values()), not asked.status)]
    tabs += [
        (WORDS[name], url_for("semi_consignment.index", shop=shop.id, status=name.value, **here), count,
         asked.status == name)
        for name, count in counts.items()
    ]  # fmt: skip
    pair = pairs.of_semi(shop)
    return page(
        "semi_consignment/index.html",
        "semi_consignment/_list.html",
        shop=shop,
        stores=stores(),
        pair=pair,
        tab_items=tabs,
        wanted=asked,
        query=query,
        count=counts[SemiStatus(asked.status)] if asked.status else sum(counts.values()),
        found=found,
        words=WORDS,
        tones=TONES,
        again=PUBLISHED_AGAIN,
        places=products.places(shop),
        follows=stock.pushed(shop),
        kind=KIND,
        next_url=url_for("semi_consignment.index", shop=shop.id, after=found.after, **query) if found.after else "",
        first_url=url_for("semi_consignment.index", shop=shop.id, **query) if number("after") else "",
        **frame("products"),
    )


Given = list[tuple[str, str]]


def selected(shop: Shop) -> tuple[Select[Any], Given]:
    """The selected products of the store, and the selection as fields of a form."""
    of_shop = [("of_shop", str(shop.id))]
    if request.values.get("all"):
        asked = wanted(shop)
        return asked.query(), [("all", "1"), *of_shop, *as_query(asked).items()]
    ids = numbers("id")
    if not ids:
        raise Invalid("No product is selected. Tick some, or select all that match.", "Back", semi.WHERE)
    return Wanted(shop.id).query().where(Listing.id.in_(ids)), [*of_shop, *[("id", str(each)) for each in ids]]


@semi_consignment.post("/sync")
def sync() -> Response:
    """Reads state and stock of the selected products from TikTok."""
    semi.demand()
    shop = one(stores())
    return _begun(stock.sync(g.actor, shop, selected(shop)[0]), "Products are being read.")


def _begun(started: Started, toast: str) -> Response:
    where = within(f"/activities/{started.activity.id}")
    response = done(where, toast=toast, tone="info", event="activity-started")
    launch(started.activity)
    return response


@semi_consignment.get("/more")
def publish_more() -> Response:
    """Publishes the selected products from their local store once more, or to further stores (S1-43, S1-44)."""
    semi.demand()
    shop = one(stores())
    pair = pairs.of_semi(shop)
    if pair is None or pair.local.id not in {each.id for each in g.shops}:
        raise Invalid("This store has no local store here to publish from.", "Pairs", "/semi-consignment/pairs")
    sources = select(SemiListing.source_id).where(
        SemiListing.listing_id.in_(selected(shop)[0]), SemiListing.source_id.is_not(None)
    )
    found = select(Listing.id).where(Listing.id.in_(sources), Listing.shop_id == pair.local_shop_id)
    ids = list(publishing.listing_ids(found))
    if not ids:
        raise Invalid("The local listings of these products are gone.", "Back", semi.WHERE)
    plan = publishing.plan(pair.local, found)
    given = [("of_shop", str(pair.local_shop_id)), *[("id", str(each)) for each in ids]]
    return page("semi_consignment/preview.html", "semi_consignment/_preview.html", plan=plan, given=given,
                back=url_for("semi_consignment.index", shop=shop.id), **frame("products"))  # fmt: skip


@semi_consignment.get("/stock")
def look_at_stock() -> Response:
    """The same change for many: chosen, then looked at; sends nothing."""
    semi.demand()
    shop = one(stores())
    listings, given = selected(shop)
    way, typed, place = request.args.get("way", ""), request.args.get("count", ""), request.args.get("place", "")
    plan = stock.plan(shop, listings, way, _count(typed), place) if typed or way else None
    return page(
        "semi_consignment/stock.html",
        shop=shop,
        given=given,
        plan=plan,
        ways=stock.WAYS,
        way=way or stock.SET,
        typed=typed,
        place=place,
        places=products.places(shop),
        **frame("products"),
    )


def _count(text: str) -> int:
    text = text.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Invalid(f"Type a whole number between 0 and {stock.MOST:,}.", "Back", semi.WHERE)
    return int(text)


@semi_consignment.post("/stock")
def tell_many() -> Response:
    """Sends what was looked at."""
    semi.demand()
    shop = one(stores())
    form = request.form
    plan = stock.plan(
        shop, selected(shop)[0], form.get("way", ""), _count(form.get("count", "")), form.get("place", "")
    )
    return _begun(stock.start(g.actor, shop, stock.numbers(plan.changes)), "Stock is being told.")


@semi_consignment.get("/product/<int(max=9223372036854775807):listing_id>")
def show(listing_id: int) -> Response:
    """One product: its stock by SKU and warehouse, to be edited; everything else with the reason why not."""
    semi.demand()
    shop, row = _product(listing_id)
    return page(
        "semi_consignment/product.html",
        "semi_consignment/_product.html",
        shop=shop,
        row=row,
        word=WORDS[row.status],
        tone=TONES[row.status],
        places=products.places(shop),
        why=stock.why_closed(shop, row),
        again=row.status in PUBLISHED_AGAIN,
        **frame("products"),
    )


def _product(listing_id: int) -> tuple[Shop, products.Row]:
    shop = next((each for each in stores() if products.has(each, listing_id)), None)
    return (shop, products.get(shop, listing_id)) if shop else (one(stores()), products.get(one(stores()), listing_id))


@semi_consignment.post("/product/<int(max=9223372036854775807):listing_id>")
def tell(listing_id: int) -> Response:
    """Sends the numbers that were typed."""
    semi.demand()
    shop, row = _product(listing_id)
    typed: dict[int, dict[str, int]] = {}
    for line in row.lines:
        for place in line.places:
            if (text := request.form.get(f"count-{line.id}-{place}", "")) != "":
                typed.setdefault(line.id, {})[place] = _count(text)
    return _begun(stock.start(g.actor, shop, typed), "Stock is being told.")
