"""The history of a request, for its page; its order's timeline gets the same words."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from domain.returns.statuses import KINDS
from models import AfterSale, AfterSaleEvent, db
from services import clock
from services.orders import timeline


def add(
    request: AfterSale, text: str, source: str = "Causeway", *, at: datetime | None = None, item_id: int | None = None
) -> None:
    """`at`: when it happened on the platform; now when it happened here."""
    when = at or clock.now()
    db.session.add(
        AfterSaleEvent(
            store_id=request.store_id,
            after_sale_id=request.id,
            at=when,
            text=text,
            source=source[:60],
            item_id=item_id,
        )
    )
    if request.order_id is not None:
        name = f"{KINDS.get(request.kind, 'Request')} {request.tiktok_id}"
        timeline.add(request.order_id, "return", f"{name}: {text}", source, at=when, item_id=item_id)


def of(request: AfterSale) -> Sequence[AfterSaleEvent]:
    """Oldest first."""
    query = select(AfterSaleEvent).where(AfterSaleEvent.after_sale_id == request.id)
    return db.session.scalars(query.order_by(AfterSaleEvent.at, AfterSaleEvent.id).limit(300)).all()
