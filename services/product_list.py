"""The list of products: filters, tabs with counts, keyset pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from domain.money import show_units
from domain.tabs import PRODUCT_WORDS, ProductStatus
from models import Activity, Counter, Listing, Product, Profile, Variant, db
from models.base import Key
from models.tenancy import scoped, tenant_id
from services import product_search, profile_members, tags
from services.bulk import table_of
from services.counters import PRODUCT_STATUS
from services.prepared import STORE, prepared, rows

_activity, _counter, _listing, _product, _profile = map(table_of, (Activity, Counter, Listing, Product, Profile))
IMPORT = "catalog_import"
PAGE = 50
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
    "title": (_product.c.title, False),
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
    tag: str = ""

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


class Line(NamedTuple):
    """One row of the list, in words. `quantity` is empty where stock is not tracked, `price` where none is known."""

    id: int
    title: str
    sku: str
    image_url: str
    price: str
    quantity: str
    variants: int
    word: str
    tone: str
    listings: int


@dataclass(frozen=True, slots=True)
class Page:
    """A keyset page. `after` and `before`: product ids for the neighbours, None where none is; `first`: from 1."""

    lines: Sequence[Line]
    first: int
    after: int | None
    before: int | None
    total: int
    is_exact: bool
    profiles: Mapping[int, str]  # names by product, where it is not the default profile everywhere

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    @property
    def total_text(self) -> str:
        return f"{self.total:,}" if self.is_exact else f"{self.total:,}+"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the rows: products by status ("" is all of them), the default profiles, the last import."""

    counts: Mapping[str, int]
    profiles: Mapping[int, str]  # by shop
    imported: str

    def profile_names(self, shop_ids: Sequence[int]) -> str:
        """What prepares every product at the moment: the default profile of each shop."""
        return ", ".join(dict.fromkeys(self.profiles[one] for one in shop_ids if one in self.profiles))


_COUNTS = select(literal("status").label("kind"), _counter.c.name, _counter.c.count.label("number")).where(
    _counter.c.store_id == STORE, _counter.c.scope == PRODUCT_STATUS, _counter.c.shop_id == 0
)
_PROFILES = select(literal("profile"), _profile.c.name, _profile.c.shop_id).where(
    _profile.c.store_id == STORE, _profile.c.is_default
)
_LAST_IMPORT = (
    select(literal("import").label("kind"), _activity.c.message.label("name"), literal(0).label("number"))
    .where(_activity.c.store_id == STORE, _activity.c.kind == IMPORT, _activity.c.state == "finished")
    .order_by(_activity.c.id.desc())
    .limit(1)
    .subquery()
)
_HEAD = prepared(union_all(_COUNTS, _PROFILES, select(_LAST_IMPORT)))


def head() -> Head:
    """In one statement."""
    found: dict[str, dict[Any, Any]] = {"status": {}, "profile": {}, "import": {}}
    for kind, name, number in rows(_HEAD):
        found[kind][number if kind == "profile" else name] = name if kind == "profile" else number
    counts = {name: max(number, 0) for name, number in found["status"].items()}
    by_status = {"": sum(counts.values()), **{status.value: counts.get(status.value, 0) for status in TABS}}
    return Head(by_status, dict(sorted(found["profile"].items())), next(iter(found["import"]), ""))


def tab_counts() -> Mapping[str, int]:
    """Products by status, from the maintained counters; "" is all of them."""
    return head().counts


def matching(filters: Filters) -> Select[Any]:
    """The ids of everything that matches, whatever page is shown: what "select all" acts on."""
    return select(Product.id).where(*_conditions(filters))


def count(query: Select[Any], most: int | None = None) -> int:
    """How many ids a query has, counted up to `most`."""
    inner = (query if most is None else query.limit(most)).subquery()
    return int(db.session.scalar(scoped(select(func.count(inner.c.id)))) or 0)


def page(
    filters: Filters,
    sort: str = "newest",
    after: int | None = None,
    before: int | None = None,
    first: int = 1,
    counts: Mapping[str, int] | None = None,
) -> Page:
    """One page, behind the product `after` or ahead of `before`. `counts`: those of the head, where it was read."""
    backwards = after is None and before is not None
    cursor = before if backwards else after
    conditions = _conditions(filters) if filters.narrowed else None
    values = {"cursor": cursor, "status": filters.status, "most": PAGE + 1}
    shape = _Shape(sort if sort in SORTS else "newest", backwards, cursor is not None, filters.status in PRODUCT_WORDS)
    query = _plain(shape) if conditions is None else prepared(_select(shape).where(*conditions))
    found = rows(query, **{name: value for name, value in values.items() if name in shape.names})
    if not found and cursor is not None:
        return page(filters, sort, counts=counts)  # what stood there is gone
    more = len(found) > PAGE
    found = found[:PAGE][::-1] if backwards else found[:PAGE]
    ahead, behind = (more, True) if backwards else (after is not None, more)
    if conditions is None:
        total, exact = (counts or tab_counts()).get(filters.status, 0), True
    else:
        total = count(select(Product.id).where(*conditions), EXACT + 1)
        total, exact = min(total, EXACT), total <= EXACT
    return Page(
        [_line(row) for row in found],
        max(1, first) if ahead else 1,
        found[-1].id if found and behind else None,
        found[0].id if found and ahead else None,
        total,
        exact,
        _profile_names([row.id for row in found]),
    )


