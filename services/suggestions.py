"""Suggestions for one listing: its category, and values for attributes that have none. Nothing is applied here: a
person's yes is an ordinary edit (features I-07)."""

from collections import Counter

from sqlalchemy import select

from domain.categories import Suggestion
from domain.description import translate
from domain.suggest.past import Choice, Past, merged
from domain.suggest.values import Evidence, ValueSuggestion, suggest_values
from models import Category, Listing, Product, Shop, db
from services import categories as tree
from services.drafts import Prepared

LOOK_BACK = 2_000  # listings whose choices are read, the newest
DESCRIPTION = 5_000  # characters that are read
ALIKE = 300  # listings of the same category whose attribute values are read


def categories(shop: Shop, name: str, path: tuple[str, ...] = (), limit: int = 3) -> tuple[Suggestion, ...]:
    """The likeliest leaves by words and by what was chosen before in this shop."""
    return merged(past(shop).suggest(name, path), tree.suggest(shop, name, path, limit), limit=limit)


def past(shop: Shop) -> Past:
    """The categories that people set on listings of this shop."""
    recent = (
        select(Listing.title, Listing.fields, Product.category_path)
        .join(Product, Product.id == Listing.product_id)
        .where(Listing.shop_id == shop.id)
        .order_by(Listing.id.desc())
        .limit(LOOK_BACK)
    )
    rows = db.session.execute(recent)
    chosen = [(title, path, str(fields["category"])) for title, fields, path in rows if fields.get("category")]
    wanted = {key for _, _, key in chosen}
    query = select(Category.tiktok_id, Category.path).where(
        Category.shop_id == shop.id, Category.tiktok_id.in_(wanted), Category.is_leaf
    )
    paths = {key: tuple(names) for key, names in db.session.execute(query)}
    return Past([Choice(title, parts(path), key, paths[key]) for title, path, key in chosen if key in paths])


def parts(path: str) -> tuple[str, ...]:
    """A store category's names."""
    return tuple(part for part in path.split(" > ") if part)


def values(listing: Listing, one: Prepared) -> dict[str, tuple[ValueSuggestion, ...]]:
    """By attribute id: values to say yes to, where the attribute has none that TikTok takes."""
    if one.needs is None or listing.product is None:
        return {}
    given = one.draft.attributes
    open_ = [
        need
        for need in one.needs.attributes
        if need.kind == "product" and need.values and not any(value.id for value in given.get(need.id, ()))
    ]
    if not open_:
        return {}
    evidence, before = evidence_of(listing.product), _chosen(listing, one)
    found = {need.id: suggest_values(need, evidence, chosen_before=before.get(need.id)) for need in open_}
    return {key: each for key, each in found.items() if each}


def evidence_of(product: Product) -> list[Evidence]:
    """What the product says of itself."""
    found = [Evidence("custom field", str(text), name) for name, text in product.custom_fields.items()]
    options: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for name, value in variant.options:
            options.setdefault(name, {})[value] = None
    # An option with several values says nothing of the product as a whole.
    found += [Evidence("option", next(iter(told)), name) for name, told in options.items() if len(told) == 1]
    found += [Evidence("title", product.title), Evidence("keywords", product.tags)]
    return [*found, Evidence("description", words_of(product.description))]


def words_of(html: str) -> str:
    """The words of a description."""
    return translate(html[:DESCRIPTION]).plain_text


def _chosen(listing: Listing, one: Prepared) -> dict[str, Counter[str]]:
    """By attribute id: how often each value was set on listings of the same category and store category."""
    product = listing.product
    query = (
        select(Listing.fields)
        .join(Product, Product.id == Listing.product_id)
        .where(
            Listing.shop_id == listing.shop_id,
            Listing.category_id == one.draft.category_id,
            Listing.id != listing.id,
            Product.category_path == (product.category_path if product else ""),
        )
        .order_by(Listing.id.desc())
        .limit(ALIKE)
    )
    found: dict[str, Counter[str]] = {}
    for fields in db.session.scalars(query):
        for name, chosen in fields.items():
            if name.startswith("attributes."):
                counts = found.setdefault(name.removeprefix("attributes."), Counter())
                counts.update(value["id"] for value in chosen if value.get("id"))
    return found
