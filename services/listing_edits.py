"""Changes of listings that TikTok has: compared with TikTok first, then sent exactly so, and never during a review."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, update

from domain.capabilities import Capability, allowed
from domain.roles import CHANGE, SEND, Page
from models import Activity, ActivityItem, Listing, ListingSku, Shop, db
from models.tenancy import scoped, tenant_id
from services import activities, clock
from services.activities import OPEN, NewItem, Started
from services.actor import Actor
from services.bulk import table_of
from services.errors import Forbidden, Invalid, ServiceError
from services.history import keeping
from services.listing_diff import Change
from services.listing_pages import unsent as unsent
from services.listings import hold
from services.people.access import asks
from services.publish_requests import Request

COMPARE, RESEND, LIVE_VALUES, UPDATE_PART = "compare", "resend", "live_values", "update_part"
ALL, PART = "all", "part"
WAITS = (RESEND, UPDATE_PART)
"""Kinds whose items wait for the verdict of a review that is under way, with every change there is."""
GO_ON = (*WAITS, "sync_products")
"""The same with those that send only what changed in BigCommerce."""
PARTS = {
    "title": "title",
    "description": "description",
    "images": "main_images",
    "brand": "brand_id",
    "attributes": "product_attributes",
    "weight": "package_weight",
    "dimensions": "package_dimensions",
}
"""Fields that can be sent alone -> property of the request. A category cannot: TikTok takes none in a partial edit."""
EDITABLE = frozenset({"DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED"})


LIVE = {"price": frozenset({"ACTIVATE"}), "stock": EDITABLE}
"""What is live without a review, and the states in which it can be sent (reference 4.12)."""


class NothingToSend(ServiceError):
    """None of these listings has changes that can be sent."""


def in_review(listing: Listing) -> bool:
    """TikTok is looking at it; what is sent now would begin the review anew (reference 4.10)."""
    return listing.audit_status == "AUDITING" or listing.platform_status == "PENDING"


def picture_sources(request: Request) -> list[str]:
    return [image.url for image in (*request.main_images, *request.sku_images.values())]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a comparison would read. `unsent`: those known to differ; `waits`: in review; `out`: cannot be compared."""

    shop: Shop
    count: int
    unsent: int
    waits: int
    out: int
    why_not: str = ""


def comparable(listings: Select[Any], shop: Shop) -> list[ColumnElement[bool]]:
    return [
        Listing.id.in_(listings),
        Listing.shop_id == shop.id,
        Listing.tiktok_id != "",
        Listing.platform_status.in_(EDITABLE),
    ]


def plan(shop: Shop, listings: Select[Any]) -> Plan:
    """Counts only; changes nothing."""
    counted = select(
        func.count(Listing.id),
        func.coalesce(func.sum(case((unsent(), 1), else_=0)), 0),
        func.coalesce(func.sum(case((Listing.audit_status == "AUDITING", 1), else_=0)), 0),
    )
    count, differ, waits = db.session.execute(counted.where(*comparable(listings, shop))).one()
    every = select(func.count(Listing.id)).where(Listing.id.in_(listings), Listing.shop_id == shop.id)
    verdict = allowed(shop.kind, Capability.EDIT_CONTENT)
    out = (db.session.scalar(every) or 0) - count
    return Plan(shop, count, int(differ), int(waits), out, "" if verdict else verdict.reason)


@asks(Page.LISTINGS, CHANGE)
def compare(actor: Actor, shop: Shop, listings: Select[Any]) -> Started:
    """Starts the dry run: reads each product from TikTok and keeps what would change. Sends nothing."""
    _refuse_unless_allowed(shop)
    rows = db.session.execute(
        select(Listing.id, Listing.title).where(*comparable(listings, shop)).order_by(Listing.id)
    ).all()
    if not rows:
        raise NothingToSend("None of these listings is on TikTok Shop, so there is nothing to compare.", "See listings",
                            "/listings/")  # fmt: skip
    items = [NewItem(row.title, row.id) for row in rows]
    listed = f"{len(items):,} {'listing' if len(items) == 1 else 'listings'}"
    return activities.start(actor, COMPARE, f"Compare {listed} with {shop.name}", items, shop_id=shop.id, priority=20)


