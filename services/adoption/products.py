"""Products of ours for what only TikTok knows: everything Get Product tells of them (features S2-72, S2-73)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from clients.tiktok.models import Dimensions, Sku, Weight
from clients.tiktok.models import Product as Theirs
from domain.likeness import barcode
from domain.tabs import ProductStatus
from domain.units import CENTIMETERS, GRAMS
from models import (
    FoundProduct,
    Location,
    MerchantSku,
    Product,
    Shop,
    Stock,
    Store,
    Variant,
    Warehouse,
    WarehouseMap,
    db,
)
from services import activities, clock, pictures, profile_members
from services.activities import NewItem, Started
from services.actor import Actor
from services.adoption import adopting, found, values
from services.adoption.adopting import Adopted, CannotAdopt
from services.adoption.found import WHERE
from services.counters import PRODUCT_STATUS, Deltas
from services.pictures import Uploaded

KIND = "adopt_products"
TRACKED = "variant"
_GRAMS = {"KILOGRAM": Decimal(1000), "GRAM": Decimal(1), "POUND": GRAMS["LBS"]}
_CENTIMETERS = {"CENTIMETER": Decimal(1), "INCH": CENTIMETERS["Inches"]}


def start(actor: Actor, shop: Shop, found_ids: Sequence[int]) -> Started:
    """An activity that makes a product of ours of each and adopts it."""
    rows = db.session.execute(
        select(FoundProduct.id, FoundProduct.title, FoundProduct.tiktok_id)
        .where(FoundProduct.id.in_(found_ids), FoundProduct.shop_id == shop.id, *found.waiting())
        .order_by(FoundProduct.id)
    ).all()
    if not rows:
        raise activities.NothingToDo("None of these waits for a decision.", "See what was found", WHERE)
    items = [NewItem(row.title or row.tiktok_id, args={"found": row.id}) for row in rows]
    listed = f"{len(items):,} {'product' if len(items) == 1 else 'products'}"
    return activities.start(actor, KIND, f"Add {listed} of {shop.name}", items, shop_id=shop.id, priority=50)


def create(actor: Actor, row: FoundProduct) -> Adopted:
    """A product of ours, its variants with their stock, and the listing that is linked to it. BigCommerce learns
    nothing."""
    row = found.hold([row.id])[0]
    if row.state != "open":
        raise CannotAdopt("It is decided about already.", "See what was found", WHERE)
    if not row.whole:
        text = "TikTok Shop does not show what is in a frozen product, so it cannot be taken over."
        raise CannotAdopt(text, "See what was found", WHERE)
    shop, theirs = db.session.get_one(Shop, row.shop_id), adopting.whole(row)
    product = _product(shop, theirs)
    pairs = {sku.id: _variant(shop, product, theirs, sku, place).id for place, sku in enumerate(theirs.skus)}
    deltas = Deltas()
    deltas.add(PRODUCT_STATUS, 0, ProductStatus.NOT_UPLOADED.value)
    deltas.write()
    db.session.flush()
    profile_members.join([product.id])
    _know_pictures(shop, theirs)
    return adopting.adopt(actor, row, values.CHOICES, product.id, pairs)


def _product(shop: Shop, theirs: Theirs) -> Product:
    store = db.session.get_one(Store, shop.store_id)
    single = len(theirs.skus) == 1
    prices = [price for sku in theirs.skus if (price := found.shown_price(sku)) is not None]
    images = [{"id": image.uri, "url": image.urls[0], "description": ""} for image in theirs.main_images if image.urls]
    sides = _sides(theirs.package_dimensions, store)
    product = Product(
        title=theirs.title[:255],
        description=theirs.description,
        # A parent with variants has no SKU on TikTok Shop: the product id stands for it (features S2-72).
        sku=(theirs.skus[0].seller_sku or theirs.id)[:255] if single else theirs.id,
        brand=(theirs.brand.name if theirs.brand else "")[:255],
        price=min(prices, default=None),
        currency=next((sku.price.currency for sku in theirs.skus if sku.price), shop.currency)[:3],
        quantity=sum(one.quantity for sku in theirs.skus for one in sku.inventory),
        weight=_weight(theirs.package_weight, store),
        depth=sides[0],
        width=sides[1],
        height=sides[2],
        inventory_tracking=TRACKED,
        image_url=images[0]["url"] if images else "",
        images=images,
        category_ids=[],
        category_path=" > ".join(link.local_name for link in theirs.category_chains),
        custom_fields={one.name: ", ".join(value.name for value in one.values) for one in theirs.product_attributes},
        variant_count=max(1, len(theirs.skus)),
        imported_at=clock.now(),
    )
    db.session.add(product)
    db.session.flush()
    return product


def _know_pictures(shop: Shop, theirs: Theirs) -> None:
    """TikTok has these pictures: none of them is uploaded again."""
    told = [
        Uploaded(image.urls[0], "MAIN_IMAGE", image.uri, image.width or None, image.height or None)
        for image in theirs.main_images
        if image.urls and image.uri
    ]
    pictures.remember(shop.authorization_id, told)


def _variant(shop: Shop, product: Product, theirs: Theirs, sku: Sku, place: int) -> Variant:
    code = sku.identifier_code.code if sku.identifier_code else ""
    kind = sku.identifier_code.type if sku.identifier_code else ""
    images = [url for one in sku.sales_attributes if one.sku_img for url in one.sku_img.urls[:1]]
    merchant = _merchant_sku(shop, sku, f"tiktok:{sku.id}")
    single = len(theirs.skus) == 1
    variant = Variant(
        product_id=product.id,
        merchant_sku_id=merchant.id,
        sku=sku.seller_sku[:255],
        options=[] if single else [[one.name, one.value_name] for one in sku.sales_attributes],
        price=found.shown_price(sku),
        upc=code[:32] if kind == "UPC" else "",
        gtin=code[:32] if kind != "UPC" and (kind != "ISBN" or barcode(code)) else "",
        image_url=images[0] if images else "",
        position=place,
    )
    db.session.add(variant)
    db.session.flush()
    return variant


def _merchant_sku(shop: Shop, sku: Sku, nameless: str) -> MerchantSku:
    """What is stocked; a SKU that the store stocks already keeps its own numbers."""
    code = sku.seller_sku[:255] or nameless
    known = db.session.scalar(select(MerchantSku).where(MerchantSku.code == code))
    if known is not None:
        return known
    merchant = MerchantSku(code=code)
    db.session.add(merchant)
    db.session.flush()
    for location_id, count in _levels(shop, sku).items():
        db.session.add(
            Stock(merchant_sku_id=merchant.id, location_id=location_id, available=count, read_at=clock.now())
        )
    db.session.flush()
    return merchant


def _levels(shop: Shop, sku: Sku) -> dict[int, int]:
    """The quantity in each warehouse, at the first location that feeds it."""
    feeds = db.session.execute(
        select(Warehouse.tiktok_id, Location.id)
        .join(WarehouseMap, WarehouseMap.warehouse_id == Warehouse.id)
        .join(Location, Location.id == WarehouseMap.location_id)
        .where(Warehouse.shop_id == shop.id)
        .order_by(Location.id.desc())
    )
    first = {warehouse: location_id for warehouse, location_id in feeds}
    levels: dict[int, int] = {}
    for one in sku.inventory:
        if one.warehouse_id in first:
            place = first[one.warehouse_id]
            levels[place] = levels.get(place, 0) + max(0, one.quantity)
    return levels


def _weight(weight: Weight | None, store: Store) -> Decimal | None:
    """In the store's unit."""
    if weight is None or weight.value is None or weight.unit not in _GRAMS:
        return None
    return round(weight.value * _GRAMS[weight.unit] / GRAMS.get(store.weight_units, Decimal(1000)), 4)


def _sides(size: Dimensions | None, store: Store) -> tuple[Any, Any, Any]:
    """(depth, width, height) in the store's unit; TikTok's length is BigCommerce's depth."""
    if size is None or size.unit not in _CENTIMETERS:
        return None, None, None
    factor = _CENTIMETERS[size.unit] / CENTIMETERS.get(store.dimension_units, Decimal(1))
    length, width, height = (
        round(side * factor, 4) if side else None for side in (size.length, size.width, size.height)
    )
    return length, width, height
