"""How long a store keeps its own records: versions of listings, the audit log, stock movements. The merchant says it in
the configuration; what goes, goes in small transactions."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, delete, exists, or_, select, text
from sqlalchemy.orm import aliased

from domain.settings import StoreSettings
from models import AuditEntry, Base, ListingBody, ListingVersion, StockMovement, StockOrder, db
from models.present import has_table
from models.tenancy import MARK
from services.bulk import rows_touched

CHUNK = 2000  # rows a transaction
SKUS = 200  # SKUs whose movements are drawn together in one transaction
CARRIED = "carried"
LONGEST_TRANSACTION = timedelta(hours=1)
# Names no row, so it needs no store: it keeps all who add bodies out for one short statement.
LOCK = text("LOCK TABLE listing_body IN SHARE ROW EXCLUSIVE MODE").execution_options(**{MARK: True})
Commit = Callable[[], None]


def drop(now: datetime, kept: StoreSettings, commit: Commit) -> int:
    """Removes what the current store keeps no longer; how many rows."""
    gone = drop_versions(now - timedelta(days=kept.versions_days), commit)
    gone += drop_bodies(now, commit)
    gone += drop_log(now - timedelta(days=kept.log_days), commit)
    return gone + draw_together(now - timedelta(days=kept.movements_days), commit)


def drop_versions(until: datetime, commit: Commit) -> int:
    """Edits before that moment, and what TikTok took before it; the last whole version it took stays, with the parts
    after it, because every later one is read on top of it."""
    if not has_table(ListingVersion):
        return 0
    later = aliased(ListingVersion)
    same = and_(later.store_id == ListingVersion.store_id, later.listing_id == ListingVersion.listing_id)
    overtaken = exists().where(same, later.kind == "sent", later.id > ListingVersion.id, later.at < until)
    old = select(ListingVersion.id).where(ListingVersion.at < until, or_(ListingVersion.kind == "edit", overtaken))
    gone = 0
    while ids := list(db.session.scalars(old.limit(CHUNK))):
        gone += _delete(ListingVersion, ids, commit)
    commit()
    return gone


def drop_bodies(now: datetime, commit: Commit) -> int:
    """What was sent and no version points to any more. A body may be used again meanwhile, so the newest versions are
    looked at once more while nobody can add any."""
    if not has_table(ListingBody):
        return 0
    used = select(ListingVersion.digest)
    candidates = list(db.session.scalars(select(ListingBody.id).where(ListingBody.digest.not_in(used))))
    commit()
    fresh = select(ListingVersion.digest).where(ListingVersion.at >= now - LONGEST_TRANSACTION)
    gone = 0
    for first in range(0, len(candidates), CHUNK):
        if db.engine.dialect.name == "postgresql":
            db.session.execute(LOCK)
        part = ListingBody.id.in_(candidates[first : first + CHUNK])
        statement = delete(ListingBody).where(part, ListingBody.digest.not_in(fresh))
        gone += rows_touched(db.session.execute(statement, execution_options={"synchronize_session": False}))
        commit()
    return gone


def drop_log(until: datetime, commit: Commit) -> int:
    """Entries of the audit log before that moment."""
    gone = 0
    old = select(AuditEntry.id).where(AuditEntry.at < until).limit(CHUNK)
    while has_table(AuditEntry) and (ids := list(db.session.scalars(old))):
        gone += _delete(AuditEntry, ids, commit)
    commit()
    return gone


def draw_together(until: datetime, commit: Commit) -> int:
    """Movements before that moment become one a SKU, location and balance, so that the sums stay what they were; those
    of orders that are still open stay. How many rows fewer."""
    if not has_table(StockMovement):
        return 0
    running = select(StockOrder.order_ref).where(StockOrder.state.not_in(("released", "shipped")))
    old = and_(StockMovement.at < until, StockMovement.order_ref.not_in(running))
    rest = and_(old, StockMovement.cause != CARRIED)
    last, gone = 0, 0
    while skus := list(
        db.session.scalars(
            select(StockMovement.merchant_sku_id)
            .where(rest, StockMovement.merchant_sku_id > last)
            .distinct()
            .order_by(StockMovement.merchant_sku_id)
            .limit(SKUS)
        )
    ):
        last = skus[-1]
        gone += _draw(select(StockMovement).where(old, StockMovement.merchant_sku_id.in_(skus)), until)
        commit()
    commit()
    return gone


def _draw(query: Select[StockMovement], until: datetime) -> int:
    groups: dict[tuple[int, int, str], list[StockMovement]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(StockMovement.id)):
        groups[row.merchant_sku_id, row.location_id, row.kind].append(row)
    sums = {key: sum(row.delta for row in rows) for key, rows in groups.items()}
    ids = [row.id for key, rows in groups.items() for row in (rows[:-1] if sums[key] else rows)]
    for first in range(0, len(ids), CHUNK):
        part = StockMovement.id.in_(ids[first : first + CHUNK])
        db.session.execute(delete(StockMovement).where(part), execution_options={"synchronize_session": False})
    for key, rows in groups.items():
        if sums[key]:
            one = rows[-1]
            one.delta, one.cause, one.order_ref, one.reference, one.at = sums[key], CARRIED, "", CARRIED, until
    db.session.flush()
    db.session.expire_all()
    return len(ids)


def _delete(model: type[Base], ids: list[int], commit: Commit) -> int:
    key = model.id  # type: ignore[attr-defined]
    db.session.execute(delete(model).where(key.in_(ids)), execution_options={"synchronize_session": False})
    commit()
    return len(ids)
