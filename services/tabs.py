"""Keeps each listing's tab, its product's status and the counters right, whatever moved. Everybody who changes a
listing's state calls `retab` in the same transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import load_only

from domain.tabs import Facts, Tab, product_status, tab
from models import Listing, ListingProblem, Product, db
from services import clock, counters
from services.counters import LISTING_PROBLEM, LISTING_TAB, PRODUCT_STATUS, Deltas

PART = 5000  # ids in one IN list; SQLite allows 32,766 variables a statement


def tab_of(listing: Listing) -> Tab:
    return tab(
        Facts(
            ready=listing.is_ready,
            checked=listing.checked_at is not None,
            intent=listing.intent,
            platform_status=listing.platform_status,
            audit_status=listing.audit_status,
            refused=listing.is_refused,
        )
    )


def problem_codes(listing_ids: Iterable[int]) -> dict[int, set[str]]:
    """The distinct problem codes of listings."""
    codes: dict[int, set[str]] = defaultdict(set)
    query = (
        select(ListingProblem.listing_id, ListingProblem.code)
        .where(ListingProblem.listing_id.in_(list(listing_ids)))
        .distinct()
    )
    for listing_id, code in db.session.execute(query):
        codes[listing_id].add(code)
    return codes


def chip(tab_name: str, code: str) -> str:
    """The counter's name of one problem within one tab; as long as its column takes."""
    return f"{tab_name}/{code}"[:60]


def retab(listings: Sequence[Listing], before: Mapping[int, set[str]] | None = None) -> None:
    """Recomputes tabs and writes all counters. `before` are the problem codes before this chunk rewrote them (none:
    unchanged)."""
    if not listings:
        return
    db.session.flush()
    deltas = Deltas()
    after = problem_codes(listing.id for listing in listings)
    touched: set[int] = set()
    for listing in listings:
        old, new = listing.tab, tab_of(listing)
        had = after.get(listing.id, set()) if before is None else before.get(listing.id, set())
        has = after.get(listing.id, set())
        if old != new or had != has:
            for code in had:
                deltas.add(LISTING_PROBLEM, listing.shop_id, chip(old, code), -1)
            for code in has:
                deltas.add(LISTING_PROBLEM, listing.shop_id, chip(new, code))
        if old != new:
            deltas.move(LISTING_TAB, listing.shop_id, old, new)
            listing.tab = new.value
            listing.changed_at = clock.now()
            if listing.product_id:
                touched.add(listing.product_id)
    db.session.flush()
    move_products(touched, deltas)
    deltas.write()


def move_products(product_ids: Iterable[int], deltas: Deltas) -> None:
    """Recomputes the status of products from the tabs of their listings."""
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), PART):
        _move_products(ids[start : start + PART], deltas)


def _move_products(ids: Sequence[int], deltas: Deltas) -> None:
    # Locked first: of two listings that move at once, the second sees where the first one went.
    products = db.session.scalars(
        select(Product)
        .where(Product.id.in_(ids))
        .order_by(Product.id)
        .options(load_only(Product.id, Product.status, Product.store_id, Product.deleted_at))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    tabs: dict[int, list[Tab]] = defaultdict(list)
    query = select(Listing.product_id, Listing.tab).where(Listing.product_id.in_(ids))
    for product_id, name in db.session.execute(query):
        if product_id is not None:
            tabs[product_id].append(Tab(name))
    moved: dict[str, list[int]] = defaultdict(list)  # new status -> products
    for product in products:
        status = product_status(tabs[product.id]).value
        if status != product.status:
            if product.deleted_at is None:  # what is gone from BigCommerce is not counted
                deltas.move(PRODUCT_STATUS, 0, product.status, status)
            moved[status].append(product.id)
    for status, changed in moved.items():  # one statement each: a row at a time took a minute for 3,000 products
        db.session.execute(update(Product).where(Product.id.in_(changed)).values(status=status))


def counts(shop_id: int | None) -> Mapping[str, int]:
    """Listings by tab."""
    return counters.read(LISTING_TAB, shop_id)


def chips(shop_id: int | None, tab_name: str) -> list[tuple[str, int]]:
    """Problems of one tab with how many listings have each, the most frequent first."""
    prefix = f"{tab_name}/"
    found = [
        (name.removeprefix(prefix), count)
        for name, count in counters.read(LISTING_PROBLEM, shop_id).items()
        if name.startswith(prefix)
    ]
    return sorted(((code, count) for code, count in found if count > 0), key=lambda pair: (-pair[1], pair[0]))
