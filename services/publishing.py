"""Publishing: what the confirmation shows, the intent, the request for TikTok, and the answer on the listing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import aliased

from clients.errors import ItemError, Refused
from clients.tiktok.models import CreatedProduct, Product
from domain.attributes import sendable
from domain.capabilities import Capability, allowed
from domain.description import translate
from domain.draft import Draft, SkuDraft
from domain.policy import Policy
from domain.tabs import Tab
from domain.variants import image_option, option_names
from models import Activity, ActivityItem, Listing, ListingProblem, ListingSku, Shop, Store, Warehouse, db
from services import activities, clock, notices, platform_errors, settings, warehouses
from services.activities import NewItem, Started
from services.actor import Actor
from services.drafts import Prepared
from services.errors import Forbidden, ServiceError
from services.listings import hold, set_intent
from services.tabs import problem_codes, retab

LIMIT_CODE = "12052093"  # daily listing limit (reference 4.9)
CATEGORY_VERSION = "v2"


class NothingReady(ServiceError):
    """None of the chosen listings can be published now."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the confirmation shows."""

    shop: Shop
    ready: int
    not_ready: int
    warehouses: Sequence[Warehouse]
    limit: int | None  # today's limit where it is known
    left: int | None
    waiting: int  # how many will wait for a later day, by what is known
    resumes_at: datetime | None
    left_out: Sequence[tuple[str, int]] = ()  # (tab, how many of it are not sent)
    limit_now: bool = False  # TikTok said today that the limit is reached


def publishable(listings: Select[Any], shop: Shop) -> Select[Any]:
    """Those of the query that may be sent: ready, enabled, nothing in flight, not yet live or refused by review."""
    return select(Listing.id).where(
        Listing.id.in_(listings),
        Listing.shop_id == shop.id,
        Listing.is_ready,
        Listing.is_enabled,
        Listing.intent == "",
        Listing.tab.in_((Tab.READY.value, Tab.FAILED.value)),
    )


def plan(shop: Shop, listings: Select[Any]) -> Plan:
    """Counts only; changes nothing."""
    of_shop = Listing.id.in_(listings), Listing.shop_id == shop.id
    chosen = _by_tab(*of_shop)
    sent = _by_tab(Listing.id.in_(publishable(listings, shop)))
    ready = sum(sent.values())
    left_out = [(tab.value, chosen[tab] - sent.get(tab, 0)) for tab in Tab if chosen.get(tab, 0) > sent.get(tab, 0)]
    limit, left = today(shop)
    reached = waits_for_tomorrow(shop) is not None
    waiting = ready if reached else max(0, ready - left) if left is not None else 0
    resumes = clock.next_shop_day(shop.market, clock.now()) if waiting else None
    return Plan(
        shop,
        ready,
        sum(chosen.values()) - ready,
        warehouses.mapped(shop),
        limit,
        left,
        waiting,
        resumes,
        left_out,
        reached,
    )


def _by_tab(*conditions: ColumnElement[bool]) -> dict[str, int]:
    query = select(Listing.tab, func.count(Listing.id)).where(*conditions).group_by(Listing.tab)
    return {tab: count for tab, count in db.session.execute(query)}


def today(shop: Shop) -> tuple[int | None, int | None]:
    """(limit, what is left of it today); None where the shop's limit was never met, because TikTok does not tell it."""
    day = clock.shop_day(shop.market, clock.now())
    used = shop.listings_today if shop.listings_day == day else 0
    if shop.limit_reached_day == day:
        return shop.daily_limit, 0
    return (shop.daily_limit, max(0, shop.daily_limit - used)) if shop.daily_limit is not None else (None, None)


