"""SKUs that came down to the threshold: the shop shows them as out of stock, and somebody should order more
(features S3-29..31). The matter is settled when all of them are back above it."""

from collections.abc import Collection

from sqlalchemy import delete, func, select

from models import MerchantSku, StockLow, Store, db
from models.present import has_table
from models.tenancy import tenant_id
from services import clock, notices, settings
from services.bulk import insert_missing
from services.stock import levels

KEY = "stock.threshold"
NAMED = 3


def tell(sku_ids: Collection[int]) -> list[str]:
    """Called for SKUs whose number moved: keeps which are at or below the threshold, and raises, brings up to date or
    settles the one notice about them. Answers the codes of those that came down just now."""
    if not sku_ids or not has_table(StockLow):
        return []
    threshold = settings.of(db.session.get_one(Store, tenant_id())).threshold
    before = set(db.session.scalars(select(StockLow.merchant_sku_id).where(StockLow.merchant_sku_id.in_(sku_ids))))
    low = {sku_id for sku_id, places in levels.available(sku_ids).items() if sum(places.values()) <= threshold}
    low = low if threshold else set()
    came, went = low - before, before - low
    if not came and not went:
        return []
    if went:
        gone = delete(StockLow).where(StockLow.merchant_sku_id.in_(went))
        db.session.execute(gone, execution_options={"synchronize_session": False})
    rows = [{"store_id": tenant_id(), "merchant_sku_id": sku_id, "at": clock.now()} for sku_id in sorted(came)]
    if rows:
        insert_missing(StockLow, rows, ("store_id", "merchant_sku_id"))
    _say(threshold, came=bool(came))
    return _codes(came, len(came))


def _say(threshold: int, *, came: bool) -> None:
    """A notice that somebody put away comes back only when another SKU comes down."""
    count = db.session.scalar(select(func.count(StockLow.id))) or 0
    if not count:
        notices.resolve(KEY)
    elif came or notices.is_open(KEY):
        newest = select(StockLow.merchant_sku_id).order_by(StockLow.id.desc()).limit(NAMED)
        named = ", ".join(f"“{code}”" for code in _codes(list(db.session.scalars(newest)), NAMED))
        more = f" and {count - NAMED:,} more" if count > NAMED else ""
        words, show = ("has come down", "shows") if count == 1 else ("have come down", "show")
        notices.raise_notice(
            KEY,
            "warning",
            f"{named}{more} {words} to the threshold of {threshold} and {show} as out of stock. Time to order.",
            "See stock",
            "/stock/?view=low",
        )


def _codes(sku_ids: Collection[int], most: int) -> list[str]:
    query = select(MerchantSku.code).where(MerchantSku.id.in_(sku_ids)).order_by(MerchantSku.code).limit(most)
    return list(db.session.scalars(query))
