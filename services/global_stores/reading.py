"""Reading a global store: every global product with where it is on sale, kept as TikTok shows it. Nothing is written
there (features S4-27, S4-28)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from clients.tiktok.global_products import GlobalProduct as Told
from clients.tiktok.global_products import GlobalProductPage
from domain.roles import SEE, Page
from models import Activity, Authorization, GlobalProduct, GlobalProductSale, db
from models.present import has_table
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.adoption.found import moment
from services.errors import ServiceError
from services.people.access import asks

KIND = "read_global"
TOGETHER = 10  # products read whole by one item


def ready() -> bool:
    return has_table(GlobalProduct) and has_table(GlobalProductSale)


def demand() -> None:
    if not ready():
        raise ServiceError("The global store is being set up by an update that is running. Try again in a minute.")


@asks(Page.GLOBAL_STORE, SEE)
def start(actor: Actor, grant: Authorization, shop_id: int) -> Started:
    """Begins the activity; `shop_id` is one of the account's shops, whose permission it takes."""
    demand()
    if grant.state != "active":
        text = f"TikTok no longer accepts the permission of “{grant.seller_name}”. Reconnect it first."
        raise ServiceError(text, "Connected shops", "/settings/authorization")
    open_key = f"{KIND}:{grant.id}"
    return activities.start(
        actor, KIND, f"Read the global store of {grant.seller_name}", [NewItem("Global products", args={"token": ""})],
        shop_id=shop_id, units=0, open_key=open_key, details={"authorization": grant.id, "open_key": open_key},
        priority=30,
    )  # fmt: skip


def running(grant: Authorization) -> Activity | None:
    return activities.opened(f"{KIND}:{grant.id}")


def items_of(page: GlobalProductPage) -> list[NewItem]:
    """What a page of the search leaves to be read: the products whole, in groups, and the next page."""
    ids = [product.id for product in page.products]
    more = [
        NewItem(f"{len(ids[start : start + TOGETHER])} global products", args={"look": ids[start : start + TOGETHER]})
        for start in range(0, len(ids), TOGETHER)
    ]
    if page.next_page_token:
        more.append(NewItem("More global products", args={"token": page.next_page_token}))
    return more


def keep(grant: Authorization, products: Sequence[Told]) -> None:
    """The rows of products that were read whole."""
    ids = [product.id for product in products]
    here = GlobalProduct.authorization_id == grant.id, GlobalProduct.tiktok_id.in_(ids)
    rows = {row.tiktok_id: row for row in db.session.scalars(select(GlobalProduct).where(*here))}
    for product in products:
        row = rows.get(product.id)
        if row is None:
            row = GlobalProduct(authorization_id=grant.id, tiktok_id=product.id)
            db.session.add(row)
        _fill(row, product)
        db.session.flush()
        _sales(row, product)


def _fill(row: GlobalProduct, product: Told) -> None:
    row.title, row.status, row.read_at = product.title[:300], product.status[:16], clock.now()
    row.changed_at = moment(product.update_time)
    row.category = " › ".join(link.local_name for link in product.category_chains)
    pictures = [url for image in product.main_images[:1] for url in image.thumb_urls or image.urls]
    row.image = pictures[0] if pictures else ""
    row.skus = [_sku(sku) for sku in product.skus]
    amounts = [sku.price.amount for sku in product.skus if sku.price and sku.price.amount is not None]
    row.price_low, row.price_high = min(amounts, default=None), max(amounts, default=None)
    row.currency = next((sku.price.currency[:3] for sku in product.skus if sku.price), "")
    row.quantity = sum(place.quantity for sku in product.skus for place in sku.inventory)
    row.search = " ".join([product.title, product.id, *(sku.seller_sku for sku in product.skus)]).lower()


def _sku(sku: Any) -> dict[str, Any]:
    price: Decimal | None = sku.price.amount if sku.price else None
    return {
        "id": sku.id,
        "sku": sku.seller_sku,
        "options": " / ".join(one.value_name for one in sku.sales_attributes if one.value_name),
        "price": format(price, "f") if price is not None else "",
        "quantity": sum(place.quantity for place in sku.inventory),
    }


def _sales(row: GlobalProduct, product: Told) -> None:
    wanted = {one.region[:8]: one.id[:32] for one in product.products if one.region}
    for sale in db.session.scalars(select(GlobalProductSale).where(GlobalProductSale.global_product_id == row.id)):
        if sale.market in wanted:
            sale.tiktok_id = wanted.pop(sale.market)
        else:
            db.session.delete(sale)
    for market, number in wanted.items():
        db.session.add(GlobalProductSale(global_product_id=row.id, market=market, tiktok_id=number))
    db.session.flush()


def conclude(activity: Activity, grant: Authorization) -> int:
    """After a walk that lost nothing: what it did not meet is not there any more. Answers how many left."""
    if activity.state != "finished" or activity.refused + activity.failed + activity.skipped:
        return 0
    gone = GlobalProduct.authorization_id == grant.id, GlobalProduct.read_at < activity.created_at
    ids = list(db.session.scalars(select(GlobalProduct.id).where(*gone)))
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        for table, column in (
            (GlobalProductSale, GlobalProductSale.global_product_id),
            (GlobalProduct, GlobalProduct.id),
        ):
            db.session.execute(delete(table).where(column.in_(part)), execution_options={"synchronize_session": False})
    return len(ids)
