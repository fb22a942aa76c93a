"""Readiness of listings: which must be rechecked, and the check itself in bulk. A listing whose draft, needs and rules
did not change is not written."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from domain import readiness
from domain.capabilities import ShopKind
from domain.draft import Problem
from domain.score import score
from models import Listing, ListingProblem, Shop, db
from models.tenancy import scoped
from services import clock, drafts, listing_summary
from services.bulk import rows_touched, table_of
from services.tabs import problem_codes, retab

BATCH = 200


def mark_stale(*conditions: ColumnElement[bool]) -> int:
    """Marks listings for rechecking in one statement. Answers how many."""
    done = db.session.execute(
        update(Listing).where(*conditions).values(is_stale=True), execution_options={"synchronize_session": False}
    )
    return rows_touched(done)


def stale_count(shop_id: int | None = None) -> int:
    """For "rechecking n"."""
    query = select(func.count(Listing.id)).where(Listing.is_stale)
    return db.session.scalar(query if shop_id is None else query.where(Listing.shop_id == shop_id)) or 0


def recheck_stale(limit: int = BATCH) -> int:
    """Rechecks one batch of the store's stale listings; answers how many were looked at."""
    rows = db.session.execute(
        select(Listing.id, Listing.shop_id)
        .where(Listing.is_stale)
        .order_by(Listing.shop_id, Listing.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    shop_id = rows[0].shop_id
    ids = [row.id for row in rows if row.shop_id == shop_id]
    recheck(db.session.get_one(Shop, shop_id), ids)
    return len(ids)


def recheck(shop: Shop, listing_ids: Sequence[int]) -> None:
    """Checks listings of one shop and writes problems, readiness, score, tab and counters of those that changed."""
    # Locked and read anew: who edits meanwhile waits, and what other statements wrote to these rows is seen.
    rows_now = select(Listing).where(Listing.id.in_(listing_ids), Listing.shop_id == shop.id).order_by(Listing.id)
    found = db.session.scalars(rows_now.with_for_update().execution_options(populate_existing=True))
    listings = {row.id: row for row in found}
    prepared = drafts.prepare(shop, list(listings))
    now, changed, rows = clock.now(), [], []
    for listing_id, one in prepared.items():
        listing = listings[listing_id]
        listing.is_stale = False
        if (
            listing.draft_hash == one.hash
            and listing.rule_version == one.pack.version
            and listing.checked_at is not None
            and listing.currency is not None
        ):
            continue
        # What TikTok runs itself is judged by TikTok.
        ours = shop.kind != ShopKind.SEMI_CONSIGNMENT
        problems = readiness.check(one.draft, one.needs, one.pack, one.policy) if ours else ()
        # The platform refused the earlier draft; this one is different and deserves a new chance.
        # Stock moves by itself and is no answer to a refusal.
        if listing.is_refused and listing.draft_hash and not drafts.same_content(listing.draft_hash, one.hash):
            listing.is_refused = False
        listing.title = one.draft.title[:300]
        listing_summary.keep(listing, one.draft)
        listing.draft_hash, listing.rule_version, listing.checked_at = one.hash, one.pack.version, now
        listing.is_ready = readiness.is_ready(problems)
        listing.score = score(problems, one.draft, one.needs).value
        changed.append(listing)
        rows += [_row(listing, number, problem) for number, problem in enumerate(problems)]
    if changed:
        ids = [listing.id for listing in changed]
        before = problem_codes(ids)
        keep = [listing.id for listing in changed if listing.is_refused or listing.platform_status == "FAILED"]
        doomed = delete(ListingProblem).where(ListingProblem.listing_id.in_(ids))
        db.session.execute(
            doomed.where((ListingProblem.source == "rules") | ListingProblem.listing_id.not_in(keep)),
            execution_options={"synchronize_session": False},
        )
        if rows:
            db.session.execute(scoped(insert(table_of(ListingProblem)).values(store_id=shop.store_id)), rows)
        retab(changed, before)
    else:
        db.session.flush()


def _row(listing: Listing, position: int, problem: Problem) -> dict[str, object]:
    return {
        "store_id": listing.store_id,
        "listing_id": listing.id,
        "shop_id": listing.shop_id,
        "code": problem.code[:60],
        "field": problem.field[:80],
        "text": problem.text,
        "is_blocking": problem.blocking,
        "source": "rules",
        "position": position,
    }


def problems(listing_ids: Sequence[int]) -> dict[int, list[ListingProblem]]:
    """Problems of listings, blocking first, by listing id."""
    found: dict[int, list[ListingProblem]] = {listing_id: [] for listing_id in listing_ids}
    query = (
        select(ListingProblem)
        .where(ListingProblem.listing_id.in_(listing_ids))
        .order_by(
            ListingProblem.listing_id,
            (ListingProblem.source == "rules"),
            ListingProblem.is_blocking.desc(),
            ListingProblem.position,
        )
    )
    for row in db.session.scalars(query):
        found[row.listing_id].append(row)
    return found
