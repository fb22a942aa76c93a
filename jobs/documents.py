"""The daily look at documents: what expires is told, and listings that lose a document are rechecked."""

from sqlalchemy import select

from jobs import rechecks
from jobs.launch import ring_job
from models import Store, db
from models.tenancy import across_stores, tenant
from services.media import documents


def sweep() -> int:
    """A schedule: rings for every store."""
    with across_stores("stores whose documents may expire"):
        stores = list(db.session.scalars(select(Store.id).where(Store.state == "installed")))
        db.session.rollback()
    for store_id in stores:
        ring_job("bulk", "jobs.documents.run", store_id)
    return len(stores)


def run(store_id: int) -> int:
    """An RQ job for one store; answers how many documents have moved on."""
    with tenant(store_id):
        moved = documents.look_at_dates()
        db.session.commit()
    if moved:
        rechecks.ring(store_id)
    return moved
