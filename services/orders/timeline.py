"""What happened to an order, for its page and its evidence file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import OrderEvent, db
from models.tenancy import tenant_id
from services import clock


def add(
    order_id: int,
    kind: str,
    text: str,
    source: str = "",
    *,
    at: datetime | None = None,
    item_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """`at`: when it happened on the platform; now when it happened here."""
    db.session.add(
        OrderEvent(
            store_id=tenant_id(),
            order_id=order_id,
            at=at or clock.now(),
            kind=kind,
            text=text,
            source=source[:60],
            details=dict(details or {}),
            item_id=item_id,
        )
    )


def of(order_id: int) -> Sequence[OrderEvent]:
    """Oldest first; at one moment in the order in which they were noted."""
    query = select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.at, OrderEvent.id)
    return db.session.scalars(query.limit(500)).all()
