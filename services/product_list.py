"""The list of products: filters, tabs with counts, keyset pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from domain.tabs import PRODUCT_WORDS, ProductStatus
from models import Counter, Listing, Product, Variant, db
from models.tenancy import scoped, tenant_id
from services import product_search
from services.counters import PRODUCT_STATUS

PAGE = 25
EXACT = 1000  # beyond so many hits a filtered list says "1,000+"
TABS: tuple[ProductStatus, ...] = (
    ProductStatus.NOT_UPLOADED,
    ProductStatus.IN_PROGRESS,
    ProductStatus.PENDING,
    ProductStatus.LIVE,
    ProductStatus.FAILED,
    ProductStatus.DRAFT,
)
TONES = {
    "not_uploaded": "quiet",
    "in_progress": "primary",
    "pending": "warning",
    "live": "success",
    "failed": "danger",
    "draft": "secondary",
}
SORTS = {
    # name in the address -> (column before the id, or None; descending)
    "newest": (None, True),
    "oldest": (None, False),
    "title": (Product.title, False),
}
TYPES = ("physical", "digital")


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list; everything empty is the whole catalog. The names are those in the address."""

    status: str = ""
    q: str = ""
    profile: int | None = None
    type: str = ""
    quantity_min: int | None = None
    quantity_max: int | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    brand: str = ""
    tags: str = ""
    sku: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab narrows the list."""
        return any(getattr(self, field.name) not in ("", None) for field in fields(self) if field.name != "status")

    @property
    def detailed(self) -> bool:
        """Whether a filter other than the search is set."""
        return bool(self.as_query().keys() - {"q", "status"})

    def as_query(self) -> dict[str, str]:
        """The parts that are set, as in the address."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) for name, value in values.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list."""

    id: int
    title: str
    sku: str
    image_url: str
    price: Decimal | None
    currency: str
    quantity: int
    is_tracked: bool
    variant_count: int
    status: str
    listings: int

    @property
    def word(self) -> str:
        return PRODUCT_WORDS[ProductStatus(self.status)]

    @property
    def tone(self) -> str:
        return TONES[self.status]


@dataclass(frozen=True, slots=True)
class Page:
    """A keyset page. `after` and `before`: product ids for the neighbours, None where none is; `first`: from 1."""

    lines: Sequence[Line]
    first: int
    after: int | None
    before: int | None
    total: int
    is_exact: bool

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    @property
    def total_text(self) -> str:
        return f"{self.total:,}" if self.is_exact else f"{self.total:,}+"


def tab_counts() -> Mapping[str, int]:
    """Products by status, from the maintained counters; "" is all of them."""
    query = select(Counter.name, Counter.count).where(Counter.scope == PRODUCT_STATUS, Counter.shop_id == 0)
    counts = {name: max(number, 0) for name, number in db.session.execute(query)}
    return {"": sum(counts.values()), **{status.value: counts.get(status.value, 0) for status in TABS}}


def matching(filters: Filters) -> Select[Any]:
    """The ids of everything that matches, whatever page is shown: what "select all" acts on."""
    return select(Product.id).where(*_conditions(filters))


def count(query: Select[Any], most: int | None = None) -> int:
    """How many ids a query has, counted up to `most`."""
    inner = (query if most is None else query.limit(most)).subquery()
    return int(db.session.scalar(scoped(select(func.count(inner.c.id)))) or 0)


