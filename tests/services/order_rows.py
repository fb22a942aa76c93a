"""Orders as TikTok tells them, and listings they were bought from."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.orders.facts import LineFacts, OrderFacts
from models import Listing, ListingSku, Order, Product, Shop, Variant, db
from services import clock
from services.orders import recording
from services.orders.recording import Recorded
from tests.services.listing_rows import add_listing

ADDRESS: dict[str, Any] = {
    "name": "Jane D***", "first_name": "Jane", "last_name": "D***", "phone_number": "(+1)213-***-1234",
    "postal_code": "97201", "region_code": "US", "address_line1": "1** Alder Street",
    "district_info": [
        {"address_level_name": "country", "address_name": "United States"},
        {"address_level_name": "state", "address_name": "Oregon"},
        {"address_level_name": "city", "address_name": "Portland"},
    ],
}  # fmt: skip
NUMBER = 576_000_000_000_000_000


def moment() -> datetime:
    return clock.now().astimezone(UTC).replace(microsecond=0)


def line(number: int, sku_id: str = "sku-1-0", **more: Any) -> LineFacts:
    values: dict[str, Any] = {
        "seller_sku": "", "product_name": "Stoneware mug", "sku_name": "Red", "price": Decimal("12.50"),
        "list_price": Decimal("15.00"), "tax": Decimal("1.00"), "status": "AWAITING_SHIPMENT", "package_id": "",
    }  # fmt: skip
    return LineFacts(f"line-{number}", sku_id, **(values | more))


def facts(number: int = 1, status: str = "ON_HOLD", age: int = 0, **more: Any) -> OrderFacts:
    """An order placed ten minutes ago, changed `age` seconds before now."""
    now = moment()
    values: dict[str, Any] = {
        "placed_at": now - timedelta(minutes=10), "changed_at": now - timedelta(seconds=age),
        "paid_at": now - timedelta(minutes=9), "currency": "USD", "subtotal": Decimal("12.50"),
        "shipping": Decimal("4.00"), "tax": Decimal("1.00"), "total": Decimal("17.50"), "buyer_name": "Jane D***",
        "buyer_email": "x1@chat.seller.example", "fulfillment": "FULFILLMENT_BY_SELLER", "shipping_type": "TIKTOK",
        "lines": (line(number * 10),), "address": {} if status == "ON_HOLD" else ADDRESS,
    }  # fmt: skip
    return OrderFacts(str(NUMBER + number), status, **(values | more))


def sell(shop: Shop, number: int = 1, variants: int = 2) -> Listing:
    """A listing on sale whose SKUs are sku-<number>-<position>; connected long enough ago for orders to come."""
    shop.authorization.connected_at = moment() - timedelta(days=30)
    listing = add_listing(shop, number, variants)
    listing.tiktok_id, listing.platform_status = f"17{number:017d}", "ACTIVATE"
    for sku in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
        sku.tiktok_id = f"sku-{number}-{sku.position}"
    db.session.commit()
    return listing


def take(shop: Shop, *orders: OrderFacts, source: str = "webhook") -> Recorded:
    done = recording.record(shop, orders, source)
    db.session.commit()
    return done


def order(number: int = 1) -> Order:
    db.session.expire_all()
    return db.session.scalars(select(Order).where(Order.tiktok_id == str(NUMBER + number))).one()


def variant(sku: str) -> Variant:
    return db.session.scalars(select(Variant).where(Variant.sku == sku)).one()


def product(number: int = 1) -> Product:
    return db.session.scalars(select(Product).where(Product.bigcommerce_id == number)).one()
