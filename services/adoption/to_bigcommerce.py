"""Products that came from TikTok Shop are written to BigCommerce when the merchant says so, each once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from clients.bigcommerce.models import Product as Made
from models import MerchantSku, Product, Stock, Store, Variant, db
from models.tenancy import tenant_id
from services import activities
from services.activities import NewItem, Started
from services.actor import Actor
from services.adoption.found import WHERE
from services.errors import ServiceError

KIND = "write_products"
MARK = "TikTok product id"
"""The custom field by which a product that we made is known again."""
NAME, SKU, LINK, CODE = 250, 255, 255, 14  # BigCommerce's longest (reference 3.2)


def candidates(what: Any = Product.id) -> Select[Any]:
    """Products of ours that BigCommerce does not know."""
    return select(what).where(Product.bigcommerce_id.is_(None), Product.deleted_at.is_(None))


def count() -> int:
    return db.session.scalar(candidates(func.count(Product.id))) or 0


def page(after: int = 0, limit: int = 50) -> Sequence[Product]:
    query = select(Product).where(Product.id.in_(candidates()), Product.id > after)
    return db.session.scalars(query.order_by(Product.id).limit(limit)).all()


def start(actor: Actor, product_ids: Sequence[int] | None = None) -> Started:
    """An activity that makes these in BigCommerce; all when none is named."""
    chosen = candidates() if product_ids is None else candidates().where(Product.id.in_(product_ids))
    rows = db.session.execute(
        select(Product.id, Product.title).where(Product.id.in_(chosen)).order_by(Product.id)
    ).all()
    if not rows:
        raise activities.NothingToDo("BigCommerce has all of these.", "See what was found", WHERE)
    currency = db.session.get_one(Store, tenant_id()).currency
    other = db.session.scalar(
        select(Product.currency).where(Product.id.in_(chosen), Product.currency.not_in(("", currency))).limit(1)
    )
    if other and currency:
        raise ServiceError(
            f"These products have prices in {other}, the store sells in {currency}. Causeway does not convert prices; "
            "add such products in BigCommerce and adopt the listing then.", "See what was found", WHERE,
        )  # fmt: skip
    items = [NewItem(row.title, args={"product": row.id}) for row in rows]
    listed = f"{len(items):,} {'product' if len(items) == 1 else 'products'}"
    return activities.start(actor, KIND, f"Add {listed} to BigCommerce", items, open_key=KIND,
                            details={"open_key": KIND})  # fmt: skip


def body(product: Product, tiktok_id: str) -> dict[str, Any]:
    """What is sent. Variants carry their options, prices, identifiers and stock; categories are chosen later."""
    variants = list(
        db.session.scalars(select(Variant).where(Variant.product_id == product.id).order_by(Variant.position))
    )
    levels = _levels(variants)
    told: dict[str, Any] = {
        "name": product.title[:NAME],
        "type": "physical",
        "sku": product.sku[:SKU],
        "description": product.description,
        "price": _number(product.price),
        "weight": _number(product.weight),
        "is_visible": False,  # not on the storefront before somebody looked at it
        "categories": [],
        "custom_fields": [
            {"name": name[:NAME], "value": value[:NAME]} for name, value in product.custom_fields.items() if value
        ],
        "images": [
            {"image_url": image["url"], "is_thumbnail": place == 0, "sort_order": place}
            for place, image in enumerate(product.images)
            if len(image["url"]) <= LINK
        ],
    }
    told["custom_fields"].append({"name": MARK, "value": tiktok_id})
    told |= {name: _number(side) for name in ("width", "height", "depth") if (side := getattr(product, name))}
    if product.brand:
        told["brand_name"] = product.brand
    if len(variants) == 1 and not variants[0].options:
        told |= {"inventory_tracking": "product", "inventory_level": levels.get(variants[0].id, 0)}
        told |= _codes(variants[0])
    else:
        told |= {"inventory_tracking": "variant", "variants": [_variant(one, levels) for one in variants]}
    return told


def _variant(variant: Variant, levels: Mapping[int, int]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "sku": variant.sku or f"{variant.product_id}-{variant.position + 1}",
        "price": _number(variant.price),
        "inventory_level": levels.get(variant.id, 0),
        "option_values": [{"option_display_name": name, "label": value} for name, value in variant.options],
        **_codes(variant),
    }
    if variant.image_url and len(variant.image_url) <= LINK:
        told["image_url"] = variant.image_url
    return told


def _codes(variant: Variant) -> dict[str, str]:
    codes = {"upc": variant.upc, "gtin": variant.gtin}
    return {name: code for name, code in codes.items() if code and len(code) <= CODE}


def _levels(variants: Sequence[Variant]) -> dict[int, int]:
    """What TikTok held of each when it was read, all places together: BigCommerce begins with it."""
    by_sku = {variant.merchant_sku_id: variant.id for variant in variants if variant.merchant_sku_id}
    query = (
        select(MerchantSku.id, func.sum(Stock.available))
        .join(Stock, Stock.merchant_sku_id == MerchantSku.id)
        .where(MerchantSku.id.in_(list(by_sku)))
        .group_by(MerchantSku.id)
    )
    return {by_sku[sku]: int(count) for sku, count in db.session.execute(query)}


def _number(value: Decimal | None) -> float:
    return float(value or 0)


def ours(found: Sequence[Made], tiktok_id: str) -> Made | None:
    """Of products with the SKU, the one that we made."""
    for made in found:
        if any(field.name == MARK and field.value == tiktok_id for field in made.custom_fields):
            return made
    return None


def written(product_id: int, made: Made) -> None:
    """Ours is BigCommerce's product from now on; imports and webhooks find it by its number."""
    product = db.session.get_one(Product, product_id)
    taken = select(Product.id).where(Product.bigcommerce_id == made.id, Product.id != product_id)
    other = db.session.scalar(taken)
    if other is not None:  # an import was quicker: its row gives the number up and leaves
        _give_up(other)
    product.bigcommerce_id, product.modified_at = made.id, made.date_modified
    variants = db.session.scalars(
        select(Variant).where(Variant.product_id == product_id).order_by(Variant.position)
    ).all()
    by_sku = {one.sku.casefold(): one.id for one in made.variants if one.sku}
    for place, variant in enumerate(variants):
        told = by_sku.get((variant.sku or f"{product_id}-{variant.position + 1}").casefold())
        alone = made.variants[0].id if len(variants) == len(made.variants) == 1 else None
        variant.bigcommerce_id = told or alone or (made.variants[place].id if place < len(made.variants) else None)
    db.session.flush()


def _give_up(product_id: int) -> None:
    from services import catalog

    double = db.session.get_one(Product, product_id)
    double.bigcommerce_id = None
    for variant in db.session.scalars(select(Variant).where(Variant.product_id == product_id)):
        variant.bigcommerce_id = None
    db.session.flush()
    catalog.forget([product_id])
