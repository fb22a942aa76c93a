"""What came back: prices that a shop confirmed, and incidents: prices that it took and does not show, or
would not take."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import func, select, update

from models import ListingSku, PriceIncident, PriceTold, Shop, db
from models.tenancy import tenant_id
from services import clock, notices
from services.bulk import rows_touched, upsert

NOT_APPLIED, REFUSED = "not_applied", "refused"
KEY = ("store_id", "listing_sku_id")
SAME = {"synchronize_session": False}


def keep(shop_id: int, listing_id: int, told: Mapping[int, Decimal], shown: Mapping[int, Decimal]) -> None:
    """By SKU of the listing: what it was told, and what the shop showed afterwards."""
    now = clock.now()
    rows = [
        {
            "store_id": tenant_id(),
            "shop_id": shop_id,
            "listing_id": listing_id,
            "listing_sku_id": line_id,
            "told": price,
            "told_at": now,
            "confirmed": shown[line_id],
            "confirmed_at": now,
        }
        for line_id, price in told.items()
        if line_id in shown
    ]
    upsert(PriceTold, rows, KEY, ("told", "told_at", "confirmed", "confirmed_at"))
    for row in rows:
        db.session.execute(
            update(ListingSku).where(ListingSku.id == row["listing_sku_id"]).values(sent_price=row["confirmed"]),
            execution_options=SAME,
        )


def incident(
    shop_id: int,
    listing_id: int,
    listing_sku_id: int,
    kind: str,
    *,
    code: str = "",
    text: str = "",
    told: Decimal | None = None,
    found: Decimal | None = None,
) -> None:
    """Opens an incident, or counts it once more."""
    now = clock.now()
    row = db.session.scalar(
        select(PriceIncident).where(
            PriceIncident.listing_id == listing_id,
            PriceIncident.listing_sku_id == listing_sku_id,
            PriceIncident.kind == kind,
            PriceIncident.state == "open",
        )
    )
    if row is None:
        row = PriceIncident(
            shop_id=shop_id, listing_id=listing_id, listing_sku_id=listing_sku_id, kind=kind, times=0, first_at=now
        )
        db.session.add(row)
    row.code, row.text, row.told, row.found = code[:60], text, told, found
    row.times, row.last_at, row.state = (row.times or 0) + 1, now, "open"
    db.session.flush()


def resolve(listing_id: int, listing_sku_ids: Collection[int]) -> int:
    """These SKUs show what they were told; answers how many incidents that settles."""
    settled = db.session.execute(
        update(PriceIncident)
        .where(
            PriceIncident.listing_id == listing_id,
            PriceIncident.state == "open",
            PriceIncident.listing_sku_id.in_({0, *listing_sku_ids}),
        )
        .values(state="resolved", resolved_at=clock.now()),
        execution_options=SAME,
    )
    return rows_touched(settled)


def incidents(shop_ids: Sequence[int], state: str, limit: int = 100) -> list[PriceIncident]:
    """Newest first."""
    query = select(PriceIncident).where(PriceIncident.shop_id.in_(shop_ids), PriceIncident.state == state)
    return list(db.session.scalars(query.order_by(PriceIncident.id.desc()).limit(limit)))


def tell(shop: Shop) -> int:
    """Raises or settles the shop's notice; answers how many incidents are open."""
    here = (PriceIncident.shop_id == shop.id, PriceIncident.state == "open")
    count, key = db.session.scalar(select(func.count(PriceIncident.id)).where(*here)) or 0, f"price:{shop.id}"
    if not count:
        notices.resolve(key)
        return 0
    what = "1 price does" if count == 1 else f"{count:,} prices do"
    text = f"{what} not arrive at “{shop.name}”, so it sells at an older price."
    notices.raise_notice(key, "warning", text, "See incidents", f"/prices/incidents?shop={shop.id}")
    return count
