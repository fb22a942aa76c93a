"""What a category demands, read by a live job: a request never waits for TikTok. The page polls until it is there."""

from jobs.launch import ring_job
from models import db
from models.tenancy import tenant
from services import categories, category_reading
from services.errors import ServiceError


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