def keep(item_id: int, found: Sequence[Change], digests: Mapping[str, str], waits: bool) -> None:
    """The predicted changes of one listing, beside its item."""
    item = db.session.get_one(ActivityItem, item_id)
    item.args = {**item.args, "changes": [one.as_json() for one in found], "digests": dict(digests), "waits": waits}
    db.session.flush()


def differing(activity: Activity, after: int, limit: int) -> list[ActivityItem]:
    """A keyset page of the items that found something."""
    query = select(ActivityItem).where(
        ActivityItem.activity_id == activity.id, ActivityItem.state == "done", ActivityItem.id > after
    )
    found: list[ActivityItem] = []
    for item in db.session.scalars(query.order_by(ActivityItem.id).execution_options(yield_per=200)):
        if item.args.get("changes"):
            found.append(item)
            if len(found) == limit:
                break
    return found


def sums(activity: Activity) -> dict[str, int]:
    """How much a finished comparison found: listings, changes, and by kind."""
    return {name: int(value) for name, value in activity.notes.items() if isinstance(value, int)}


@asks(Page.LISTINGS, SEND)
def send(actor: Actor, activity: Activity, scope: str = ALL, fields: Collection[str] = ()) -> Started:
    """Sends what a comparison has shown, and nothing else; those in review wait for their verdict. `scope`: all in one
    edit, only some `fields` (PART), or only the prices ("price") or the quantities ("stock"), which need no review."""
    if activity.kind != COMPARE or activity.state in OPEN:
        raise ServiceError("The comparison is still moving. Send when it has finished.", "See it",
                           f"/listings/changes/{activity.id}")  # fmt: skip
    if scope == PART and not fields:
        raise Invalid("Tick at least one field to send.", "Choose again", f"/listings/changes/{activity.id}")
    if scope == PART and not set(fields) <= PARTS.keys():  # a category goes only with everything else
        scope = ALL
    shop = db.session.get_one(Shop, activity.shop_id)
    _refuse_unless_allowed(shop, SCOPES[scope])
    found = db.session.scalars(
        select(ActivityItem)
        .where(ActivityItem.activity_id == activity.id, ActivityItem.state == "done")
        .order_by(ActivityItem.position)
    )
    wanted = {item.subject_id: item for item in found if item.subject_id and item.args.get("changes")}
    waiting = _waiting(shop)
    rows = {row.id: row for row in hold(list(wanted), Listing.intent == "", Listing.is_enabled.is_(True))}
    items = [
        NewItem(item.label, listing_id, args)
        for listing_id, item in wanted.items()
        if listing_id in rows
        and (listing_id not in waiting if scope in (ALL, PART) else scope in _kinds(item))
        and (scope in (ALL, PART) or rows[listing_id].platform_status in LIVE[scope])
        and (args := _args(item, scope, fields)) is not None
    ]
    if not items:
        text = "Nothing is left to send: these changes wait already, or were sent."
        raise NothingToSend(text, "See activities", "/activities/")
    listed = f"{len(items):,} {'listing' if len(items) == 1 else 'listings'}"
    if scope == ALL:
        kind, title = RESEND, f"Re-publish {listed} to {shop.name}"
    elif scope == PART:
        kind, title = UPDATE_PART, f"Update {', '.join(sorted(fields))} of {listed} in {shop.name}"
    else:
        kind, title = LIVE_VALUES, f"Update the {WORDS[scope]} of {listed} in {shop.name}"
    return activities.start(actor, kind, title, items, shop_id=shop.id)


