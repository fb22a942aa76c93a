"""Effective drafts of listings in bulk: listing, else profile, else default profile, else product, with the origin."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from domain import identifiers, price, stock, units
from domain.allocation import allocate
from domain.attributes import resolve_values
from domain.draft import (
    AttributeNeed,
    AttributeValue,
    CategoryNeeds,
    Dimensions,
    Draft,
    Identifier,
    ImageDraft,
    Origin,
    SkuDraft,
    Weight,
)
from domain.limits import RulePack
from domain.policy import Policy
from domain.rulepacks import pack_for
from domain.settings import StoreSettings, price_rule_from_json
from models import (
    Listing,
    ListingSku,
    Picture,
    Product,
    Profile,
    Shop,
    Stock,
    Store,
    Variant,
    Warehouse,
    WarehouseMap,
    db,
)
from services import categories, clock, settings

PACKAGE = {
    "weight": "weight",
    "length": "depth",
    "width": "width",
    "height": "height",
}  # TikTok's side -> BigCommerce's field


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft and what publishing needs besides: stock per warehouse, steps of price and stock, the rules used."""

    listing_id: int
    draft: Draft
    needs: CategoryNeeds | None
    pack: RulePack
    stock: Mapping[str, Mapping[str, int]]  # SKU key -> TikTok warehouse id -> quantity
    price_steps: Mapping[str, tuple[str, ...]]
    stock_steps: Mapping[str, tuple[str, ...]]
    profile_name: str

    policy: Policy

    @property
    def hash(self) -> str:
        """Changes with anything that is sent or that it is checked against. Its first half ignores quantities."""
        content = f"{_still(self.draft)}{_needs_text(self.needs)}{self.pack.version}{self.policy!r}"
        moving = [sku.quantity for sku in self.draft.skus], sorted(self.stock.items()), self.draft.is_live
        return _digest(content) + _digest(f"{content}{moving!r}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _still(draft: Draft) -> str:
    """A draft without quantities as text; sets are sorted, because each process walks a set in its own order."""
    skus = tuple(replace(sku, quantity=None) for sku in draft.skus)
    plain = replace(draft, skus=skus, is_live=False, certifications=frozenset(), duplicate_identifiers=frozenset())
    return f"{plain!r}{sorted(draft.certifications)}{sorted(draft.duplicate_identifiers)}"


@lru_cache(maxsize=64)
def _needs_text(needs: CategoryNeeds | None) -> str:
    return f"{replace(needs, permissions=frozenset())!r}{sorted(needs.permissions)}" if needs else ""


def same_content(one: str, other: str) -> bool:
    """Two hashes of drafts that differ in nothing but quantities."""
    return one[:16] == other[:16]


@dataclass(slots=True)
class _Facts:
    """Everything one batch needs, read with a handful of queries."""

    store: Store
    shop: Shop
    settings: StoreSettings
    pack: RulePack
    profile: Profile | None
    products: dict[int, Product]
    variants: dict[int, Variant]
    skus: dict[int, list[ListingSku]]
    stock: dict[int, dict[int, int]]  # merchant SKU -> location -> available
    feeds: dict[str, list[int]]  # TikTok warehouse id -> location ids
    pictures: dict[str, Picture]
    doubles: frozenset[str]
    needs: dict[str, CategoryNeeds | None] = field(default_factory=dict)
    brands: dict[tuple[str, str], categories.Brand | None] = field(default_factory=dict)  # by (category, name)


def prepare(shop: Shop, listing_ids: Sequence[int], warehouse_ids: Sequence[str] = ()) -> dict[int, Prepared]:
    """Drafts of these listings of one shop, by listing id. `warehouse_ids` narrows the stock to chosen warehouses."""
    listings = db.session.scalars(select(Listing).where(Listing.id.in_(listing_ids), Listing.shop_id == shop.id)).all()
    facts = _read(shop, listings, set(warehouse_ids))
    return {listing.id: _draft(listing, facts) for listing in listings}


def _read(shop: Shop, listings: Sequence[Listing], chosen: set[str]) -> _Facts:
    store = db.session.get_one(Store, shop.store_id)
    product_ids = {listing.product_id for listing in listings if listing.product_id}
    products = {row.id: row for row in db.session.scalars(select(Product).where(Product.id.in_(product_ids)))}
    skus: dict[int, list[ListingSku]] = defaultdict(list)
    for sku in db.session.scalars(
        select(ListingSku)
        .where(ListingSku.listing_id.in_([listing.id for listing in listings]))
        .order_by(ListingSku.position, ListingSku.id)
    ):
        skus[sku.listing_id].append(sku)
    variants = {row.id: row for row in db.session.scalars(select(Variant).where(Variant.product_id.in_(product_ids)))}
    merchant = {row.merchant_sku_id for row in variants.values() if row.merchant_sku_id}
    levels: dict[int, dict[int, int]] = defaultdict(dict)
    for row in db.session.scalars(select(Stock).where(Stock.merchant_sku_id.in_(merchant))):
        levels[row.merchant_sku_id][row.location_id] = row.available
    feeds: dict[str, list[int]] = defaultdict(list)
    for tiktok_id, location_id in db.session.execute(
        select(Warehouse.tiktok_id, WarehouseMap.location_id)
        .join(WarehouseMap, WarehouseMap.warehouse_id == Warehouse.id)
        .where(Warehouse.shop_id == shop.id, Warehouse.type == "SALES_WAREHOUSE", Warehouse.effect_status != "DISABLED")
        .order_by(Warehouse.is_default.desc(), Warehouse.id)
    ):
        if not chosen or tiktok_id in chosen:
            feeds[tiktok_id].append(location_id)
    urls = {image["url"] for product in products.values() for image in product.images}
    urls |= {variant.image_url for variant in variants.values() if variant.image_url}
    pictures = {
        row.url: row
        for row in db.session.scalars(
            select(Picture).where(
                Picture.url_hash.in_([url_hash(url) for url in urls]), Picture.measured_at.is_not(None)
            )
        )
    }
    doubles = _doubles(shop, variants.values(), products)
    profile = db.session.scalar(select(Profile).where(Profile.shop_id == shop.id, Profile.is_default))
    pack = pack_for(shop.market, clock.now().date(), cross_border=shop.seller_type == "CROSS_BORDER")
    return _Facts(
        store, shop, settings.of(store), pack, profile, products, variants, skus, levels, feeds, pictures, doubles
    )


def _doubles(shop: Shop, variants: Iterable[Variant], products: Mapping[int, Product]) -> frozenset[str]:
    """Identifiers of these variants that stand in more than one listing of the shop: TikTok takes each once."""
    codes = {code for variant in variants for code in (variant.gtin, variant.upc) if code}
    codes |= {code for product in products.values() for code in (product.gtin, product.upc) if code}
    holders: dict[str, set[int]] = defaultdict(set)
    for column in (Variant.gtin, Variant.upc):
        rows = db.session.execute(
            select(column, ListingSku.listing_id)
            .join(ListingSku, ListingSku.variant_id == Variant.id)
            .join(Listing, Listing.id == ListingSku.listing_id)
            .where(Listing.shop_id == shop.id, column.in_(codes))
        )
        for code, listing_id in rows:
            holders[code].add(listing_id)
    return frozenset(code for code, listings in holders.items() if len(listings) > 1)


def url_hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def _draft(listing: Listing, facts: _Facts) -> Prepared:
    product = facts.products.get(listing.product_id or 0)
    profile, own = facts.profile, listing.fields
    origins: dict[str, Origin] = {}

    def pick(name: str, fallback: Any, origin: Origin) -> Any:
        if name in own:
            origins[name] = "listing"
            return own[name]
        origins[name] = origin if fallback else "none"
        return fallback

    title = pick("title", product.title if product else "", "product")
    description = pick("description", product.description if product else "", "product")
    category_id = pick("category", profile.category_id if profile else "", "default profile")
    if category_id not in facts.needs:
        facts.needs[category_id] = categories.needs(facts.shop, category_id) if category_id else None
    needs = facts.needs[category_id]
    brand = pick(
        "brand", _brand(product, profile), "default profile" if profile and "brand" in profile.mapping else "product"
    )
    known = _known_brand(brand.get("name", ""), category_id, facts)
    images = _images(own.get("images"), product, facts)
    origins["images"] = "listing" if "images" in own else "product" if images else "none"
    attributes = _attributes(own, product, profile, needs, origins)
    lines = facts.skus.get(listing.id, [])
    built = [_sku(line, facts, product, profile, own) for line in lines if line.fields.get("included", True)]
    draft = Draft(
        market=facts.shop.market,
        currency=facts.shop.currency or facts.pack.currency,
        store_currency=facts.store.currency,
        title=title,
        description=description,
        category_id=category_id,
        brand_id=brand.get("id") or (known.id if known else ""),
        brand_name=brand.get("name", ""),
        brand_authorised=known.authorised if known else None,
        attributes=attributes,
        weight=_weight(own, product, profile, facts, origins),
        dimensions=_dimensions(own, product, profile, facts, origins),
        images=images,
        skus=tuple(row[0] for row in built),
        cross_border=facts.shop.seller_type == "CROSS_BORDER",
        identifier_required=facts.settings.identifier_required,
        # Nothing converts; a price that the merchant set here is meant in the shop's currency.
        has_conversion_rule=bool(built) and all("price" in line.fields for line in lines),
        is_live=listing.platform_status == "ACTIVATE",
        duplicate_identifiers=facts.doubles & {row[0].identifier.code for row in built if row[0].identifier},
        origins=origins,
    )
    return Prepared(
        listing.id,
        draft,
        needs,
        facts.pack,
        {row[0].key: row[1] for row in built},
        {row[0].key: row[2] for row in built},
        {row[0].key: row[3] for row in built},
        profile.name if profile else "",
        facts.settings.policy(),
    )


def _brand(product: Product | None, profile: Profile | None) -> dict[str, str]:
    mapped = profile.mapping.get("brand") if profile else None
    if mapped:
        if mapped["kind"] == "fixed":
            return {"id": mapped.get("value_id", ""), "name": mapped["source"]}
        return {"name": source_text(product, mapped)} if product else {}
    return {"name": product.brand} if product and product.brand else {}


def _known_brand(name: str, category_id: str, facts: _Facts) -> categories.Brand | None:
    """The brand that TikTok offers by this name in the category."""
    if not name or not category_id:
        return None
    if (category_id, name) not in facts.brands:
        facts.brands[category_id, name] = categories.brand_named(facts.shop, category_id, name)
    return facts.brands[category_id, name]


def source_text(product: Product | None, mapping: Mapping[str, Any]) -> str:
    """What a mapping reads from a product: a field, a custom field, the values of an option, or a fixed text."""
    kind, source = mapping.get("kind"), str(mapping.get("source", ""))
    if kind == "fixed":
        return source
    if product is None:
        return ""
    if kind == "custom_field":
        return str(product.custom_fields.get(source, ""))
    if kind == "option":
        return ", ".join(
            dict.fromkeys(value for variant in product.variants for name, value in variant.options if name == source)
        )
    value = getattr(product, FIELDS.get(source, ""), None)
    return "" if value is None else format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


# BigCommerce fields that can be mapped, as merchants know them -> our column.
FIELDS = {
    "title": "title",
    "description": "description",
    "sku": "sku",
    "brand": "brand",
    "price": "price",
    "weight": "weight",
    "width": "width",
    "height": "height",
    "depth": "depth",
    "upc": "upc",
    "gtin": "gtin",
    "mpn": "mpn",
    "product id": "bigcommerce_id",
    "category": "category_path",
}


def _attributes(
    own: Mapping[str, Any],
    product: Product | None,
    profile: Profile | None,
    needs: CategoryNeeds | None,
    origins: dict[str, Origin],
) -> dict[str, tuple[AttributeValue, ...]]:
    if needs is None:
        return {}
    values: dict[str, tuple[AttributeValue, ...]] = {}
    for need in sorted((one for one in needs.attributes if one.kind == "product"), key=lambda one: one.id):
        name = f"attributes.{need.id}"
        if name in own:
            origins[name] = "listing"
            found = tuple(AttributeValue(one.get("id", ""), one.get("text", "")) for one in own[name])
        elif profile and need.id in profile.mapping and category_of(own, profile) == profile.category_id:
            found = mapped_values(need, product, profile.mapping[need.id])
            origins[name] = "default profile" if found else "none"
        else:
            found, origins[name] = (), "none"
        if found:
            values[need.id] = found
    return values


def category_of(own: Mapping[str, Any], profile: Profile | None) -> str:
    return str(own.get("category") or (profile.category_id if profile else ""))


def mapped_values(
    need: AttributeNeed, product: Product | None, mapping: Mapping[str, Any]
) -> tuple[AttributeValue, ...]:
    """What an attribute mapping gives for one product."""
    if mapping.get("kind") == "fixed" and mapping.get("value_id"):
        return (AttributeValue(str(mapping["value_id"]), str(mapping.get("source", ""))),)
    text = source_text(product, mapping)
    # What the category does not take as it stands is kept as text, so that the rule names it instead of hiding it.
    return resolve_values(need, text) or ((AttributeValue(text=text),) if text else ())


def _measure(side: str, product: Product | None, profile: Profile | None) -> Decimal | None:
    mapping = (profile.mapping.get(side) if profile else None) or {"kind": "field", "source": PACKAGE[side]}
    text = source_text(product, mapping).strip()
    try:
        value = Decimal(text) if text else None
    except ArithmeticError:
        return None
    # A product's measure may be empty while each variant has its own: the parcel must hold the largest variant.
    if not value and product is not None and mapping.get("kind") == "field":
        column = FIELDS.get(str(mapping.get("source")), "")
        theirs = [
            getattr(variant, column, None)
            for variant in product.variants
            if column in ("weight", "width", "height", "depth")
        ]
        value = max((one for one in theirs if one), default=None)
    return value


def _weight(
    own: Mapping[str, Any], product: Product | None, profile: Profile | None, facts: _Facts, origins: dict[str, Origin]
) -> Weight | None:
    if "weight" in own:
        origins["weight"] = "listing"
        return Weight(Decimal(own["weight"]["value"]), own["weight"]["unit"])
    try:
        found = units.weight(_measure("weight", product, profile), facts.store.weight_units or "KGS", facts.pack)
    except units.UnknownUnit:
        found = None
    origins["weight"] = (
        ("default profile" if profile and "weight" in profile.mapping else "product") if found else "none"
    )
    return found


def _dimensions(
    own: Mapping[str, Any], product: Product | None, profile: Profile | None, facts: _Facts, origins: dict[str, Origin]
) -> Dimensions | None:
    if "dimensions" in own:
        origins["dimensions"] = "listing"
        sides = own["dimensions"]
        return Dimensions(Decimal(sides["length"]), Decimal(sides["width"]), Decimal(sides["height"]), sides["unit"])
    length, width, height = (_measure(side, product, profile) for side in ("length", "width", "height"))
    try:
        found = units.dimensions(
            length,
            width,
            height,
            facts.store.dimension_units or "Centimeters",
            facts.pack,
            like=facts.store.weight_units or "KGS",
        )
    except units.UnknownUnit:
        found = None
    origins["dimensions"] = (
        ("default profile" if profile and "length" in profile.mapping else "product") if found else "none"
    )
    return found


def _images(chosen: Iterable[str] | None, product: Product | None, facts: _Facts) -> tuple[ImageDraft, ...]:
    if product is None:
        return ()
    by_key = {str(image["id"]): image["url"] for image in product.images}
    keys = [key for key in chosen if key in by_key] if chosen is not None else list(by_key)
    return tuple(picture(key, by_key[key], facts.pictures) for key in keys)


def picture(key: str, url: str, pictures: Mapping[str, Picture]) -> ImageDraft:
    seen = pictures.get(url)
    if seen is None:
        return ImageDraft(key, url)
    return ImageDraft(key, url, seen.width, seen.height, seen.size, seen.format or None, seen.fault)


def _sku(
    line: ListingSku, facts: _Facts, product: Product | None, profile: Profile | None, own: Mapping[str, Any]
) -> tuple[SkuDraft, dict[str, int], tuple[str, ...], tuple[str, ...]]:
    variant = facts.variants.get(line.variant_id or 0)
    key, set_here = str(line.id), line.fields
    names = profile.options if profile else {}
    options = tuple((str(names.get(name, name)), value) for name, value in (variant.options if variant else []))
    amount, price_steps = _price(set_here, variant, profile, facts)
    spread, total, stock_steps = _stock(set_here, variant, product, facts)
    url = variant.image_url if variant else ""
    image = (
        picture(f"v{variant.id}", url, facts.pictures)
        if variant and url and facts.settings.send_variant_images
        else None
    )
    sku = SkuDraft(
        key=key,
        seller_sku=set_here.get("sku", variant.sku if variant else ""),
        options=options,
        price=amount,
        quantity=total,
        identifier=_identifier(set_here, variant, product, facts),
        image=image,
    )
    return sku, spread, price_steps, stock_steps


def _price(
    set_here: Mapping[str, Any], variant: Variant | None, profile: Profile | None, facts: _Facts
) -> tuple[Decimal | None, tuple[str, ...]]:
    if "price" in set_here:
        return Decimal(set_here["price"]), ("set on the listing",)
    if variant is None or variant.price is None or variant.price <= 0:
        return None, ()
    rule = price_rule_from_json(profile.price_rule) if profile and profile.price_rule else facts.settings.price_rule
    priced = price.apply(variant.price, rule, facts.shop.currency or facts.pack.currency)
    return priced.value, priced.steps


def _stock(
    set_here: Mapping[str, Any], variant: Variant | None, product: Product | None, facts: _Facts
) -> tuple[dict[str, int], int | None, tuple[str, ...]]:
    """(per warehouse, total, steps). Untracked products have no number: the merchant says one, or it stays missing."""
    tracked = product is not None and product.inventory_tracking != "none"
    if "quantity" in set_here and not tracked:
        told = int(set_here["quantity"])
        return (
            allocate(told, dict.fromkeys(facts.feeds, 0)),
            told,
            ("set on the listing, because BigCommerce does not track it",),
        )
    if variant is None or not tracked or not facts.feeds:
        return {}, None, ()
    levels = facts.stock.get(variant.merchant_sku_id or 0, {})
    available = {
        warehouse: sum(levels.get(location, 0) for location in locations)
        for warehouse, locations in facts.feeds.items()
    }
    pushed = stock.quantity(sum(max(0, count) for count in available.values()), facts.settings.stock_rule())
    return allocate(pushed.value, available), pushed.value, pushed.steps


def _identifier(
    set_here: Mapping[str, Any], variant: Variant | None, product: Product | None, facts: _Facts
) -> Identifier | None:
    if "identifier" in set_here:
        one = set_here["identifier"]
        return Identifier(one["kind"], one["code"]) if one and one.get("code") else None
    if variant is None:
        return None
    single = product is not None and product.variant_count == 1
    upc = variant.upc or (product.upc if single and product else "")
    gtin = variant.gtin or (product.gtin if single and product else "")
    return identifiers.choose(facts.settings.identifier_priority, upc=upc, gtin=gtin)
