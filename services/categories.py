"""The category tree of a shop as last read, and what a category demands. Pages ask these rows, never the platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from clients.errors import ClientError, Refused
from clients.tiktok.api import TikTok
from clients.tiktok.models import Attribute, CategoryRules
from clients.tiktok.models import Brand as BrandRow
from clients.tiktok.models import Category as CategoryRow
from domain.categories import CategoryNode, Index, Suggestion
from domain.draft import AttributeNeed, CategoryNeeds, CertificationNeed
from models import Category, Shop, db
from models.tenancy import tenant
from services import attribute_names, clock
from services.errors import NotFound, ServiceError

BRAND_PAGES = 5  # of 100; what a picker can sensibly show without asking again
PERMISSIONS = {
    "AVAILABLE": ("Open to every shop", ""),
    "INVITE_ONLY": (
        "By invitation",
        "TikTok must approve your shop for this category. Listings are kept back until it does; apply in Seller Center "
        "→ Qualification center.",
    ),
    "NON_MAIN_CATEGORY": (
        "Not your main category",
        "Your shop is registered for another main category, so TikTok may refuse products here.",
    ),
    "PROHIBITED": ("Prohibited", "TikTok does not allow products of this category in this market."),
}


class CategoryUnread(ServiceError):
    """What the category demands could not be read from TikTok."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand TikTok knows in a category."""

    id: str
    name: str
    authorised: bool


@dataclass(frozen=True, slots=True)
class NeedsRead:
    """What was read of one category and is not yet recorded."""

    category_id: str
    needs: dict[str, Any]


def record_tree(shop: Shop, rows: Sequence[CategoryRow]) -> int:
    """Keeps the tree as just read; how many nodes. What was read of a category's needs stays."""
    names = {row.id: row for row in rows}
    paths: dict[str, list[str]] = {}

    def path(row: CategoryRow, depth: int = 0) -> list[str]:
        if row.id not in paths:
            parent = names.get(row.parent_id)
            above = path(parent, depth + 1) if parent is not None and depth < 12 else []
            paths[row.id] = [*above, row.local_name]
        return paths[row.id]

    known = {row.tiktok_id: row for row in db.session.scalars(select(Category).where(Category.shop_id == shop.id))}
    for row in names.values():
        found = known.pop(row.id, None)
        if found is None:
            found = Category(store_id=shop.store_id, shop_id=shop.id, tiktok_id=row.id)
            db.session.add(found)
        # An unchanged row stays clean, so a second reading writes only what is new.
        found.parent_id, found.name, found.path = row.parent_id or "0", row.local_name[:255], path(row)
        found.is_leaf, found.permissions = row.is_leaf, list(row.permission_statuses) or ["AVAILABLE"]
    for gone in known.values():
        db.session.delete(gone)
    shop.tree_read_at = clock.now()
    db.session.flush()
    return len(names)


def nodes(shop: Shop) -> list[CategoryNode]:
    """Every category of the shop's tree."""
    query = select(Category.tiktok_id, Category.path, Category.is_leaf).where(Category.shop_id == shop.id)
    return [CategoryNode(key, tuple(path), leaf) for key, path, leaf in db.session.execute(query)]


def index(shop: Shop) -> Index:
    """The tree ready to be searched; built once per process and reading of the tree."""
    read = shop.tree_read_at.isoformat() if shop.tree_read_at else ""
    return _index(shop.store_id, shop.id, read)


@lru_cache(maxsize=16)
def _index(store_id: int, shop_id: int, read: str) -> Index:
    with tenant(store_id):
        query = select(Category.tiktok_id, Category.path, Category.is_leaf).where(Category.shop_id == shop_id)
        return Index([CategoryNode(key, tuple(path), leaf) for key, path, leaf in db.session.execute(query)])


def search(shop: Shop, query: str, limit: int = 20) -> list[Category]:
    """Leaves for the picker, best first."""
    return _rows(shop, [node.id for node in index(shop).search(query, limit)])


def suggest(shop: Shop, name: str, path: tuple[str, ...] = (), limit: int = 3) -> tuple[Suggestion, ...]:
    """The likeliest leaves for a product's name and its category path in the store."""
    return index(shop).suggest(name, path, limit=limit)


