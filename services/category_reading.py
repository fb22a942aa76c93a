"""Reading what a category demands, outside a request: whom it concerns, and what a page says when it failed."""

from sqlalchemy import select

from clients.tiktok.api import TikTok
from models import Listing, Notice, Shop, db
from services import categories, notices, platforms, readiness
from services.categories import NeedsRead
from services.listing_pages import in_category


def key(shop_id: int, category_id: str) -> str:
    """The notice that says a reading failed."""
    return f"category:{shop_id}:{category_id}"


def prepare(shop_id: int) -> TikTok | None:
    """The shop's client; None when the shop cannot be asked now."""
    shop = db.session.get(Shop, shop_id)
    return (
        platforms.tiktok(shop) if shop is not None and shop.is_active and shop.authorization.state == "active" else None
    )


def record(shop_id: int, read: NeedsRead) -> bool:
    """Keeps what was read and rechecks the listings it concerns; True when more of them are left than one batch."""
    shop = db.session.get_one(Shop, shop_id)
    categories.record_needs(shop, read)
    notices.resolve(key(shop_id, read.category_id))
    concerned = Listing.shop_id == shop_id, in_category(read.category_id)
    count = readiness.mark_stale(*concerned)
    ids = db.session.scalars(
        select(Listing.id).where(*concerned).order_by(Listing.changed_at.desc()).limit(readiness.BATCH)
    ).all()
    readiness.recheck(shop, ids)
    return count > len(ids)


def failed(shop_id: int, category_id: str, text: str) -> None:
    """Says why on the page that waits, and to everybody."""
    notices.raise_notice(key(shop_id, category_id), "warning", text, "See listings", "/listings/")


def failure(shop_id: int, category_id: str) -> str:
    """Why the last reading failed; empty when it did not."""
    query = select(Notice.text).where(Notice.key == key(shop_id, category_id), Notice.resolved_at.is_(None))
    return db.session.scalar(query) or ""


def forget_failure(shop_id: int, category_id: str) -> None:
    """Before asking again."""
    notices.resolve(key(shop_id, category_id))
