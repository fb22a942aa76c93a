"""What a BigCommerce product has to give to an attribute: fields, options and custom fields, by name."""

from collections import Counter

from sqlalchemy import select

from domain.attributes import AttributeMapping, Source
from models import Product, Variant, db
from services import draft_sources

LOOKED_AT = 400  # products read for the names of options and custom fields

FIELDS: dict[str, tuple[str, str]] = {
    # name in a mapping (as `draft_sources.FIELDS` reads it) -> (label, kind of value)
    "title": ("Title", "text"),
    "description": ("Description", "text"),
    "sku": ("SKU", "text"),
    "product id": ("Product id", "text"),
    "brand": ("Brand", "text"),
    "category": ("Category", "text"),
    "weight": ("Weight", "weight"),
    "depth": ("Depth (length)", "length"),
    "width": ("Width", "length"),
    "height": ("Height", "length"),
    "upc": ("UPC", "text"),
    "gtin": ("GTIN", "text"),
    "mpn": ("MPN", "text"),
    "price": ("Price", "money"),
}


def known() -> list[Source]:
    """Fields, then the options and custom fields that the imported catalog uses, most frequent first."""
    return [Source("field", name) for name in FIELDS] + option_sources() + custom_field_sources()


def option_sources() -> list[Source]:
    query = select(Variant.options).order_by(Variant.id.desc()).limit(LOOKED_AT * 4)
    names = Counter(pair[0] for options in db.session.scalars(query) for pair in options or ())
    return [Source("option", name) for name, _ in names.most_common(40)]


def custom_field_sources() -> list[Source]:
    query = (
        select(Product.custom_fields).where(Product.deleted_at.is_(None)).order_by(Product.id.desc()).limit(LOOKED_AT)
    )
    names = Counter(name for fields in db.session.scalars(query) for name in fields or ())
    return [Source("custom_field", name) for name, _ in names.most_common(40)]


def label(mapping: AttributeMapping) -> str:
    """A source in words, such as “field Brand”."""
    if mapping.kind == "field":
        return f"BigCommerce field “{FIELDS[mapping.source][0] if mapping.source in FIELDS else mapping.source}”"
    if mapping.kind == "fixed":
        return "fixed value"
    return f"{'option' if mapping.kind == 'option' else 'custom field'} “{mapping.source}”"


def value(mapping: AttributeMapping, product: Product) -> str:
    """The text that the mapping takes from this product, exactly as listings take it; empty when the product has
    none."""
    return draft_sources.source_text(product, {"kind": mapping.kind, "source": mapping.source})
