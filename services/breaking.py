"""Listings that pass today and fail when a dated rule pack takes effect (features I-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from domain import readiness as rules
from domain import rulepacks
from domain.limits import RulePack
from models import Listing, Shop, db
from services import clock, drafts, notices, readiness

BATCH = 200
MOST = 10_000  # listings of a shop that one look goes through
TAKES = ("ready", "live", "in_review", "scheduled", "publishing")  # tabs of what passes now


@dataclass(frozen=True, slots=True)
class Breaking:
    """A listing, the day from which it fails, the pack that does it, and what will be wrong."""

    listing_id: int
    title: str
    day: date
    version: str
    problems: tuple[tuple[str, str, str], ...]  # (code, field, text)


def packs() -> Sequence[RulePack]:
    """All rule packs that are known."""
    return rulepacks.PACKS


def coming(shop: Shop) -> tuple[RulePack, ...]:
    """The packs of the shop's market that take effect after today, soonest first."""
    crossing = shop.seller_type == "CROSS_BORDER"
    return rulepacks.upcoming(shop.market, clock.now().date(), cross_border=crossing, packs=packs())


def look(shop: Shop, after: int = 0, limit: int = BATCH) -> tuple[list[Breaking], int]:
    """(those of the next `limit` passing listings that will fail, the last id looked at; 0 at the end). Each is named
    with the first day on which it fails."""
    later = coming(shop)
    if not later:
        return [], 0
    query = select(Listing.id).where(Listing.shop_id == shop.id, Listing.tab.in_(TAKES), Listing.id > after)
    ids = list(db.session.scalars(query.order_by(Listing.id).limit(limit)))
    found = []
    for key, one in drafts.prepare(shop, ids).items():
        now = {
            (item.code, item.field) for item in rules.check(one.draft, one.needs, one.pack, one.policy) if item.blocking
        }
        for pack in later:
            new = tuple(
                (item.code, item.field, item.text)
                for item in rules.check(one.draft, one.needs, pack, one.policy)
                if item.blocking and (item.code, item.field) not in now
            )
            if new:
                found.append(Breaking(key, one.draft.title, pack.effective_from, pack.version, new))
                break
    return found, ids[-1] if len(ids) == limit else 0


def every(shop: Shop, most: int = MOST) -> list[Breaking]:
    """Through the shop's passing listings, at most so many."""
    found: list[Breaking] = []
    after = looked = 0
    while looked < most:
        some, after = look(shop, after)
        found += some
        looked += BATCH
        if not after:
            break
    return found


def tell(shop_id: int) -> int:
    """Raises, renews or closes the shop's notice; answers how many listings will break."""
    shop = db.session.get_one(Shop, shop_id)
    found = every(shop)
    key = f"breaking:{shop_id}"
    if not found:
        notices.resolve(key)
        return 0
    day = min(one.day for one in found)
    count = f"{len(found):,} {'listing' if len(found) == 1 else 'listings'}"
    text = f"{count} of {shop.name} can be sold today and will fail TikTok's rules from {day:%-d %B %Y} on."
    notices.raise_notice(key, "warning", text, "See which", f"/listings/breaking?shop={shop_id}")
    return len(found)


def take_effect(shop_id: int) -> int:
    """On the day itself: listings that were judged by an older pack are rechecked. Answers how many."""
    shop = db.session.get_one(Shop, shop_id)
    today, crossing = clock.now().date(), shop.seller_type == "CROSS_BORDER"
    pack = rulepacks.pack_for(shop.market, today, cross_border=crossing, packs=packs())
    return readiness.mark_stale(
        Listing.shop_id == shop_id, Listing.checked_at.is_not(None), Listing.rule_version != pack.version,
        Listing.is_stale.is_(False),
    )  # fmt: skip
