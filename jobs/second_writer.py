"""The look for a second writer: what changed on TikTok Shop since the last look is read, and what was not us is kept
for a decision. Webhooks come sooner; this finds what they did not tell."""

import logging
import time
from datetime import datetime, timedelta

from rq.timeouts import BaseTimeoutException
from sqlalchemy import exists, select

from clients.errors import Refused
from clients.tiktok.api import TikTok
from jobs import reviews
from models import Authorization, KnownValues, Listing, Shop, ShopLook, Store, db
from models.present import has_table
from models.tenancy import across_stores, tenant
from services import clock, platforms
from services.adoption import second_writer
from services.adoption.found import moment
from services.twin_walk import TOO_MANY

log = logging.getLogger("causeway.second_writer")
OVERLAP = timedelta(minutes=5)  # what a search shows late
AT_ONCE = 200  # products read in one look at a shop; the next look takes the next
SECONDS = 60.0
Changed = dict[str, datetime | None]  # TikTok's id -> when it was changed


def poll() -> int:
    """A schedule: every active shop with listings on TikTok. Answers how many products were read."""
    if not second_writer.ready() or not has_table(ShopLook):
        return 0
    read, deadline = 0, time.monotonic() + SECONDS
    for store_id, shop_id in _shops():
        if time.monotonic() > deadline:
            break
        try:
            read += look(store_id, shop_id)
        except BaseTimeoutException:
            raise  # the job's own end
        except Exception as failure:  # one shop's trouble must not keep the others waiting
            db.session.rollback()
            log.error("Changes in shop %s: %s", shop_id, failure, exc_info=failure)
    return read


def look(store_id: int, shop_id: int) -> int:
    """Reads what changed in one shop; answers how many products."""
    with tenant(store_id):
        shop = db.session.get_one(Shop, shop_id)
        row = db.session.scalar(select(ShopLook).where(ShopLook.shop_id == shop_id))
        begun = clock.now()
        since = row.until if row is not None else begun
        client = platforms.tiktok(shop)
        db.session.rollback()
        changed = _changed(client, since - OVERLAP)
        ids = _ours(shop_id, changed)
        db.session.rollback()
    part = ids[:AT_ONCE]
    if part:
        reviews.ask(store_id, shop_id, part)
    with tenant(store_id):
        row = db.session.scalar(select(ShopLook).where(ShopLook.shop_id == shop_id).with_for_update())
        if row is None:
            row = ShopLook(shop_id=shop_id, until=since)
            db.session.add(row)
        if len(part) == len(ids):
            row.until = begun
        db.session.commit()
    return len(part)


def _shops() -> list[tuple[int, int]]:
    """The longest waiting first."""
    with across_stores("shops whose changes are looked at"):
        rows = db.session.execute(
            select(Shop.store_id, Shop.id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .join(Store, Store.id == Shop.store_id)
            .outerjoin(ShopLook, ShopLook.shop_id == Shop.id)
            .where(Shop.is_active, Authorization.state == "active", Store.state == "installed")
            .where(exists().where(Listing.shop_id == Shop.id, Listing.tiktok_id != ""))
            .order_by(ShopLook.until.is_not(None), ShopLook.until, Shop.id)
        ).all()
        db.session.rollback()
    return [(store_id, shop_id) for store_id, shop_id in rows]


def _changed(client: TikTok, since: datetime) -> Changed:
    """Products changed since then, as the search shows them. More than a search answers are looked at by their
    webhooks and reviews alone."""
    found: Changed = {}
    token = ""
    while True:
        try:
            page = client.search_products(update_time_ge=int(since.timestamp()), page_token=token)
        except Refused as refusal:
            if refusal.code == TOO_MANY:
                log.warning("More than 10,000 products changed since %s; they are not compared.", since)
                return {}
            raise
        found |= {product.id: moment(product.update_time) for product in page.products}
        token = page.next_page_token
        if not token:
            return found


def _ours(shop_id: int, changed: Changed) -> list[str]:
    """Those that a listing knows, that are not in review (its poll reads them), and not read since their change."""
    found: list[str] = []
    ids = list(changed)
    for start in range(0, len(ids), 5000):
        query = (
            select(Listing.tiktok_id, KnownValues.updated_at)
            .outerjoin(KnownValues, KnownValues.listing_id == Listing.id)
            .where(Listing.shop_id == shop_id, Listing.tiktok_id.in_(ids[start : start + 5000]), Listing.intent == "")
            .where(Listing.audit_status != "AUDITING", Listing.platform_status != "PENDING")
        )
        for tiktok_id, updated_at in db.session.execute(query):
            if updated_at is None or changed[tiktok_id] is None or updated_at != changed[tiktok_id]:
                found.append(tiktok_id)
    return found
