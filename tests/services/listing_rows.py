"""A store with one shop in which nothing is wrong: warehouse, categories with needs, default profile, products that
become ready."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models import (
    Authorization,
    Category,
    Listing,
    Location,
    MerchantSku,
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
from models.tenancy import tenant
from services import clock, listings
from services.actor import system
from services.draft_facts import url_hash

MUGS, SHIRTS, SILK, UNREAD = "600101", "600102", "600103", "600104"
NEEDS: dict[str, Any] = {
    "attributes": [
        {
            "id": "101", "name": "Material", "kind": "product", "required": True, "multiple": False, "custom": False,
            "values": [["1", "Ceramic"], ["2", "Glass"]], "conditions": [], "number": False,
        },
        {
            "id": "102", "name": "Care", "kind": "product", "required": False, "multiple": False, "custom": True,
            "values": [["11", "Dishwasher safe"]], "conditions": [], "number": False,
        },
        {
            "id": "103", "name": "Glass type", "kind": "product", "required": False, "multiple": False, "custom": False,
            "values": [["21", "Borosilicate"]], "conditions": [["101", "2"]], "number": False,
        },
    ],
    "certifications": [], "dimensions_required": True, "size_chart_required": False,
    "brands": [["7001", "Harbor", True], ["7002", "Elsewhere", False]],
}  # fmt: skip


def add_store(store_hash: str = "first1", *, open_context: bool = True) -> Store:
    """Commits an installed store in US units."""
    store = Store(
        hash=store_hash, installed_at=clock.now(), settings={}, wizard={}, currency="USD", country="US",
        weight_units="LBS", dimension_units="Inches",
    )  # fmt: skip
    db.session.add(store)
    db.session.commit()
    return store


def add_shop(name: str = "Harbor & Pine", tiktok_id: str = "7490000000000000001") -> Shop:
    """Inside a tenant: a shop with a mapped warehouse, a tree whose leaf "Mugs" was read, and a default profile."""
    now = clock.now()
    grant = Authorization(
        open_id=f"o-{tiktok_id}", access_expires_at=now, refresh_expires_at=now, scopes=[], connected_at=now
    )
    db.session.add(grant)
    db.session.flush()
    shop = Shop(
        authorization_id=grant.id,
        tiktok_id=tiktok_id,
        name=name,
        market="US",
        currency="USD",
        prerequisites=[],
        tree_read_at=now,
    )
    db.session.add(shop)
    place = db.session.scalar(select(Location)) or Location(bigcommerce_id=1, label="Main Street")
    db.session.add(place)
    db.session.flush()
    for number in (1, 2):
        warehouse = Warehouse(
            shop_id=shop.id, tiktok_id=f"{tiktok_id}{number}", name=f"Warehouse {number}", type="SALES_WAREHOUSE",
            effect_status="ENABLED", is_default=number == 1,
        )  # fmt: skip
        db.session.add(warehouse)
        db.session.flush()
        if number == 1:
            db.session.add(WarehouseMap(warehouse_id=warehouse.id, location_id=place.id))
    for tiktok, parent, path, needs in (
        ("600100", "0", ["Kitchen"], None), (MUGS, "600100", ["Kitchen", "Mugs"], NEEDS),
        (SHIRTS, "600100", ["Kitchen", "Aprons"], {**NEEDS, "attributes": [], "dimensions_required": False}),
        (UNREAD, "600100", ["Kitchen", "Pots"], None),
    ):  # fmt: skip
        db.session.add(Category(
            shop_id=shop.id, tiktok_id=tiktok, parent_id=parent, name=path[-1], path=path, is_leaf=len(path) > 1,
            permissions=["AVAILABLE"], needs=needs, needs_read_at=now if needs else None,
        ))  # fmt: skip
    profile = Profile(
        shop_id=shop.id, name="Default profile", is_default=True, category_id=MUGS, options={}, price_rule={},
        mapping={"101": {"kind": "custom_field", "source": "Material", "value_id": ""}},
    )  # fmt: skip
    db.session.add(profile)
    db.session.commit()
    return shop


def add_product(number: int, variants: int = 1, **changes: Any) -> Product:
    """Inside a tenant: a product that becomes a ready listing; `changes` overwrite its columns."""
    now = clock.now()
    url = f"https://cdn.example/p{number}.jpg"
    values: dict[str, Any] = {
        "bigcommerce_id": number, "title": f"Stoneware mug with a wide handle, number {number}", "sku": f"MUG-{number}",
        "description": "<p>Glazed by hand.</p>", "brand": "Harbor", "price": Decimal("12.50"), "currency": "USD",
        "quantity": 7 * variants, "weight": Decimal("0.9"), "width": Decimal(5), "height": Decimal(4),
        "depth": Decimal(6), "inventory_tracking": "variant", "image_url": url,
        "images": [{"id": number * 10, "url": url, "description": ""}], "custom_fields": {"Material": "Ceramic"},
        "category_path": "Home > Mugs", "variant_count": variants, "imported_at": now,
    }  # fmt: skip
    product = Product(**{**values, **changes})
    db.session.add(product)
    db.session.flush()
    place = db.session.scalars(select(Location)).first()
    for position in range(variants):
        sku = MerchantSku(code=f"MUG-{number}-{position}")
        db.session.add(sku)
        db.session.flush()
        if place is not None:
            db.session.add(Stock(merchant_sku_id=sku.id, location_id=place.id, available=7, read_at=now))
        options = (
            [["Color", ["Red", "Blue", "Green"][position % 3]], ["Size", "SML"[position // 3 % 3]]]
            if variants > 1
            else []
        )
        db.session.add(Variant(
            product_id=product.id, bigcommerce_id=number * 1000 + position, merchant_sku_id=sku.id,
            sku=f"MUG-{number}-{position}", options=options, price=Decimal("12.50") + position, position=position,
        ))  # fmt: skip
    if not db.session.scalar(select(Picture.id).where(Picture.url_hash == url_hash(url))):
        db.session.add(
            Picture(
                url_hash=url_hash(url), url=url, width=1200, height=1200, size=200_000, format="JPEG", measured_at=now
            )
        )
    db.session.flush()
    return product


def add_listing(shop: Shop, number: int = 1, variants: int = 1, **changes: Any) -> Listing:
    """Inside a tenant: the product and its listing, checked and committed."""
    product = add_product(number, variants, **changes)
    listings.stage(system(shop.store_id), shop, select(Product.id).where(Product.id == product.id))
    db.session.commit()
    return db.session.scalars(select(Listing).where(Listing.product_id == product.id, Listing.shop_id == shop.id)).one()


def seed(store: Store, products: int = 3, **shop: Any) -> tuple[int, list[int]]:
    """A shop and its listings in a store; answers their ids."""
    with tenant(store.id):
        made = add_shop(**shop)
        return made.id, [add_listing(made, number).id for number in range(1, products + 1)]