def start(actor: Actor, shop: Shop, listings: Select[Any], warehouse_ids: Sequence[str] = ()) -> Started:
    """Marks the publishable ones and adds them to the shop's publishing activity (one is open; more join it)."""
    verdict = allowed(shop.kind, Capability.PUBLISH)
    if not verdict:
        raise Forbidden(verdict.reason)
    if not warehouses.mapped(shop):
        raise ServiceError(
            "No warehouse of this shop is mapped yet, so nothing can be published.",
            "Map warehouses",
            "/wizard/warehouses",
        )
    # Locked with the intent named outside the subquery: of two people pressing at once the second finds them taken.
    fit = select(Listing.id, Listing.title).where(Listing.id.in_(publishable(listings, shop)), Listing.intent == "")
    rows = db.session.execute(fit.order_by(Listing.id).with_for_update()).all()
    if not rows:
        raise NothingReady(
            "None of these listings is ready to publish. Complete them first.",
            "See what is missing",
            "/listings/?tab=incomplete",
        )
    running = _open(key := f"publish:{shop.id}")
    unclear = _unclear(shop)
    set_intent([row.id for row in rows], "publish", again=unclear)
    args = {"warehouses": list(warehouse_ids)} if warehouse_ids else {}
    items = [NewItem(row.title, row.id, args, sent_at=unclear.get(row.id)) for row in rows]
    title = f"Publish {len(items):,} {'listing' if len(items) == 1 else 'listings'} to {shop.name}"
    if running is None:
        started = activities.start(
            actor, "publish", title, items, shop_id=shop.id, open_key=key, details={"open_key": key}
        )
        if not started.already:
            return started
        running = _open(key)  # somebody's began at the same moment; the listings marked above must not be left behind
        if running is None:
            raise ServiceError("Another publishing has just ended. Publish again.", "See listings", "/listings/")
    return Started(_join(running, shop, items), False)


def _open(key: str) -> Activity | None:
    """The shop's open publishing activity, locked, so that it cannot end before more is added to it."""
    running = activities.opened(key)
    if running is None:
        return None
    locked = select(Activity).where(Activity.id == running.id, Activity.open_key == key).with_for_update()
    activity = db.session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if activity is not None:
        _refuse_cancelling(activity)
    return activity


def _unclear(shop: Shop) -> dict[int, datetime]:
    """Listings whose last publishing ended before it was clear whether TikTok has the product, and when it was sent.
    Sent again under the same key and looked up first, they cannot be made twice."""
    later = aliased(ActivityItem)
    query = (
        select(ActivityItem.subject_id, ActivityItem.sent_at)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .join(Listing, Listing.id == ActivityItem.subject_id)
        .where(
            Activity.kind == "publish",
            Activity.shop_id == shop.id,
            ActivityItem.state.in_(("unknown", "failed", "skipped")),
            ActivityItem.sent_at.is_not(None),
            Listing.tiktok_id == "",
            ~exists().where(later.subject_id == ActivityItem.subject_id, later.id > ActivityItem.id),
        )
    )
    return {subject_id: sent_at for subject_id, sent_at in db.session.execute(query) if subject_id and sent_at}


def _join(activity: Activity, shop: Shop, items: Sequence[NewItem]) -> Activity:
    """More listings for the activity that is open; they wait with the rest when it waits for tomorrow."""
    last = (
        db.session.scalar(
            select(func.coalesce(func.max(ActivityItem.position), 0)).where(ActivityItem.activity_id == activity.id)
        )
        or 0
    )
    if activity.resumes_at is not None:
        items = [replace(item, due_at=activity.resumes_at) for item in items]
    activities.add_items(activity, items, first=last + 1)
    activity.total = Activity.total + len(items)
    activity.waiting = Activity.waiting + len(items)
    activity.units = Activity.units + len(items)
    db.session.flush()
    db.session.refresh(activity)
    activity.title = f"Publish {activity.total:,} listings to {shop.name}"[:255]
    return activity


def _refuse_cancelling(activity: Activity) -> None:
    if activity.state == "cancelling":
        text = f"“{activity.title}” is just being cancelled. Publish again in a minute."
        raise ServiceError(text, "See it", f"/activities/{activity.id}")


def cancelled(listing_ids: Sequence[int]) -> None:
    """Listings whose item was cancelled go back where they were."""
    set_intent(list(listing_ids), "")


