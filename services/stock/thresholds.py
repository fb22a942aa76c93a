"""SKUs that came down to the threshold: the shop shows them as out of stock, and somebody should order more
(features S3-29..31)."""

from collections.abc import Collection

from sqlalchemy import select

from models import MerchantSku, Store, db
from models.tenancy import tenant_id
from services import notices, settings
from services.stock import levels

KEY = "stock.threshold"
NAMED = 3


def tell(sku_ids: Collection[int]) -> list[str]:
    """Called for SKUs whose number moved: raises one notice that names those at or below the threshold. Answers their
    codes."""
    threshold = settings.of(db.session.get_one(Store, tenant_id())).threshold
    if not threshold or not sku_ids:
        return []
    low = {
        sku_id: sum(places.values())
        for sku_id, places in levels.available(sku_ids).items()
        if sum(places.values()) <= threshold
    }
    if not low:
        return []
    codes = list(db.session.scalars(select(MerchantSku.code).where(MerchantSku.id.in_(low)).order_by(MerchantSku.code)))
    named = ", ".join(f"“{code}”" for code in codes[:NAMED])
    more = f" and {len(codes) - NAMED:,} more" if len(codes) > NAMED else ""
    words = "has come down" if len(codes) == 1 else "have come down"
    show = "shows" if len(codes) == 1 else "show"
    notices.raise_notice(
        KEY,
        "warning",
        f"{named}{more} {words} to the threshold of {threshold} and {show} as out of stock. Time to order.",
        "See stock",
        "/stock/?view=low",
    )
    return codes
