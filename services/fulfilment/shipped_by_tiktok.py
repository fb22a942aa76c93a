"""Parcels that TikTok shows and BigCommerce does not know yet."""

from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select

from domain.fulfilment import carriers
from models import Order, OrderLine, Shipment, StoreOrder, db
from models.tenancy import tenant_id
from services import clock
from services.bulk import insert_missing
from services.fulfilment import rules


def collect(limit: int = 200) -> list[int]:
    """Parcels that TikTok shows and BigCommerce does not know yet become rows to be told BigCommerce (features S5-31,
    S5-37)."""
    if not rules.of().read_tracking:
        return []
    told = exists().where(
        Shipment.store_id == OrderLine.store_id,
        Shipment.order_id == OrderLine.order_id,
        Shipment.state != "gone",
        Shipment.source.in_(("bigcommerce", "tiktok")),
        or_(
            Shipment.tracking_number == OrderLine.tracking_number,
            and_(Shipment.package_id != "", Shipment.package_id == OrderLine.package_id),
        ),
    )
    query = (
        select(OrderLine, Order)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.tracking_number != "", OrderLine.copy_id.is_not(None), Order.bigcommerce_id.is_not(None))
        .where(Order.status != "CANCELLED", ~told)
        .order_by(OrderLine.id)
        .limit(limit)
    )
    parcels: dict[tuple[int, str], list[OrderLine]] = {}
    for line, _ in db.session.execute(query):
        parcels.setdefault((line.copy_id or 0, line.package_id or line.tracking_number), []).append(line)
    copies = {row.id: row for row in db.session.scalars(select(StoreOrder).where(
        StoreOrder.id.in_([copy for copy, _ in parcels]), StoreOrder.state == "written"))}  # fmt: skip
    due = []
    for (copy_id, package), lines in parcels.items():
        if copy_id in copies:
            due.append(_theirs(copies[copy_id], package, lines))
    return due


def _theirs(copy: StoreOrder, package: str, lines: Sequence[OrderLine]) -> int:
    key, now = f"pkg-{package}-{copy.id}", clock.now()
    row = {
        "store_id": tenant_id(), "order_id": copy.order_id, "key": key, "source": "tiktok",
        "bigcommerce_order_id": copy.bigcommerce_id, "carrier": lines[0].carrier,
        "tracking_number": carriers.clean(lines[0].tracking_number), "line_ids": [line.tiktok_id for line in lines],
        "package_id": lines[0].package_id, "sent_number": "", "sent_provider": "", "corrections": 0,
        "state": "waiting", "problem": "", "problem_text": "", "is_due": True, "shipped_at": now, "read_at": now,
    }  # fmt: skip
    insert_missing(Shipment, [row], ("store_id", "order_id", "key"))
    query = select(Shipment.id).where(Shipment.order_id == copy.order_id, Shipment.key == key)
    return int(db.session.scalars(query).one())
