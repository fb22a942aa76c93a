"""What a BigCommerce product has to give to an attribute: fields, options and custom fields, by name."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from sqlalchemy import select

from domain.attributes import AttributeMapping, Source
from models import Product, Variant, db

LOOKED_AT = 400  # products read for the names of options and custom fields

FIELDS: dict[str, tuple[str, str, Callable[[Product], object]]] = {
    # name in a mapping -> (label, kind of value, how to read it)
    "title": ("Title", "text", lambda product: product.title),
    "sku": ("SKU", "text", lambda product: product.sku),
    "product_id": ("Product id", "text", lambda product: product.bigcommerce_id or ""),
    "brand": ("Brand", "text", lambda product: product.brand),
    "weight": ("Weight", "weight", lambda product: product.weight),
    "depth": ("Depth (length)", "length", lambda product: product.depth),
    "width": ("Width", "length", lambda product: product.width),
    "height": ("Height", "length", lambda product: product.height),
    "upc": ("UPC", "text", lambda product: product.upc),
    "gtin": ("GTIN", "text", lambda product: product.gtin),
    "mpn": ("MPN", "text", lambda product: product.mpn),
    "price": ("Price", "money", lambda product: product.price),
    "category": ("Category", "text", lambda product: product.category_path.rpartition(" > ")[2]),
    "tags": ("Search keywords", "text", lambda product: product.tags),
}


def known() -> list[Source]:
    """Fields, then the options and custom fields that the imported catalog uses, most frequent first."""
    return [Source("field", name) for name in FIELDS] + option_sources() + custom_field_sources()


def option_sources() -> list[Source]:
    query = select(Variant.options).order_by(Variant.id.desc()).limit(LOOKED_AT * 4)
    names = Counter(pair[0] for options in db.session.scalars(query) for pair in options or ())
    return [Source("option", name) for name, _ in names.most_common(40)]


def custom_field_sources() -> list[Source]:
    query = select(Product.custom_fields).where(Product.deleted_at.is_(None)).order_by(Product.id.desc()).limit(LOOKED_AT)
    names = Counter(name for fields in db.session.scalars(query) for name in fields or ())
    return [Source("custom_field", name) for name, _ in names.most_common(40)]


def label(mapping: AttributeMapping) -> str:
    """A source in words, such as “field Brand”."""
    if mapping.kind == "field":
        return f"BigCommerce field “{FIELDS[mapping.source][0] if mapping.source in FIELDS else mapping.source}”"
    if mapping.kind == "fixed":
        return "fixed value"
    return f"{'option' if mapping.kind == 'option' else 'custom field'} “{mapping.source}”"


def value(mapping: AttributeMapping, product: Product, variants: Sequence[Variant] = ()) -> str:
    """The text that the mapping takes from this product; empty when the product has none. Several option values are parted by commas."""
    if mapping.kind == "fixed":
        return mapping.source
    if mapping.kind == "custom_field":
        return str((product.custom_fields or {}).get(mapping.source, "")).strip()
    if mapping.kind == "option":
        found = [pair[1] for variant in variants for pair in variant.options or () if pair[0].casefold() == mapping.source.casefold()]
        return ", ".join(dict.fromkeys(found))
    if mapping.source not in FIELDS:
        return ""
    raw = FIELDS[mapping.source][2](product)
    return _text(raw)


def _text(raw: object) -> str:
    if isinstance(raw, Decimal):
        text = format(raw, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return "" if raw is None else str(raw).strip()