def page(
    filters: Filters, sort: str = "newest", after: int | None = None, before: int | None = None, first: int = 1
) -> Page:
    """One page, behind the product `after` or ahead of `before`."""
    column, descending = SORTS.get(sort, SORTS["newest"])
    backwards = after is None and before is not None
    query = select(*_COLUMNS).where(*_conditions(filters))
    beyond = _beyond(column, descending != backwards, after if not backwards else before)
    if beyond is not None:
        query = query.where(beyond)
    turned = descending != backwards
    order = [column, Product.id] if column is not None else [Product.id]
    query = query.order_by(*(part.desc() if turned else part.asc() for part in order)).limit(PAGE + 1)
    rows = list(db.session.execute(query))
    more = len(rows) > PAGE
    rows = rows[:PAGE][::-1] if backwards else rows[:PAGE]
    ahead, behind = (more, True) if backwards else (after is not None, more)
    total, exact = _total(filters)
    start = max(1, first) if ahead else 1
    if not rows and beyond is not None:
        return page(filters, sort)  # what stood there is gone
    return Page(
        _lines(rows),
        start,
        rows[-1].id if rows and behind else None,
        rows[0].id if rows and ahead else None,
        total,
        exact,
    )


_COLUMNS = (
    Product.id,
    Product.title,
    Product.sku,
    Product.image_url,
    Product.price,
    Product.currency,
    Product.quantity,
    Product.inventory_tracking,
    Product.variant_count,
    Product.status,
)


def _beyond(column: Any, descending: bool, product_id: int | None) -> ColumnElement[bool] | None:
    """What lies beyond a product in the order."""
    if product_id is None:
        return None
    if column is None:
        return Product.id < product_id if descending else Product.id > product_id
    value = db.session.scalar(select(column).where(Product.id == product_id))
    if value is None:
        return None
    further = column < value if descending else column > value
    return or_(further, and_(column == value, Product.id < product_id if descending else Product.id > product_id))


def _lines(rows: Sequence[Any]) -> list[Line]:
    ids = [row.id for row in rows]
    counted = (
        select(Listing.product_id, func.count(Listing.id))
        .where(Listing.product_id.in_(ids))
        .group_by(Listing.product_id)
    )
    listings = {product_id: number for product_id, number in db.session.execute(counted)}
    return [
        Line(
            row.id,
            row.title,
            row.sku,
            row.image_url,
            row.price,
            row.currency,
            row.quantity,
            row.inventory_tracking != "none",
            row.variant_count,
            row.status,
            listings.get(row.id, 0),
        )
        for row in rows
    ]


def _total(filters: Filters) -> tuple[int, bool]:
    """How many match: exact from the counters when only the tab narrows, else counted up to a thousand."""
    if not filters.narrowed:
        return tab_counts().get(filters.status, 0), True
    number = count(matching(filters), EXACT + 1)
    return min(number, EXACT), number <= EXACT


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Product.store_id == tenant_id(), Product.deleted_at.is_(None)]
    if filters.status in PRODUCT_WORDS:
        found.append(Product.status == filters.status)
    if filters.type in TYPES:
        found.append(Product.type == filters.type)
    bounds = (
        (Product.quantity, filters.quantity_min, filters.quantity_max),
        (Product.price, filters.price_min, filters.price_max),
    )
    for column, low, high in bounds:
        if low is not None:
            found.append(column >= low)
        if high is not None:
            found.append(column <= high)
    if filters.brand:
        found.append(func.lower(Product.brand) == filters.brand.lower())
    if filters.tags:
        found.append(Product.tags.icontains(filters.tags, autoescape=True))
    if filters.sku:
        found.append(_sku(filters.sku))
    if filters.q:
        found.append(product_search.matching(filters.q))
    # Every product has a profile: the default one covers what no other does, and there is no other kind yet.
    return found


def _sku(sku: str) -> ColumnElement[bool]:
    """Exactly this SKU, on the product or one of its variants."""
    ids = select(Variant.product_id).where(Variant.store_id == tenant_id(), Variant.sku == sku)
    return or_(Product.sku == sku, Product.id.in_(ids))


def brands(limit: int = 200) -> list[str]:
    """Names to choose from."""
    query = select(Product.brand).where(Product.brand != "", Product.deleted_at.is_(None)).distinct()
    return list(db.session.scalars(query.order_by(Product.brand).limit(limit)))
