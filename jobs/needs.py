"""What a category demands, read by a live job: a request never waits for TikTok. The page polls until it is there."""

from datetime import timedelta

from sqlalchemy import select

from jobs.launch import ring_job
from models import Authorization, Category, Shop, db
from models.tenancy import across_stores, tenant
from services import categories, category_reading, clock
from services.errors import ServiceError

KEEPS = timedelta(days=7)  # mandatory attributes and certificates change by the month (features P-37)
AT_ONCE = 100


def ring(store_id: int, shop_id: int, category_id: str) -> bool:
    """Wakes a worker for one category of one shop."""
    return ring_job("live", "jobs.needs.read", store_id, shop_id, category_id)


def read(store_id: int, shop_id: int, category_id: str) -> bool:
    """An RQ job: reads rules, attributes and brands of a leaf, rechecks its listings. False when that failed; a notice
    says why."""
    with tenant(store_id):
        client = category_reading.prepare(shop_id)
        db.session.commit()  # no transaction is open while TikTok answers
        if client is None:
            return False
        try:
            more = category_reading.record(shop_id, categories.fetch_needs(client, category_id))
        except ServiceError as refused:
            db.session.rollback()
            category_reading.failed(shop_id, category_id, refused.text)
            more = False
        db.session.commit()
        if more:
            ring_job("bulk", "jobs.rechecks.run", store_id)
        return not category_reading.failure(shop_id, category_id)


def refresh() -> int:
    """A schedule: reads again what was read more than a week ago, the oldest first. Answers how many were rung for."""
    with across_stores("categories whose demands were read long ago"):
        old = db.session.execute(
            select(Category.store_id, Category.shop_id, Category.tiktok_id)
            .join(Shop, Shop.id == Category.shop_id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .where(Category.needs_read_at < clock.now() - KEEPS, Shop.is_active, Authorization.state == "active")
            .order_by(Category.needs_read_at)
            .limit(AT_ONCE)
        ).all()
        db.session.rollback()
    return sum(ring(store_id, shop_id, category_id) for store_id, shop_id, category_id in old)