SCOPES = {
    ALL: Capability.EDIT_CONTENT,
    PART: Capability.EDIT_CONTENT,
    "price": Capability.EDIT_PRICE,
    "stock": Capability.EDIT_STOCK,
}
WORDS = {"price": "prices", "stock": "quantities"}


def _kinds(item: ActivityItem) -> set[str]:
    return {one["kind"] for one in item.args["changes"]}


def _args(item: ActivityItem, scope: str, fields: Collection[str]) -> dict[str, Any] | None:
    """What the work must know: the digest that was shown; `whole`: nothing is left unsent after it. None: this listing
    differs in nothing of it."""
    shown = {} if item.args["waits"] else {"digest": item.args["digests"][ALL]}
    if scope == ALL:
        return shown
    if scope == PART:
        differ = {one["field"].partition(".")[0] for one in item.args["changes"] if one["kind"] != "stock"}
        mine = sorted(differ & set(fields))
        return {**shown, "fields": mine, "whole": differ <= set(fields)} if mine else None
    return {"kind": scope, "digest": item.args["digests"][scope], "whole": _kinds(item) <= {scope, "stock"}}


def told(listing: Listing, request: Request, kind: str, whole: bool) -> None:
    """TikTok has these prices or quantities now. With `whole` nothing else differed."""
    by_key = {sku["external_sku_id"]: sku for sku in request.body["skus"]}
    for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
        sku = by_key.get(str(line.id))
        if sku is None or not line.tiktok_id:
            continue
        if kind == "price":
            line.sent_price = Decimal(sku["price"]["amount"])
        else:
            line.sent_quantity = sum(one["quantity"] for one in sku["inventory"])
    name = "price" if kind == "price" else "inventory"
    skus = [{"external_sku_id": sku["external_sku_id"], name: sku[name]} for sku in request.body["skus"]]
    keeping.sent([(listing.id, {"skus": skus}, request.rule_version)], "part")
    if whole:
        listing.sent_hash = request.hash
    db.session.flush()


def _waiting(shop: Shop) -> set[int]:
    """Listings whose changes wait already: they go along with that one call."""
    query = (
        select(ActivityItem.subject_id)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(Activity.kind.in_(WAITS), Activity.shop_id == shop.id, Activity.state.in_(OPEN),
               ActivityItem.state.in_((*activities.WAITING, *activities.WORKING)))
    )  # fmt: skip
    return {subject_id for subject_id in db.session.scalars(query) if subject_id}


def wait_for_verdicts(shop_id: int, limit: int) -> list[str]:
    """Products whose changes wait for a verdict, so that it is asked for where no webhook comes."""
    query = (
        select(Listing.tiktok_id)
        .join(ActivityItem, ActivityItem.subject_id == Listing.id)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(Activity.kind.in_(GO_ON), Activity.shop_id == shop_id, Activity.state.in_(OPEN),
               ActivityItem.state == "waiting", Listing.tiktok_id != "")
        .order_by(ActivityItem.id)
        .limit(limit)
    )  # fmt: skip
    return list(db.session.scalars(query))


def go_on(listing: Listing) -> None:
    """The verdict is there: what waited for it is due now."""
    table = table_of(ActivityItem)
    open_ones = select(Activity.id).where(
        Activity.kind.in_(GO_ON), Activity.store_id == tenant_id(), Activity.state.in_(OPEN)
    )
    here = (table.c.store_id == tenant_id(), table.c.subject_id == listing.id, table.c.state == "waiting")
    statement = update(table).where(*here, table.c.activity_id.in_(open_ones)).values(due_at=clock.now())
    db.session.execute(scoped(statement))


def expected(args: Mapping[str, Any]) -> str:
    """The digest that was shown to the person who confirmed; empty where the changes were to wait."""
    return str(args.get("digest", ""))


def _refuse_unless_allowed(shop: Shop, wanted: Capability = Capability.EDIT_CONTENT) -> None:
    verdict = allowed(shop.kind, wanted)
    if not verdict:
        raise Forbidden(verdict.reason)