def _profile_names(product_ids: Sequence[int]) -> dict[int, str]:
    """What prepares these products where a rule takes them; shops that agree are named once."""
    by_shop = profile_members.names(product_ids)
    return {product_id: ", ".join(dict.fromkeys(names.values())) for product_id, names in by_shop.items()}


class _Shape(NamedTuple):
    """What a list's statement depends on; its values are bound."""

    sort: str
    backwards: bool
    has_cursor: bool
    has_status: bool

    @property
    def names(self) -> set[str]:
        return {"most", *(["cursor"] if self.has_cursor else []), *(["status"] if self.has_status else [])}


_LISTINGS = (
    select(func.count(_listing.c.id))
    .where(_listing.c.store_id == STORE, _listing.c.product_id == _product.c.id)
    .scalar_subquery()
    .label("listings")
)
_COLUMNS = (
    _product.c.id,
    _product.c.title,
    _product.c.sku,
    _product.c.image_url,
    type_coerce(_product.c.price, Key).label("price"),
    _product.c.currency,
    _product.c.quantity,
    _product.c.inventory_tracking,
    _product.c.variant_count,
    _product.c.status,
    _LISTINGS,
)


def _select(shape: _Shape) -> Select[Any]:
    column, descending = SORTS[shape.sort]
    turned = descending != shape.backwards
    order = [_product.c.id] if column is None else [column, _product.c.id]
    query = select(*_COLUMNS).where(_product.c.store_id == STORE, _product.c.deleted_at.is_(None))
    if shape.has_status:
        query = query.where(_product.c.status == bindparam("status", type_=String))
    if shape.has_cursor:
        query = query.where(_beyond(column, turned))
    most = bindparam("most", type_=Key)
    return query.order_by(*(part.desc() if turned else part.asc() for part in order)).limit(most)


@cache
def _plain(shape: _Shape) -> Select[Any]:
    return prepared(_select(shape))


def _beyond(column: Any, descending: bool) -> ColumnElement[bool]:
    """What lies beyond the cursor in the order; both sides are compared as pairs, so that one index serves."""
    cursor = bindparam("cursor", type_=Key)
    if column is None:
        return _product.c.id < cursor if descending else _product.c.id > cursor
    other = _product.alias()
    mark = select(other.c.title).where(other.c.store_id == STORE, other.c.id == cursor).scalar_subquery()
    here, there = tuple_(column, _product.c.id), tuple_(mark, cursor)
    return here < there if descending else here > there


_STATUS = {status.value: (PRODUCT_WORDS[status], TONES[status.value]) for status in ProductStatus}


def _line(row: Any) -> Line:
    (number, title, sku, image, price, currency, quantity, tracking, variants, status, listings) = row
    return Line(
        number,
        title,
        sku,
        image,
        "" if price is None else show_units(price, currency),
        "" if tracking == "none" else f"{quantity:,}",
        variants,
        *_STATUS[status],
        listings,
    )


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
    if filters.tag:
        found.append(tags.having(filters.tag, Product.id))
    if filters.sku:
        found.append(_sku(filters.sku))
    if filters.q:
        found.append(product_search.matching(filters.q))
    if filters.profile is not None and profile_members.ready():
        found.append(_of_profile(filters.profile))
    return found


def _of_profile(profile_id: int) -> ColumnElement[bool]:
    """Prepared by this profile; nothing where it does not exist any more."""
    profile = db.session.scalar(select(Profile).where(Profile.id == profile_id))
    return false() if profile is None else profile_members.products_of(profile)


def _sku(sku: str) -> ColumnElement[bool]:
    """Exactly this SKU, on the product or one of its variants."""
    ids = select(Variant.product_id).where(Variant.store_id == tenant_id(), Variant.sku == sku)
    return or_(Product.sku == sku, Product.id.in_(ids))


_BRAND = bindparam("brand", type_=String)
_NEXT_BRAND = prepared(
    select(func.min(_product.c.brand)).where(_product.c.store_id == STORE, _product.c.brand > _BRAND)
)


def brands(limit: int = 60) -> list[str]:
    """Names to choose from, found by leaping from one to the next in their index."""
    found: list[str] = []
    while len(found) < limit and (name := rows(_NEXT_BRAND, brand=found[-1] if found else "")[0][0]) is not None:
        found.append(name)
    return found
