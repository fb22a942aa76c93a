"""The rows of the list: what each listing would sell for, how ready it is, its first problem, what to press next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from flask import g
from sqlalchemy import select

from blueprints.layout import ROW, address
from blueprints.listings.wording import TONES
from blueprints.words import spoken
from domain import money
from domain.draft import Draft
from domain.tabs import DETAIL, Tab
from models import Shop, db
from services import drafts, listing_summary


class Row(NamedTuple):
    """One line of the list, in words and addresses."""

    id: int
    title: str
    sku: str
    image_url: str
    shop: str
    market: str
    price: str
    quantity: str
    score: int
    word: str
    tone: str
    note: str
    problem: str
    more: int
    action: str
    url: str  # of the action
    panel: str  # how the action opens the listing: "wide", or empty
    show: str  # address of the listing


def build(found: Sequence[Any]) -> list[Row]:
    """One row for each line that `listing_pages.page` read."""
    shops: dict[int, Shop] = {shop.id: shop for shop in g.shops}
    if left := {one.shop_id for one in found} - shops.keys():  # listings of a shop that was disconnected
        shops |= {shop.id: shop for shop in db.session.scalars(select(Shop).where(Shop.id.in_(left)))}
    sums = _unsummed([one for one in found if one.currency is None], shops)
    before, _, behind = address("listings.show", listing_id=ROW).partition(str(ROW))
    return [_row(one, shops[one.shop_id], sums.get(one.id, one), f"{before}{one.id}{behind}") for one in found]


class Sums(NamedTuple):
    """What the check keeps beside a listing, worked out for one it has not come to."""

    currency: str
    price_low: int | None
    price_high: int | None
    quantity: int | None


def _unsummed(found: Sequence[Any], shops: Mapping[int, Shop]) -> dict[int, Sums]:
    by_shop: dict[int, list[int]] = defaultdict(list)
    for one in found:
        by_shop[one.shop_id].append(one.id)
    sums: dict[int, Sums] = {}
    for shop_id, mine in by_shop.items():
        for key, one in drafts.prepare(shops[shop_id], mine).items():
            of = listing_summary.of(one.draft)
            low, high = (None if of[name] is None else money.to_units(of[name]) for name in ("price_low", "price_high"))
            sums[key] = Sums(of["currency"], low, high, of["quantity"])
    return sums


_TABS = {tab.value: (tab, TONES[tab]) for tab in Tab}


def _row(one: Any, shop: Shop, sums: Any, show: str) -> Row:
    tab, tone = _TABS[one.tab]
    shown = one.serious or (one.problems if tab in (Tab.INCOMPLETE, Tab.FAILED) else 0)
    action, url, panel = _action(one, tab, show)
    return Row(
        one.id,
        one.title or one.product_title or "Untitled",
        one.sku or "",
        one.image_url or "",
        shop.name,
        shop.market,
        _prices(sums),
        "unknown" if sums.quantity is None else f"{sums.quantity:,}",
        one.score,
        spoken().listings[tab],
        tone,
        note(one, tab),
        one.problem if shown else "",
        max(0, shown - 1),
        action,
        url,
        panel,
        show,
    )


def _prices(sums: Any) -> str:
    """As `span`, from what is stored."""
    if sums.price_low is None:
        return "none"
    low = money.show_units(sums.price_low, sums.currency)
    if sums.price_low == sums.price_high:
        return low
    return f"{low.rpartition(' ')[0]} to {money.show_units(sums.price_high, sums.currency)}"


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


def note(listing: Any, tab: Tab) -> str:
    """The finer word under the status."""
    if listing.is_stale:
        return "being rechecked"
    if not listing.is_enabled:
        return "held back"
    if tab is Tab.LIVE and listing.audit_status == "AUDITING":
        return "edit in review"
    if tab is Tab.LIVE and listing.audit_status == "FAILED":
        return "last edit refused"
    if getattr(listing, "unsent", False):
        return "changes not on TikTok yet"
    return DETAIL.get(listing.platform_status, "") if tab is Tab.DEACTIVATED else ""


def _action(one: Any, tab: Tab, show: str) -> tuple[str, str, str]:
    if tab is Tab.INCOMPLETE:
        return "Complete", show, "wide"
    if tab is Tab.READY and one.is_enabled:
        return "Publish", _again(one.id, tab), ""
    if tab is Tab.FAILED and one.is_ready and one.is_enabled:
        return "Publish again", _again(one.id, tab), ""
    return "See", show, "wide"


def _again(listing_id: int, tab: Tab) -> str:
    before, _, behind = address("listings.confirm", id=ROW, tab=tab.value).partition(str(ROW))
    return f"{before}{listing_id}{behind}"
