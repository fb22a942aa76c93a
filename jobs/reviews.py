"""Verdicts: asks TikTok about listings in review, because a webhook is a hint and may never come."""

import logging
import random
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from rq.timeouts import BaseTimeoutException
from sqlalchemy import func, select

from clients.errors import ClientError, Refused, Unauthorised
from clients.tiktok.models import Product
from domain.tabs import Tab
from models import Activity, ActivityItem, Authorization, Listing, Shop, db
from models.tenancy import across_stores, tenant
from services import canary, grants, listing_edits, platforms, verdicts
from services.activities import OPEN, WORKING
from services.adoption import second_writer
from services.patience import persistently

log = logging.getLogger("causeway.reviews")
THREADS = 8
AT_ONCE = 200
SECONDS = 60.0  # a job; RQ would cut it off at 150
GONE = frozenset({"12052032", "12052260", "12019150"})  # unknown product (reference 4.11)
Answers = Mapping[str, Product | ClientError]


class Unread(Exception):
    """Some of the products that were asked about by name could not be read now; ask again later. `ids`: those, all of
    them when empty."""

    def __init__(self, text: str, ids: Collection[str] = ()) -> None:
        super().__init__(text)
        self.ids = frozenset(ids)


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
        waiting = (
            select(Activity.store_id, Activity.shop_id)
            .join(Shop, Shop.id == Activity.shop_id)
            .where(
                Activity.kind == listing_edits.RESEND, Activity.state.in_(OPEN), Activity.waiting > 0, Shop.is_active
            )
        )
        places = {(row[0], row[1]) for row in (*shops, *db.session.execute(waiting.distinct()))}
        db.session.rollback()
    changed = 0
    deadline = time.monotonic() + SECONDS
    for store_id, shop_id in random.sample(sorted(places), len(places)):  # who is left out has a chance the next time
        if time.monotonic() > deadline:
            break
        try:
            changed += ask(store_id, shop_id)
        except BaseTimeoutException:
            raise  # the job's own end
        except Exception as failure:  # one shop's trouble must not keep the others waiting
            db.session.rollback()
            log.error("Verdicts of shop %s: %s", shop_id, failure, exc_info=failure)
    return changed


def ask(store_id: int, shop_id: int, tiktok_ids: Sequence[str] = ()) -> int:
    """Reads these products of one shop (none named: those in review) and writes what TikTok says. Raises Unread when
    one that was named could not be read, or may be one that is just being sent: its listing does not know it yet."""
    with tenant(store_id):
        shop = db.session.get(Shop, shop_id)
        if shop is None or not shop.is_active or shop.authorization.state != "active":
            db.session.rollback()
            return 0
        ids = list(tiktok_ids) or _in_review(shop_id)
        client = platforms.tiktok(shop)
        db.session.rollback()

        def read(tiktok_id: str) -> Product | ClientError:
            try:
                return persistently(lambda: client.get_product(tiktok_id))
            except ClientError as error:
                return error

        with ThreadPoolExecutor(THREADS) as pool:
            answers = dict(zip(ids, pool.map(read, ids), strict=True))
        early = _early(shop_id, tiktok_ids) if tiktok_ids else set()  # before the record: what comes between is seen
        changed = _record(shop_id, answers)
        unread = {
            number: one
            for number, one in answers.items()
            if isinstance(one, ClientError) and not isinstance(one, Refused)
        }
        if tiktok_ids and unread:
            raise Unread(str(next(iter(unread.values()))), unread)
        if early:
            raise Unread("Its listing is being sent and does not know it yet.", early)
        return changed


def _early(shop_id: int, tiktok_ids: Sequence[str]) -> set[str]:
    """Products that no listing knows while listings of the shop are being sent: a review can be faster than our own
    record of the answer."""
    known = select(Listing.tiktok_id).where(Listing.shop_id == shop_id, Listing.tiktok_id.in_(tiktok_ids))
    early = set(tiktok_ids) - set(db.session.scalars(known))
    sending = (
        select(ActivityItem.id)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(Activity.kind == "publish", Activity.shop_id == shop_id, ActivityItem.state.in_(WORKING))
    )
    in_flight = bool(early) and db.session.scalar(sending.limit(1)) is not None
    db.session.rollback()
    return early if in_flight else set()


def _in_review(shop_id: int) -> list[str]:
    """The longest waiting, and some at random, so that a few hundred stuck ones do not hide the rest."""
    here = select(Listing.tiktok_id).where(
        Listing.shop_id == shop_id, Listing.tab == Tab.IN_REVIEW.value, Listing.tiktok_id != ""
    )
    oldest = db.session.scalars(here.order_by(Listing.published_at, Listing.id).limit(AT_ONCE // 2))
    others = db.session.scalars(here.order_by(func.random()).limit(AT_ONCE // 2))
    waited_for = listing_edits.wait_for_verdicts(shop_id, AT_ONCE // 2)
    return list(dict.fromkeys([*oldest, *others, *waited_for]))


def _record(shop_id: int, answers: Answers) -> int:
    listings = db.session.scalars(
        select(Listing)
        .where(Listing.shop_id == shop_id, Listing.tiktok_id.in_(list(answers)))
        .order_by(Listing.id)
        .with_for_update()
    ).all()
    changed = 0
    read: dict[int, Product] = {}
    for listing in listings:
        answer = answers[listing.tiktok_id]
        if isinstance(answer, Product):
            changed += verdicts.verdict(listing, answer)
            read[listing.id] = answer
        elif isinstance(answer, Refused) and answer.code in GONE:
            changed += verdicts.verdict(listing, Product(id=listing.tiktok_id, status="DELETED"))
        elif isinstance(answer, Unauthorised) and not answer.expired:
            grants.heed(db.session.get_one(Shop, shop_id).authorization, answer)
            break
    second_writer.look(db.session.get_one(Shop, shop_id), read)
    db.session.commit()
    if changed:  # by itself: whoever records an answer takes the activity before its listings
        canary.watch(shop_id)
        db.session.commit()
    return changed
