"""Verdicts: asks TikTok about listings in review, because a webhook is a hint and may never come."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from clients.errors import ClientError, Refused, Unauthorised
from clients.tiktok.models import Product
from domain.tabs import Tab
from models import Authorization, Listing, Shop, db
from models.tenancy import across_stores, tenant
from services import grants, platforms, publishing

THREADS = 8
AT_ONCE = 200
GONE = frozenset({"12052032", "12052260", "12019150"})  # unknown product (reference 4.11)


def poll() -> int:
    """A schedule: every active shop with listings in review. Answers how many verdicts changed something."""
    with across_stores("which shops have listings in review"):
        shops = db.session.execute(
            select(Listing.store_id, Listing.shop_id)
            .join(Shop, Shop.id == Listing.shop_id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .where(Listing.tab == Tab.IN_REVIEW.value, Shop.is_active, Authorization.state == "active")
            .distinct()
        ).all()
        db.session.rollback()
    return sum(ask(store_id, shop_id) for store_id, shop_id in shops)


def ask(store_id: int, shop_id: int, tiktok_ids: Sequence[str] = ()) -> int:
    """Reads these products of one shop (none named: those in review, the longest waiting first) and writes what TikTok says."""
    with tenant(store_id):
        shop = db.session.get(Shop, shop_id)
        if shop is None or not shop.is_active or shop.authorization.state != "active":
            db.session.rollback()
            return 0
        ids = list(tiktok_ids) or list(db.session.scalars(
            select(Listing.tiktok_id).where(Listing.shop_id == shop_id, Listing.tab == Tab.IN_REVIEW.value, Listing.tiktok_id != "")
            .order_by(Listing.published_at).limit(AT_ONCE)
        ))
        client = platforms.tiktok(shop)
        db.session.rollback()

        def read(tiktok_id: str) -> Product | ClientError:
            try:
                return client.get_product(tiktok_id)
            except ClientError as error:
                return error

        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(read, ids))
        return _record(shop_id, dict(zip(ids, answers, strict=True)))


def _record(shop_id: int, answers: dict[str, Product | ClientError]) -> int:
    listings = db.session.scalars(
        select(Listing).where(Listing.shop_id == shop_id, Listing.tiktok_id.in_(answers)).order_by(Listing.id).with_for_update()
    ).all()
    changed = 0
    for listing in listings:
        answer = answers[listing.tiktok_id]
        if isinstance(answer, Product):
            changed += publishing.verdict(listing, answer)
        elif isinstance(answer, Refused) and answer.code in GONE:
            changed += publishing.verdict(listing, Product(id=listing.tiktok_id, status="DELETED"))
        elif isinstance(answer, Unauthorised) and not answer.expired:
            grants.reject(db.session.get_one(Shop, shop_id).authorization, answer.text)
            break
    db.session.commit()
    return changed
