"""Products deleted or hidden in BigCommerce whose listings are on TikTok Shop. Removals wait, gather, and stop for a
person when more would go than the delete brake allows (features S3-26, I-19)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from domain import catalog_sync as rules
from domain.capabilities import Capability, allowed
from domain.roles import SEND, Page
from domain.settings import StoreSettings
from models import Activity, CatalogRemoval, Listing, Product, Shop, Store, db
from models.tenancy import tenant_id
from services import clock, listing_actions, notices, settings
from services.actor import Actor, system
from services.bulk import insert_missing
from services.catalog_sync import noting
from services.errors import Forbidden, Invalid, ServiceError
from services.people.access import asks

QUIET = timedelta(minutes=2)  # since the last one was found; a bad import deletes for a while
LONGEST = timedelta(minutes=15)  # since the first
DAY = timedelta(hours=24)
NOTICE = "catalog.removals"
UNDECIDED = ("held", "open")
CAPABLE = {"delete": Capability.DELETE, "deactivate": Capability.DEACTIVATE}


def action_of(cause: str, chosen: StoreSettings) -> str:
    """What the switches say; empty: a person decides."""
    if cause == "deleted" and chosen.auto_delete:
        return "delete"
    return "deactivate" if chosen.auto_deactivate else ""


def found(product_ids: Collection[int], cause: str) -> int:
    """Notes the listings of these products; one that was noted before starts anew. Answers how many."""
    if not noting.ready() or not product_ids:
        return 0
    chosen = settings.of(db.session.get_one(Store, tenant_id()))
    action, now = action_of(cause, chosen), clock.now()
    if cause == "hidden" and not action:
        return 0  # hidden in one storefront and sold on TikTok is ordinary
    sources = listing_actions.MOVES[action or "deactivate"].sources
    here = Listing.product_id.in_(list(product_ids)), Listing.tiktok_id != "", Listing.platform_status.in_(sources)
    listings = {row.id: row.shop_id for row in db.session.execute(select(Listing.id, Listing.shop_id).where(*here))}
    insert_missing(
        CatalogRemoval,
        [
            {"store_id": tenant_id(), "shop_id": shop_id, "listing_id": listing_id, "cause": cause, "action": "",
             "state": "back", "found_at": now, "decided_at": None, "decided_by": "", "activity_id": None}
            for listing_id, shop_id in sorted(listings.items())
        ],
        ("store_id", "listing_id"),
    )  # fmt: skip
    for row in _locked(CatalogRemoval.listing_id.in_(listings)):
        if row.state in ("waiting", "held"):
            continue
        row.cause, row.action, row.found_at = cause, action, now
        row.state, row.decided_at, row.decided_by, row.activity_id = ("waiting" if action else "open"), None, "", None
    db.session.flush()
    tell()
    return len(listings)


def visibility(product_ids: Sequence[int]) -> None:
    """Products whose visibility changed: the hidden ones are noted, those shown again are let off."""
    query = select(Product.id, Product.is_visible).where(Product.id.in_(product_ids))
    shown = {row.id: row.is_visible for row in db.session.execute(query)}
    found([one for one, visible in shown.items() if not visible], "hidden")
    back([one for one, visible in shown.items() if visible])


def back(product_ids: Collection[int]) -> None:
    """These are there again: what was not sent off yet is not removed."""
    if not product_ids or not noting.ready():
        return
    mine = select(Listing.id).where(Listing.product_id.in_(list(product_ids)))
    for row in _locked(CatalogRemoval.listing_id.in_(mine), CatalogRemoval.state.in_(("waiting", *UNDECIDED))):
        row.state = "back"
    db.session.flush()
    tell()


def _locked(*conditions: object) -> Sequence[CatalogRemoval]:
    query = select(CatalogRemoval).where(*conditions).order_by(CatalogRemoval.id)  # type: ignore[arg-type]
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def settle() -> list[Activity]:
    """Sends off what has waited long enough, or holds it for a person. In the current transaction; launch each."""
    if not noting.ready():
        return []
    now = clock.now()
    by_shop: dict[int, list[CatalogRemoval]] = defaultdict(list)
    for row in _locked(CatalogRemoval.state == "waiting"):
        by_shop[row.shop_id].append(row)
    chosen = settings.of(db.session.get_one(Store, tenant_id()))
    started = []
    for shop_id, rows in by_shop.items():
        moments = [row.found_at for row in rows]
        if max(moments) > now - QUIET and min(moments) > now - LONGEST:
            continue
        rows = [row for row in rows if _still(row, chosen)]
        if not rows:
            continue
        lately = _count(shop_id, "started", CatalogRemoval.decided_at >= now - DAY)
        held = _count(shop_id, "held")
        if rules.must_ask(len(rows) + held, lately, _live(shop_id), chosen.delete_brake_percent):
            for row in rows:
                row.state = "held"
            continue
        started += _start(system(tenant_id()), db.session.get_one(Shop, shop_id), rows)
    db.session.flush()
    tell()
    return started


def _still(row: CatalogRemoval, chosen: StoreSettings) -> bool:
    """Whether the switch that asked for it is on, and the product still gone."""
    product = db.session.get(Product, row.listing.product_id) if row.listing.product_id else None
    gone = product is None or product.deleted_at is not None if row.cause == "deleted" else (
        product is not None and not product.is_visible
    )  # fmt: skip
    row.action = action_of(row.cause, chosen)
    row.state = "back" if not gone else "waiting" if row.action else "open"
    return row.state == "waiting"


def _count(shop_id: int, state: str, *conditions: object) -> int:
    query = select(func.count(CatalogRemoval.id)).where(
        CatalogRemoval.shop_id == shop_id,
        CatalogRemoval.state == state,
        *conditions,  # type: ignore[arg-type]
    )
    return db.session.scalar(query) or 0


def _live(shop_id: int) -> int:
    query = select(func.count(Listing.id)).where(Listing.shop_id == shop_id, *noting.on_tiktok())
    return db.session.scalar(query) or 0


def _start(actor: Actor, shop: Shop, rows: Sequence[CatalogRemoval]) -> list[Activity]:
    """One activity per action. Listings that cannot be moved right now stay waiting."""
    by_action: dict[str, list[CatalogRemoval]] = defaultdict(list)
    for row in rows:
        by_action[row.action].append(row)
    begun = []
    for action, mine in sorted(by_action.items()):
        if not allowed(shop.kind, CAPABLE[action]):
            for row in mine:
                row.state = "open"
            continue
        move = listing_actions.move_of(action)
        chosen = select(Listing.id).where(Listing.id.in_([row.listing_id for row in mine]), Listing.intent == "")
        free = set(db.session.scalars(chosen))
        try:
            activity = listing_actions.start(actor, shop, chosen, move).activity
        except (listing_actions.NothingToDo, Forbidden):
            continue
        for row in [one for one in mine if one.listing_id in free]:
            row.state, row.activity_id, row.decided_at, row.decided_by = (
                "started", activity.id, clock.now(), actor.name[:255],
            )  # fmt: skip
        noting.acted("auto_delete" if action == "delete" else "auto_deactivate", len(free))
        begun.append(activity)
    return begun


def undecided(shop_ids: Collection[int], limit: int = 200) -> Sequence[CatalogRemoval]:
    """Those that a person decides about."""
    query = select(CatalogRemoval).where(
        CatalogRemoval.shop_id.in_(list(shop_ids)), CatalogRemoval.state.in_(UNDECIDED)
    )
    return db.session.scalars(query.order_by(CatalogRemoval.id).limit(limit)).all()


def waiting(shop_ids: Collection[int]) -> int:
    query = select(func.count(CatalogRemoval.id)).where(
        CatalogRemoval.shop_id.in_(list(shop_ids)), CatalogRemoval.state == "waiting"
    )
    return db.session.scalar(query) or 0


@asks(Page.LISTINGS, SEND)
def decide(actor: Actor, shop: Shop, decision: str) -> list[Activity]:
    """A person's word on everything of a shop that waits for one: delete, deactivate, or keep. Launch each answer."""
    if decision not in ("delete", "deactivate", "keep"):
        raise Invalid("Choose delete, deactivate or keep.", "Choose again", "/sync/")
    rows = list(_locked(CatalogRemoval.shop_id == shop.id, CatalogRemoval.state.in_(UNDECIDED)))
    if not rows:
        raise ServiceError("Nothing waits for a decision any more.", "See what is kept in step", "/sync/")
    for row in rows:
        row.action = "" if decision == "keep" else decision
        if decision == "keep":
            row.state, row.decided_at, row.decided_by = "kept", clock.now(), actor.name[:255]
    begun = [] if decision == "keep" else _start(actor, shop, rows)
    db.session.flush()
    tell()
    if decision != "keep" and not begun:
        raise ServiceError("None of these listings can be moved now; they are on their way or gone.", "See listings",
                           "/listings/")  # fmt: skip
    return begun


def tell() -> None:
    """One notice for everything that waits for a person."""
    query = select(CatalogRemoval.state, func.count(CatalogRemoval.id)).where(CatalogRemoval.state.in_(UNDECIDED))
    counts: dict[str, int] = {state: count for state, count in db.session.execute(query.group_by(CatalogRemoval.state))}
    held, undecided_ = counts.get("held", 0), counts.get("open", 0)
    if held:
        notices.raise_notice(
            NOTICE, "danger",
            f"The delete brake stopped {held:,} removals: their products vanished from BigCommerce all at once. "
            "Nothing was deleted on TikTok Shop.",
            "Decide", "/sync/",
        )  # fmt: skip
    elif undecided_:
        one = undecided_ == 1
        notices.raise_notice(
            NOTICE, "warning",
            f"{undecided_:,} {'listing is' if one else 'listings are'} still on TikTok Shop although "
            f"{'its product was' if one else 'their products were'} deleted in BigCommerce.",
            "Decide", "/sync/",
        )  # fmt: skip
    else:
        notices.resolve(NOTICE)