def suggest_for_catalog(
    shop: Shop, products: Sequence[tuple[str, tuple[str, ...]]], limit: int = 5
) -> list[tuple[Category, str]]:
    """The leaves most products point to, with the reason in words: how many, and one of them by name."""
    votes: dict[str, float] = {}
    voters: dict[str, list[str]] = {}
    found = index(shop)
    for name, path in products:
        for suggestion in found.suggest(name, path, limit=1):
            votes[suggestion.category_id] = votes.get(suggestion.category_id, 0.0) + suggestion.confidence
            voters.setdefault(suggestion.category_id, []).append(name)
    best = sorted(votes, key=lambda key: (-votes[key], key))[:limit]
    rows = {row.tiktok_id: row for row in _rows(shop, best)}
    return [(rows[key], _why(voters[key], len(products))) for key in best if key in rows]


def _why(names: Sequence[str], total: int) -> str:
    count = f"{len(names)} of {total} products looked at" if len(names) > 1 else "1 product"
    return f"fits {count}, such as “{names[0]}”"


def children(shop: Shop, parent_id: str = "0") -> Sequence[Category]:
    """The categories below one, for walking down the tree."""
    query = select(Category).where(Category.shop_id == shop.id, Category.parent_id == (parent_id or "0"))
    return db.session.scalars(query.order_by(Category.is_leaf, Category.name)).all()


def trail(shop: Shop, category_id: str) -> list[Category]:
    """From the root to the category, itself last."""
    found: list[Category] = []
    while category_id not in ("", "0") and len(found) < 12:
        row = get(shop, category_id)
        if row is None:
            break
        found.insert(0, row)
        category_id = row.parent_id
    return found


def get(shop: Shop, category_id: str) -> Category | None:
    return db.session.scalar(select(Category).where(Category.shop_id == shop.id, Category.tiktok_id == category_id))


def leaf(shop: Shop, category_id: str) -> Category:
    """The category, if products can be listed in it."""
    row = get(shop, category_id)
    if row is None or not row.is_leaf:
        raise NotFound("This category does not exist or is not a final one. Choose one without categories below it.")
    return row


def _rows(shop: Shop, ids: Sequence[str]) -> list[Category]:
    query = select(Category).where(Category.shop_id == shop.id, Category.tiktok_id.in_(ids))
    rows = {row.tiktok_id: row for row in db.session.scalars(query)}
    return [rows[key] for key in ids if key in rows]


def needs(shop: Shop, category_id: str) -> CategoryNeeds | None:
    """What the category demands, as last read; None when it was never read."""
    row = get(shop, category_id)
    return None if row is None or row.needs is None else needs_of(row)


def needs_of(row: Category) -> CategoryNeeds:
    content = row.needs or {}
    return CategoryNeeds(
        id=row.tiktok_id,
        path=tuple(row.path),
        leaf=row.is_leaf,
        permissions=frozenset(row.permissions),
        attributes=tuple(_need(attribute) for attribute in content.get("attributes", ())),
        certifications=tuple(
            CertificationNeed(
                item["id"],
                item["name"],
                item["required"],
                _pairs(item["conditions"]),
                bool(item.get("expires")),
                str(item.get("details", "")),
            )
            for item in content.get("certifications", ())
        ),
        dimensions_required=bool(content.get("dimensions_required")),
        size_chart_required=bool(content.get("size_chart_required")),
        size_chart_supported=bool(content.get("size_chart_supported")),
    )


def _need(item: dict[str, Any]) -> AttributeNeed:
    return AttributeNeed(**{**item, "values": _pairs(item["values"]), "conditions": _pairs(item["conditions"])})


def _pairs(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one), str(other)) for one, other in rows)


def fetch_needs(client: TikTok, category_id: str) -> NeedsRead:
    """Reads rules, attributes and the first brands of a leaf; touches no rows."""
    try:
        return read(client, category_id)
    except Refused as refused:
        raise CategoryUnread(
            f"TikTok Shop does not open this category to the shop (code {refused.code}: "
            f"{refused.text}). Choose another "
            "one."
        ) from refused
    except ClientError as broken:
        raise CategoryUnread(
            f"TikTok Shop did not say what this category demands ({broken.text}). Choose it again in a minute."
        ) from broken


