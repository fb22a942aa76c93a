"""The preview of a profile: one real product as the mapping would prepare it, each value with where it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import or_, select

from domain.attributes import AttributeMapping
from domain.draft import CategoryNeeds
from domain.rule_groups import RuleGroup
from models import Product, Variant, db
from services import draft_sources, profile_rules, sources
from services.profiles import MEASURES, Row, rows


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the preview: a value and where it came from."""

    label: str
    value: str
    origin: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A real product as the profile would prepare it."""

    product: Product
    category: tuple[str, ...]
    package: tuple[Shown, ...]
    attributes: tuple[Shown, ...]
    options: tuple[Shown, ...]


def preview(
    needs: CategoryNeeds,
    mapping: Mapping[str, AttributeMapping],
    options: Mapping[str, str],
    product: Product,
) -> Preview:
    """What the mapping makes of one real product."""
    variants = db.session.scalars(
        select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)
    ).all()
    package, attributes = [], []
    for row in rows(needs, mapping, (), fill=False):
        if row.mapping is None or not row.mapping.source:
            if row.required:
                attributes.append(Shown(row.label, "", "not mapped", "required"))
            continue
        text, origin = _text(row, row.mapping, product, variants), sources.label(row.mapping)
        if row.need is None:
            fault = "" if text not in ("", "0") or not row.required else "this product has none"
            package.append(Shown(row.label, text, origin, fault))
            continue
        values = draft_sources.mapped_values(row.need, product, asdict(row.mapping))
        known = all(value.id or row.need.custom or not row.need.values for value in values)
        fault = "this product has none" if not values else "" if known else f"TikTok does not know “{text}”"
        if values or row.required or text:
            attributes.append(Shown(row.label, ", ".join(value.text for value in values), origin, fault))
    return Preview(product, needs.path, tuple(package), tuple(attributes), tuple(_shown_options(variants, options)))


def _text(row: Row, mapping: AttributeMapping, product: Product, variants: Sequence[Variant]) -> str:
    """As listings take it; a package measure that the product lacks is that of its largest variant."""
    text = sources.value(mapping, product)
    if row.key in MEASURES and mapping.kind == "field" and text in ("", "0"):
        column = draft_sources.FIELDS.get(mapping.source, "")
        theirs = [getattr(variant, column, None) for variant in variants if column in draft_sources.PACKAGE.values()]
        largest = max((one for one in theirs if one), default=None)
        return format(largest.normalize(), "f") if largest else ""
    return text


def _shown_options(variants: Sequence[Variant], options: Mapping[str, str]) -> list[Shown]:
    found: dict[str, list[str]] = {}
    for variant in variants:
        for name, value in variant.options or ():
            found.setdefault(name, []).append(value)
    return [
        Shown(options.get(name) or name, ", ".join(dict.fromkeys(values)), f"option “{name}”")
        for name, values in found.items()
    ]


def example_products(text: str = "", limit: int = 20) -> Sequence[Product]:
    """Products for the preview, found by title or SKU."""
    query = select(Product).where(Product.deleted_at.is_(None))
    if text.strip():
        like = f"%{text.strip()}%"
        query = query.where(or_(Product.title.ilike(like), Product.sku.ilike(like)))
    return db.session.scalars(query.order_by(Product.id).limit(limit)).all()


def example(product_id: int | None) -> Product | None:
    """The chosen product, else the first one with several variants, else the first."""
    if product_id:
        chosen = db.session.scalar(select(Product).where(Product.id == product_id, Product.deleted_at.is_(None)))
        if chosen is not None:
            return chosen
    query = (
        select(Product)
        .where(Product.deleted_at.is_(None))
        .order_by((Product.variant_count > 1).desc(), Product.id)
        .limit(1)
    )
    return db.session.scalar(query)


def catalog_sample(rule: RuleGroup | None = None, limit: int = 200) -> list[tuple[str, tuple[str, ...]]]:
    """(title, store category path) of some products, for category suggestions; with a rule of those that it takes."""
    query = (
        select(Product.title, Product.category_path)
        .where(Product.deleted_at.is_(None))
        .order_by(Product.id)
        .limit(limit)
    )
    if rule:
        query = query.where(profile_rules.where(rule))
    return [(title, tuple(part for part in path.split(" > ") if part)) for title, path in db.session.execute(query)]
