"""The daily question how TikTok lets each shop of a global seller be published to: no webhook tells it of a shop."""

import logging

from sqlalchemy import select

from clients.errors import ClientError
from domain.capabilities import ShopKind
from models import Authorization, Shop, ShopPublishing, Store, db
from models.present import has_table
from models.tenancy import across_stores, tenant
from services import platforms
from services.global_stores import publishing_model

log = logging.getLogger("causeway.global_stores")


def sweep() -> int:
    """A schedule: asks for the shops that are due; answers how many answered."""
    if not has_table(ShopPublishing):
        return 0
    with across_stores("stores of global sellers"):
        query = (
            select(Shop.store_id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .join(Store, Store.id == Shop.store_id)
            .where(Shop.is_active, Shop.kind == ShopKind.GLOBAL_SELLER.value)
            .where(Authorization.state == "active", Store.state == "installed")
        )
        stores = list(db.session.scalars(query.distinct().order_by(Shop.store_id)))
        db.session.rollback()
    return sum(look(store_id) for store_id in stores)


def look(store_id: int) -> int:
    """Asks for one store's shops that were not asked for within a day."""
    answered = 0
    with tenant(store_id):
        clients = {shop.id: platforms.tiktok(shop) for shop in publishing_model.overdue()}
        db.session.rollback()  # no transaction is open while TikTok answers
        for shop_id, client in clients.items():
            try:
                methods = client.listing_methods()
            except ClientError as fault:
                log.info("The publishing model of shop %s is not told: %s", shop_id, fault.text)
                continue
            publishing_model.told(db.session.get_one(Shop, shop_id), methods)
            db.session.commit()
            answered += 1
    return answered