def read(client: TikTok, category_id: str) -> NeedsRead:
    """The same for a worker, which deals with what the client raises."""
    rules, attributes = client.category_rules(category_id), client.category_attributes(category_id)
    return NeedsRead(category_id, as_json(rules, attributes, _brands(client, category_id)))


def _brands(client: TikTok, category_id: str) -> list[BrandRow]:
    found: list[BrandRow] = []
    token = ""
    for _ in range(BRAND_PAGES):
        page = client.brands(category_id, token)
        found += page.brands
        token = page.next_page_token
        if not token:
            break
    return found


def record_needs(shop: Shop, read: NeedsRead) -> CategoryNeeds:
    """Keeps what was read of a leaf; mappings follow attributes that were renamed."""
    row = leaf(shop, read.category_id)
    attribute_names.follow(shop, row.tiktok_id, row.path, attribute_names.renamed(row.needs, read.needs))
    row.needs, row.needs_read_at = read.needs, clock.now()
    db.session.flush()
    return needs_of(row)


def read_needs(client: TikTok, shop: Shop, category_id: str) -> CategoryNeeds:
    """Fetches and keeps in one go, for workers that hold no transaction open."""
    return record_needs(shop, fetch_needs(client, category_id))


def as_json(rules: CategoryRules, attributes: Sequence[Attribute], brands: Sequence[BrandRow]) -> dict[str, Any]:
    """The shape of `Category.needs`."""
    return {
        "attributes": [
            {
                "id": row.id,
                "name": row.name,
                "kind": "sales" if row.type == "SALES_PROPERTY" else "product",
                "required": row.is_required,
                "multiple": row.is_multiple_selection,
                "custom": row.is_customizable,
                "values": [[value.id, value.name] for value in row.values],
                "conditions": [[item.attribute_id, item.attribute_value_id] for item in row.requirement_conditions],
                "number": row.value_data_format == "POSITIVE_INT_OR_DECIMAL",
            }
            for row in attributes
        ],
        "certifications": [
            {
                "id": row.id,
                "name": row.name,
                "required": row.is_required,
                "conditions": [[item.attribute_id, item.attribute_value_id] for item in row.requirement_conditions],
                "expires": bool(row.expiration_date and row.expiration_date.is_required),
                "details": row.document_details,
            }
            for row in rules.product_certifications
        ],
        "dimensions_required": bool(rules.package_dimension and rules.package_dimension.is_required),
        "size_chart_required": bool(rules.size_chart and rules.size_chart.is_required),
        "size_chart_supported": bool(rules.size_chart and rules.size_chart.is_supported),
        "brands": [[row.id, row.name, row.authorised] for row in brands],
    }


def brands(shop: Shop, category_id: str, text: str = "", limit: int = 20) -> list[Brand]:
    """Brands of a category by a part of their name, authorised ones first; what begins with the text before what
    holds it."""
    row = get(shop, category_id)
    wanted = text.casefold().strip()
    found = [Brand(*item) for item in ((row.needs or {}).get("brands", ()) if row else ())]
    hits = [brand for brand in found if wanted in brand.name.casefold()]
    hits.sort(
        key=lambda brand: (not brand.authorised, not brand.name.casefold().startswith(wanted), brand.name.casefold())
    )
    return hits[:limit]


def brand_named(shop: Shop, category_id: str, name: str) -> Brand | None:
    """The brand of exactly this name, whatever its case."""
    return brands_by_name(shop, category_id).get(name.casefold().strip())


def brands_by_name(shop: Shop, category_id: str) -> dict[str, Brand]:
    """A category's brands by their folded names; of two that are called the same the authorised one."""
    row = get(shop, category_id)
    found: dict[str, Brand] = {}
    for item in (row.needs or {}).get("brands", ()) if row else ():
        brand = Brand(*item)
        kept = found.get(brand.name.casefold())
        if kept is None or (brand.authorised and not kept.authorised):
            found[brand.name.casefold()] = brand
    return found