def after_cancel(activity: Activity) -> int:
    """Call right after `activities.cancel`: listings whose item was skipped leave Publishing. Answers how many."""
    return _let_go(activity, "skipped") if activity.kind == "publish" else 0


def let_go(shop: Shop) -> int:
    """The shop leaves: nothing of it is on its way any more. Answers how many listings left Publishing."""
    ids = list(db.session.scalars(select(Listing.id).where(Listing.shop_id == shop.id, Listing.intent == "publish")))
    cancelled(ids)
    return len(ids)


def settle(activity: Activity) -> int:
    """When a publishing activity has ended, nothing of it may still look as if it were on its way."""
    return _let_go(activity, "skipped", "failed", "refused")


def _let_go(activity: Activity, *states: str) -> int:
    ended = select(ActivityItem.subject_id).where(
        ActivityItem.activity_id == activity.id, ActivityItem.state.in_(states)
    )
    again = (
        select(ActivityItem.subject_id)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(
            Activity.kind == "publish",
            Activity.state.in_(activities.OPEN),
            ActivityItem.activity_id != activity.id,
            ActivityItem.state.in_(activities.WAITING + activities.WORKING),
        )
    )
    ids = list(
        db.session.scalars(
            select(Listing.id)
            .where(Listing.intent == "publish", Listing.id.in_(ended), Listing.id.not_in(again))
            .order_by(Listing.id)
        )
    )
    cancelled(ids)
    return len(ids)


def retry(actor: Actor, activity: Activity) -> Started:
    """Sends again what a finished publishing activity could not: those of its listings that are ready now."""
    if activity.state in activities.OPEN:
        raise ServiceError(
            f"“{activity.title}” is still moving; retry when it has finished.", "See it", f"/activities/{activity.id}"
        )
    left = select(ActivityItem.subject_id).where(
        ActivityItem.activity_id == activity.id,
        ActivityItem.state.in_(("refused", "failed")),
        ActivityItem.subject_id.is_not(None),
    )
    return start(actor, db.session.get_one(Shop, activity.shop_id), left)


# -- the request ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImageJob:
    """A picture that a request needs: its source, what it is for, and TikTok's address when it was uploaded before."""

    url: str
    use: str  # MAIN_IMAGE or ATTRIBUTE_IMAGE
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One product as plain data. `{uri of url}` is put in when the pictures are there."""

    listing_id: int
    tiktok_id: str  # set: edit; empty: create
    body: Mapping[str, Any]
    main_images: tuple[ImageJob, ...]
    sku_images: Mapping[str, ImageJob] = field(default_factory=dict)  # seller SKU -> picture
    image_place: int = 0  # which of the sales attributes carries them
    seller_skus: tuple[str, ...] = ()
    hash: str = ""
    rule_version: str = ""
    quantities: Mapping[str, int] = field(default_factory=dict)  # SKU key -> quantity sent


def key_of(shop: Shop, listing: Listing) -> str:
    """The effect's name: the same for every attempt at this version of the intent (at most 128 characters)."""
    text = f"{shop.tiktok_id}:{listing.id}:{listing.intent_version}"
    return hashlib.sha256(text.encode()).hexdigest()[:48]


