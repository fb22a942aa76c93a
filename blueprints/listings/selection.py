"""Which listings a person means: the ticked ones, or all that match the filter in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request
from sqlalchemy import Select, func, select

from domain.tabs import Tab
from models import Listing, Shop, db
from services.errors import Invalid
from services.listings import Filter

LARGEST = 2**63 - 1
MOST = 5000  # keys in one IN list; SQLite allows 32,766 variables a statement
ALL = "all"


def number(name: str) -> int | None:
    """A number of the address that a key can be."""
    value = request.values.get(name, "")
    return key(value)


def key(text: str) -> int | None:
    """A text that can be a row's key; Python refuses to read thousands of digits."""
    short = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if short and int(text) <= LARGEST else None


def read_filter(tab: str = "") -> Filter:
    """The filter in the address, or in a form that repeats it."""
    wanted = tab or request.values.get("tab", "")
    return Filter(
        shop_id=g.shop.id if g.shop else None,
        tab=wanted if wanted in set(Tab) else "",
        problem=request.values.get("problem", "")[:60],
        search=request.values.get("q", "")[:200],
        category=request.values.get("category_filter", "")[:32],
        tag=request.values.get("tag_filter", "")[:60],
        profile=number("profile"),
        unsent=bool(request.values.get("unsent")),
    )


def as_query(wanted: Filter) -> dict[str, Any]:
    """The parts that are set, as in the address; "all" names the missing tab."""
    parts = {
        "tab": wanted.tab or ALL,
        "problem": wanted.problem,
        "q": wanted.search.strip(),
        "category_filter": wanted.category,
        "tag_filter": wanted.tag,
        "profile": str(wanted.profile) if wanted.profile else "",
        "unsent": "1" if wanted.unsent else "",
    }
    return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class Selection:
    """`everything`: all that match the filter, whatever pages they stand on."""

    filter: Filter
    everything: bool
    ids: tuple[int, ...]

    def query(self, shop: Shop | None = None) -> Select[Any]:
        """SELECT of the listing ids, of one shop when it is named."""
        query = self.filter.query() if self.everything else select(Listing.id).where(Listing.id.in_(self.ids))
        shop_id = shop.id if shop else self.filter.shop_id
        return query.where(Listing.shop_id == shop_id) if shop_id is not None else query

    def count(self, shop: Shop | None = None) -> int:
        return db.session.scalar(select(func.count(Listing.id)).where(Listing.id.in_(self.query(shop)))) or 0

    def fields(self) -> list[tuple[str, str]]:
        """As hidden inputs of a form, or as the query of a link."""
        if self.everything:
            return [("all", "1"), *as_query(self.filter).items()]
        return [("id", str(listing_id)) for listing_id in self.ids] + [("tab", self.filter.tab or ALL)]

    def arguments(self) -> dict[str, Any]:
        """For url_for: names may repeat."""
        found: dict[str, Any] = {}
        for name, value in self.fields():
            found.setdefault(name, []).append(value)
        return found

    def shops(self) -> list[Shop]:
        """The shops that the selected listings belong to."""
        used = set(db.session.scalars(select(Listing.shop_id).where(Listing.id.in_(self.query())).distinct()))
        return [shop for shop in g.shops if shop.id in used]


def read() -> Selection:
    """The selection of this request; a selection of nothing is refused."""
    everything = bool(request.values.get("all"))
    given = [key(value) for value in dict.fromkeys(request.values.getlist("id"))]
    ids = tuple(one for one in given if one is not None)
    if len(ids) > MOST:
        raise Invalid(f"More than {MOST:,} listings were named one by one. Select all that match instead.")
    chosen = Selection(read_filter(), everything, ids)
    if (not everything and not ids) or not chosen.count():
        raise Invalid("No listing is selected. Tick some, or select all that match.", "See listings", "/listings/")
    return chosen


def one_shop(chosen: Selection) -> Shop | None:
    """The shop it is about; None when the listings belong to several and one must be chosen."""
    shops: Sequence[Shop] = [g.shop] if g.shop else chosen.shops()
    return shops[0] if len(shops) == 1 else None


ACTIONS = {
    "category": "Set category",
    "brand": "Set brand",
    "package": "Set package weight & size",
    "attributes": "Set attributes",
    "remove": "Remove from workspace",
}
"""What can be done with many listings at once, besides publishing."""
