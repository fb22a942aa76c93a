"""The variants of a draft: price, stock per warehouse, identifier, each with the readable steps that led to it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain import identifiers
from domain.allocation import allocate
from domain.draft import Identifier, SkuDraft
from models import ListingSku, Product, Variant
from services.draft_facts import Facts
from services.draft_sources import variant_picture
from services.preparations import Preparation


def sku(
    line: ListingSku, facts: Facts, product: Product | None, profile: Preparation | None, own: Mapping[str, Any]
) -> tuple[SkuDraft, dict[str, int], tuple[str, ...], tuple[str, ...]]:
    variant = facts.variants.get(line.variant_id or 0)
    key, set_here = str(line.id), line.fields
    names = profile.options if profile else {}
    options = tuple((str(names.get(name, name)), value) for name, value in (variant.options if variant else []))
    amount, price_steps = _price(line.listing_id, set_here, variant, profile, facts)
    spread, total, stock_steps = _stock(set_here, variant, product, facts)
    image = variant_picture(variant, own, product, facts) if facts.settings.send_variant_images else None
    sku = SkuDraft(
        key=key,
        seller_sku=set_here.get("sku", variant.sku if variant else ""),
        options=options,
        price=amount,
        quantity=total,
        identifier=_identifier(set_here, variant, product, profile, facts),
        image=image,
        is_known=line.tiktok_id != "",
    )
    return sku, spread, price_steps, stock_steps


def _price(
    listing_id: int, set_here: Mapping[str, Any], variant: Variant | None, profile: Preparation | None, facts: Facts
) -> tuple[Decimal | None, tuple[str, ...]]:
    if "price" in set_here:
        return Decimal(set_here["price"]), ("set on the listing",)
    if variant is None or variant.price is None or variant.price <= 0:
        return None, ()
    rule = profile.price_rule if profile else None
    offered = facts.pricing.offer(listing_id, variant.id, variant.bigcommerce_id, variant.price, rule)
    return offered.value, offered.steps


def _stock(
    set_here: Mapping[str, Any], variant: Variant | None, product: Product | None, facts: Facts
) -> tuple[dict[str, int], int | None, tuple[str, ...]]:
    """(per warehouse, total, steps). Untracked products have no number: the merchant says one, or it stays missing."""
    tracked = product is not None and product.inventory_tracking != "none"
    if "quantity" in set_here and not tracked:
        told = int(set_here["quantity"])
        return (
            allocate(told, dict.fromkeys(facts.push_rules.feeds, 0)),
            told,
            ("set on the listing, because BigCommerce does not track it",),
        )
    if variant is None or not tracked or not facts.push_rules.feeds:
        return {}, None, ()
    offer = facts.push_rules.offer(facts.stock.get(variant.merchant_sku_id or 0, {}), variant.product_id)
    return dict(offer.spread), offer.value, offer.steps


def _identifier(
    set_here: Mapping[str, Any],
    variant: Variant | None,
    product: Product | None,
    profile: Preparation | None,
    facts: Facts,
) -> Identifier | None:
    if "identifier" in set_here:
        one = set_here["identifier"]
        return Identifier(one["kind"], one["code"]) if one and one.get("code") else None
    if variant is None:
        return None
    single = product is not None and product.variant_count == 1
    upc = variant.upc or (product.upc if single and product else "")
    gtin = variant.gtin or (product.gtin if single and product else "")
    return identifiers.choose(facts.settings_of(profile).identifier_priority, upc=upc, gtin=gtin)