def request(
    shop: Shop, listing: Listing, one: Prepared, uploaded: Mapping[tuple[str, str], str], policy: Policy
) -> Request:
    """What would be sent for this draft (reference 4.8). `uploaded`: (url, use) -> uri known already."""
    draft = one.draft
    body: dict[str, Any] = {
        "save_mode": "LISTING",
        "title": draft.title,
        "description": translate(draft.description, placed={}).html,
        "category_id": draft.category_id,
        "category_version": CATEGORY_VERSION,
    }
    # A first publishing takes quantities from 1 on (reference 4.8): variants without stock join with a later edit.
    least = 0 if listing.tiktok_id else one.pack.quantity_min
    skus = [sku for sku in draft.skus if any(count >= least for count in one.stock.get(sku.key, {}).values())]
    body["skus"] = [_sku(sku, draft, one, policy, least) for sku in skus]
    if listing.tiktok_id:  # an edit adds SKUs without an id, and removes those it does not name (reference 4.10)
        known = {str(line.id): line.tiktok_id for line in listing.skus}
        body["skus"] = [{"id": known[sku["external_sku_id"]], **sku} if known.get(sku["external_sku_id"]) else sku
                        for sku in body["skus"]]  # fmt: skip
    if draft.brand_id and _sends_brand(draft, policy):
        body["brand_id"] = draft.brand_id
    if draft.weight:
        body["package_weight"] = {"value": format(draft.weight.value, "f"), "unit": draft.weight.unit}
    if draft.dimensions:
        sides = draft.dimensions
        body["package_dimensions"] = {
            "length": format(sides.length, "f"),
            "width": format(sides.width, "f"),
            "height": format(sides.height, "f"),
            "unit": sides.unit,
        }
    if one.needs is not None:
        chosen = sendable(draft.attributes, one.needs)
        body["product_attributes"] = [
            {"id": attribute_id, "values": [{"id": value.id} if value.id else {"name": value.text} for value in values]}
            for attribute_id, values in chosen.items()
        ]
    if not listing.tiktok_id:
        body["idempotency_key"] = key_of(shop, listing)
    mains = tuple(
        ImageJob(image.url, "MAIN_IMAGE", uploaded.get((image.url, "MAIN_IMAGE"), ""))
        for image in draft.images[: one.pack.max_images]
    )
    place, sku_images = _sku_images(skus, uploaded, policy)
    return Request(
        listing.id,
        listing.tiktok_id,
        body,
        mains,
        sku_images,
        place,
        tuple(sku.seller_sku for sku in skus),
        one.hash,
        one.pack.version,
        {sku.key: sku.quantity or 0 for sku in skus},
    )


def _sends_brand(draft: Draft, policy: Policy) -> bool:
    """An unauthorised brand fails the whole product (features S5-67): it goes along only where the merchant insists."""
    return policy.brand != "never" and not (policy.brand == "send_if_authorised" and draft.brand_authorised is False)


def _sku(sku: SkuDraft, draft: Draft, one: Prepared, policy: Policy, least: int) -> dict[str, Any]:
    built: dict[str, Any] = {
        "seller_sku": sku.seller_sku,
        "price": {"amount": format(sku.price or 0, "f"), "currency": draft.currency},
        "inventory": [
            {"warehouse_id": warehouse, "quantity": count}
            for warehouse, count in one.stock.get(sku.key, {}).items()
            if count >= least
        ],
        "external_sku_id": sku.key,
    }
    if draft.cross_border:
        built["price"]["sale_price"] = built["price"]["amount"]
    options = list(sku.options) or _default_option(one, policy)
    if options:
        built["sales_attributes"] = [_sales_attribute(one, name, value) for name, value in options]
    if sku.identifier:
        built["identifier_code"] = {"code": sku.identifier.code, "type": sku.identifier.kind}
    return built


def _default_option(one: Prepared, policy: Policy) -> list[tuple[str, str]]:
    """A category that demands a variation gets the default value where the product has none (features C-17)."""
    required = [need for need in (one.needs.attributes if one.needs else ()) if need.kind == "sales" and need.required]
    return [(required[0].name, policy.default_variation_value)] if required else []


def _sales_attribute(one: Prepared, name: str, value: str) -> dict[str, Any]:
    """TikTok's own attribute and value where the names agree, else ours (custom ones are accepted, reference 4.4)."""
    for need in one.needs.attributes if one.needs else ():
        if need.kind == "sales" and need.name.casefold() == name.casefold():
            found = next((value_id for value_id, text in need.values if text.casefold() == value.casefold()), "")
            return {"id": need.id, "value_id": found} if found else {"id": need.id, "value_name": value}
    return {"name": name, "value_name": value}


