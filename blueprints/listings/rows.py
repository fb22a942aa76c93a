"""The rows of the list: what each listing would sell for, how ready it is, its first problem, what to press next."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from sqlalchemy import select

from blueprints.listings.wording import TONES
from domain import money
from domain.draft import Draft
from domain.tabs import DETAIL, WORDS, Tab
from models import Listing, ListingProblem, Product, Shop, db
from services import drafts, readiness


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, in words."""

    id: int
    title: str
    sku: str
    image_url: str
    shop: Shop
    price: str
    quantity: str
    score: int
    word: str
    tone: str
    note: str
    problem: str
    more: int
    action: str
    url: str
    is_panel: bool  # the action opens the listing


def build(listings: Sequence[Listing]) -> list[Row]:
    """One row for each listing, with a handful of queries for all of them."""
    ids = [listing.id for listing in listings]
    by_shop: dict[int, list[int]] = defaultdict(list)
    for listing in listings:
        by_shop[listing.shop_id].append(listing.id)
    shops = {shop.id: shop for shop in db.session.scalars(select(Shop).where(Shop.id.in_(by_shop)))}
    found: dict[int, Draft] = {}
    for shop_id, mine in by_shop.items():
        found |= {key: one.draft for key, one in drafts.prepare(shops[shop_id], mine).items()}
    wanted = {listing.product_id for listing in listings if listing.product_id}
    products = {row.id: row for row in db.session.scalars(select(Product).where(Product.id.in_(wanted)))}
    problems = readiness.problems(ids)
    return [
        _row(one, shops[one.shop_id], products.get(one.product_id or 0), found[one.id], problems[one.id])
        for one in listings
    ]


def _row(
    listing: Listing, shop: Shop, product: Product | None, draft: Draft, problems: Sequence[ListingProblem]
) -> Row:
    tab = Tab(listing.tab)
    serious = [one for one in problems if one.is_blocking or one.source != "rules"]
    shown = serious or (list(problems) if tab in (Tab.INCOMPLETE, Tab.FAILED) else [])
    action, url, is_panel = _action(listing, tab)
    return Row(
        listing.id,
        listing.title or (product.title if product else "Untitled"),
        product.sku if product else "",
        product.image_url if product else "",
        shop,
        price_range(draft),
        quantity(draft),
        listing.score,
        WORDS[tab],
        TONES[tab],
        note(listing, tab),
        shown[0].text if shown else "",
        max(0, len(shown) - 1),
        action,
        url,
        is_panel,
    )


def price_range(draft: Draft) -> str:
    prices = [sku.price for sku in draft.skus if sku.price is not None]
    return span(prices, draft.currency) if prices else "none"


def span(prices: Sequence[Decimal], currency: str) -> str:
    """ "12.00 to 15.00 USD", or one price."""
    low, high = min(prices), max(prices)
    if low == high:
        return money.show(low, currency)
    return f"{money.show(low, currency).rpartition(' ')[0]} to {money.show(high, currency)}"


def quantity(draft: Draft) -> str:
    known = [sku.quantity for sku in draft.skus if sku.quantity is not None]
    return f"{sum(known):,}" if known else "unknown"


def note(listing: Listing, tab: Tab) -> str:
    """The finer word under the status."""
    if listing.is_stale:
        return "being rechecked"
    if not listing.is_enabled:
        return "held back"
    if tab is Tab.LIVE and listing.audit_status == "AUDITING":
        return "edit in review"
    if tab is Tab.LIVE and listing.audit_status == "FAILED":
        return "last edit refused"
    return DETAIL.get(listing.platform_status, "") if tab is Tab.DEACTIVATED else ""


def _action(listing: Listing, tab: Tab) -> tuple[str, str, bool]:
    here = url_for("listings.show", listing_id=listing.id)
    again = url_for("listings.confirm", id=listing.id, tab=tab.value)
    if tab is Tab.INCOMPLETE:
        return "Complete", here, True
    if tab is Tab.READY and listing.is_enabled:
        return "Publish", again, False
    if tab is Tab.FAILED and listing.is_ready and listing.is_enabled:
        return "Publish again", again, False
    return "See", here, True
