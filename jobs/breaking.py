"""Once a day and shop: rechecks what was judged by rules of yesterday, and tells what will break on a coming date."""

from sqlalchemy import select

from jobs.launch import ring_job
from models import Shop, db
from models.tenancy import across_stores, tenant
from services import breaking


def run(store_id: int, shop_id: int) -> int:
    """An RQ job for one shop; answers how many listings will break."""
    with tenant(store_id):
        stale = breaking.take_effect(shop_id)
        db.session.commit()
        count = breaking.tell(shop_id)
        db.session.commit()
    if stale:
        ring_job("bulk", "jobs.rechecks.run", store_id)
    return count


def sweep() -> int:
    """A schedule: rings for every active shop."""
    with across_stores("shops whose rules may change on a date"):
        shops = db.session.execute(select(Shop.store_id, Shop.id).where(Shop.is_active)).all()
        db.session.rollback()
    for store_id, shop_id in shops:
        ring_job("bulk", "jobs.breaking.run", store_id, shop_id)
    return len(shops)