def _sku_images(
    skus: Sequence[SkuDraft], uploaded: Mapping[tuple[str, str], str], policy: Policy
) -> tuple[int, dict[str, ImageJob]]:
    """(place of the option that carries pictures, picture by seller SKU). Only one option may, and then each of its
    values needs one (reference 4.8): all or none."""
    name = image_option(skus) if policy.send_variant_images else ""
    if not name or any(sku.image is None or sku.image.fault for sku in skus):
        return 0, {}
    jobs = {
        sku.seller_sku: ImageJob(sku.image.url, "ATTRIBUTE_IMAGE", uploaded.get((sku.image.url, "ATTRIBUTE_IMAGE"), ""))
        for sku in skus
        if sku.image is not None
    }
    return option_names(skus).index(name), jobs


def complete(request_: Request, uris: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """The body with the pictures put in."""
    body = dict(request_.body)
    body["main_images"] = [
        {"uri": uris[image.url, image.use]} for image in request_.main_images if (image.url, image.use) in uris
    ]
    if request_.sku_images:
        body["skus"] = [_with_image(sku, request_, uris) for sku in request_.body["skus"]]
    return body


def _with_image(sku: Mapping[str, Any], request_: Request, uris: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    image = request_.sku_images.get(sku["seller_sku"])
    uri = uris.get((image.url, image.use)) if image else None
    attributes = [dict(one) for one in sku.get("sales_attributes", [])]
    if uri and attributes:
        attributes[request_.image_place]["sku_img"] = {"uri": uri}
    return {**sku, "sales_attributes": attributes} if attributes else dict(sku)


# -- what came back ------------------------------------------------------------------------------------------------


def locked(listing_ids: Sequence[int]) -> dict[int, Listing]:
    """The listings as they are now, held until the end of the transaction: whoever rechecks one meanwhile waits."""
    return {listing.id: listing for listing in hold(listing_ids)}


def accepted(listing: Listing, made: CreatedProduct, request_: Request) -> None:
    """TikTok took it; its review begins."""
    now = clock.now()
    fresh = not listing.tiktok_id
    listing.tiktok_id = made.product_id
    listing.intent, listing.is_refused = "", False
    listing.platform_status = "PENDING" if listing.platform_status != "ACTIVATE" else listing.platform_status
    listing.audit_status = made.audit.status[:24] if made.audit and made.audit.status else "AUDITING"
    listing.sent_hash, listing.published_at, listing.verdict_at = request_.hash, now, None
    by_code = {sku.seller_sku: sku.id for sku in made.skus}
    for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
        sent = next((sku for sku in request_.body["skus"] if sku["external_sku_id"] == str(line.id)), None)
        if sent is not None:
            line.tiktok_id = by_code.get(sent["seller_sku"], line.tiktok_id)
            line.sent_quantity = request_.quantities.get(str(line.id))
    before = problem_codes([listing.id])
    _forget_platform_problems(listing)
    retab([listing], before)
    if fresh:
        count_listing(listing.shop_id)


def count_listing(shop_id: int) -> None:
    """One more accepted today, by the shop's own calendar."""
    shop = db.session.get_one(Shop, shop_id)
    day = clock.shop_day(shop.market, clock.now())
    if shop.listings_day != day:
        db.session.execute(
            update(Shop).where(Shop.id == shop_id, Shop.listings_day != day).values(listings_day=day, listings_today=0)
        )
    db.session.execute(update(Shop).where(Shop.id == shop_id).values(listings_today=Shop.listings_today + 1))
    db.session.expire(shop)


def limit_reached(shop: Shop) -> datetime:
    """The platform refused for today: learn the limit, answer when the rest may go on."""
    now = clock.now()
    day = clock.shop_day(shop.market, now)
    shop.limit_reached_day = day
    if shop.listings_day == day and shop.listings_today:
        shop.daily_limit = shop.listings_today
    return clock.next_shop_day(shop.market, now)


def waits_for_tomorrow(shop: Shop) -> datetime | None:
    """When the shop may list again, if today's limit is known to be used up."""
    day = clock.shop_day(shop.market, clock.now())
    return clock.next_shop_day(shop.market, clock.now()) if shop.limit_reached_day == day else None


def refused(listing: Listing, error: Refused) -> str:
    """The platform said no: its reasons become problems at the fields that cure them. Answers the first in words."""
    details = [ItemError(error.code, error.text), *_flat(error.details)]
    found = [platform_errors.problem(detail.code, detail.message) for detail in details if detail.code]
    # The outer code of a group says less than what is nested in it.
    if len(found) > 1 and details[0].code in platform_errors.GROUPS:
        found = found[1:]
    return _say_no(listing, found, "platform")


def unfit(listing: Listing, code: str, field_name: str, text: str) -> str:
    """Our own last check said no (a picture that cannot be used)."""
    return _say_no(listing, [platform_errors.Found(code, field_name, text)], "platform")


def _say_no(listing: Listing, found: Sequence[platform_errors.Found], source: str) -> str:
    before = problem_codes([listing.id])
    _forget_platform_problems(listing)
    for number, one in enumerate(found):
        db.session.add(
            ListingProblem(
                listing_id=listing.id,
                shop_id=listing.shop_id,
                code=one.code[:60],
                field=one.field,
                text=one.text,
                is_blocking=False,
                source=source,
                position=number,
            )
        )
    listing.intent, listing.is_refused = "", True
    retab([listing], before)
    return found[0].text if found else "TikTok Shop refused it without a reason."


def _flat(details: Sequence[ItemError]) -> list[ItemError]:
    return [one for detail in details for one in (detail, *_flat(detail.extra))]


def _forget_platform_problems(listing: Listing) -> None:
    for row in db.session.scalars(
        select(ListingProblem).where(ListingProblem.listing_id == listing.id, ListingProblem.source != "rules")
    ):
        db.session.delete(row)


# -- the verdict ---------------------------------------------------------------------------------------------------


def verdict(listing: Listing, product: Product) -> bool:
    """Writes what TikTok now says about a listing; True when something changed. The product read from the API is the
    truth, so webhooks may arrive twice, late or in any order."""
    status = product.status[:24] or listing.platform_status
    audit = product.audit.status[:24] if product.audit else listing.audit_status
    if (status, audit) == (listing.platform_status, listing.audit_status) and listing.verdict_at is not None:
        return False
    changed = (status, audit) != (listing.platform_status, listing.audit_status)
    listing.platform_status, listing.audit_status = status, audit
    before = problem_codes([listing.id])
    if status == "FAILED" or audit == "FAILED":
        _forget_platform_problems(listing)
        number = 0
        for reason in product.audit_failed_reasons:
            for text in reason.reasons or ("TikTok Shop gave no reason.",):
                advice = " ".join(reason.suggestions)
                found = platform_errors.review(reason.position, f"{text} {advice}".strip())
                db.session.add(
                    ListingProblem(
                        listing_id=listing.id,
                        shop_id=listing.shop_id,
                        code=found.code,
                        field=found.field,
                        text=found.text,
                        is_blocking=False,
                        source="review",
                        position=number,
                    )
                )
                number += 1
    elif status == "ACTIVATE":
        _forget_platform_problems(listing)
    if status not in ("PENDING", "") and audit != "AUDITING":
        listing.verdict_at = clock.now()
    retab([listing], before)
    return changed


def notice_limit(shop: Shop, resumes_at: datetime, left: int) -> None:
    """One notice while the daily limit holds listings back."""
    notices.raise_notice(
        f"daily-limit:{shop.id}",
        "info",
        f"{shop.name} has reached today's listing limit. {left:,} listings wait and go on by themselves after "
        "midnight, shop time.",
        "See the activity",
        "/activities/",
    )


def store_policy(shop: Shop) -> Policy:
    return settings.of(db.session.get_one(Store, shop.store_id)).policy()
