"""The guided change of a confirmed mapping. TikTok does not let a SKU lose a warehouse, so the new one is added first,
empty; then the mapping changes, and each listing's numbers move in one call. At no moment is more offered than there
is. Going back is the same way round."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.capabilities import Capability, allowed
from domain.roles import CHANGE, Page
from models import Activity, Listing, MappingVersion, PushRule, Shop, Store, db
from models.tenancy import tenant_id
from services import activities, readiness, warehouses
from services.activities import NewItem
from services.actor import Actor
from services.errors import Forbidden, Invalid, NotFound, Stale
from services.people import audit
from services.people.access import asks
from services.places import centers, versions
from services.places.effects import Effect, effect, lacking, rules_with
from services.places.versions import ACTIVE, DROPPED, PREPARING, Pairs
from services.stock import pushes, rules
from services.stock.offers import live_listings

KIND = "remap"
PAGE = "/settings/warehouses/change"


@dataclass(frozen=True, slots=True)
class Look:
    """What a change would do, and the name of what was looked at."""

    pairs: Pairs
    effect: Effect
    digest: str


@dataclass(frozen=True, slots=True)
class Begun:
    """`activity`: the work that prepares it, or that tells the shop its numbers; None: nothing is on sale."""

    version: MappingVersion
    activity: Activity | None


def refuse_unless_open(shop: Shop) -> None:
    """Says why the mapping of this shop cannot be changed, if it cannot."""
    verdict = allowed(shop.kind, Capability.CHANGE_WAREHOUSE_MAPPING)
    if not verdict:
        raise Forbidden(verdict.reason, "See warehouses", "/settings/warehouses")
    if shop.mapping_locked_at is None:
        raise Invalid(f"The mapping of “{shop.name}” is not confirmed yet, so it can simply be chosen.", "Warehouses",
                      "/settings/warehouses")  # fmt: skip
    waiting = versions.of_state(shop, PREPARING)
    if waiting is not None:
        raise Stale(f"Version {waiting.number} of this mapping is being prepared. Finish it or give it up first.",
                    "See it", PAGE)  # fmt: skip
    if live_listings(shop.id):
        standing = rules.standing(shop, db.session.get_one(Store, tenant_id()))
        if not standing.on:
            raise Invalid(
                f"Stock is not pushed to “{shop.name}”, so the warehouse that is left would go on selling. "
                f"{standing.why}",
                standing.action or "Push rules",
                standing.url or "/stock/rules",
            )


def checked(shop: Shop, homes: Mapping[int, int]) -> Pairs:
    """`homes`: our location -> our warehouse. Something must be sold, and something must change."""
    pairs = {(warehouse, place) for place, warehouse in homes.items() if warehouse}
    warehouses.check(shop, pairs)
    centers.refuse_unless_alone(pairs)
    if not pairs:
        raise Invalid(f"No location would be sold, so “{shop.name}” would have nothing. Choose a warehouse for one.")
    sells = {row.id for row in warehouses.of(shop) if row.effect_status in rules.SELLS}
    closed = {warehouse for warehouse, _ in pairs} - sells
    if closed - {warehouse for warehouse, _ in warehouses.pairs(shop)}:
        raise Invalid(
            "A disabled warehouse cannot take stock over. Switch it on in Seller Center, refresh, then go on."
        )
    if pairs == set(warehouses.pairs(shop)) and not own_places(shop):
        raise Invalid("This is the mapping as it is. Choose another warehouse for at least one location.")
    return pairs


def own_places(shop: Shop) -> dict[str, Any]:
    """Locations that push rules name themselves, by our warehouse."""
    return {str(row.warehouse_id): row.location_ids for row in rules.rows(shop.id, ()) if row.location_ids is not None}


def digest(pairs: Pairs) -> str:
    return hashlib.blake2b(json.dumps(sorted(pairs)).encode(), digest_size=12).hexdigest()


def look(shop: Shop, homes: Mapping[int, int]) -> Look:
    """Nothing is changed or sent."""
    refuse_unless_open(shop)
    pairs = checked(shop, homes)
    return Look(pairs, effect(shop, pairs), digest(pairs))


@asks(Page.SETTINGS, CHANGE)
def begin(actor: Actor, shop: Shop, homes: Mapping[int, int], reason: str, seen: str) -> Begun:
    """Begins the change that was looked at: as a version being prepared while listings get the new warehouse, or at
    once where none needs it."""
    refuse_unless_open(shop)
    pairs = checked(shop, homes)
    if len(reason.strip()) < 3:
        raise Invalid("Say why the mapping changes. The reason is kept with the version.")
    if seen != digest(pairs):
        raise Stale("The mapping is not the one that was looked at. Look at what it would do, then begin.")
    return _begin(actor, shop, "change", pairs, reason.strip()[:1000], {})


@asks(Page.SETTINGS, CHANGE)
def undo(actor: Actor, shop: Shop) -> Begun:
    """Back to the version before the active one; its quantities come back with the next numbers told."""
    refuse_unless_open(shop)
    active, before = undoable(shop)
    if active is None or before is None:
        raise NotFound("There is no change of this mapping to undo.", "See versions", PAGE)
    pairs = versions.pairs_of(before)
    warehouses.check(shop, pairs)
    return _begin(actor, shop, "undo", pairs, f"Undoes version {active.number}: {active.reason}"[:1000], active.rules)


def undoable(shop: Shop) -> tuple[MappingVersion | None, MappingVersion | None]:
    """The active version, when it changed a mapping, and the one before it."""
    past = [one for one in versions.history(shop) if one.state in (ACTIVE, versions.PAST)]
    if len(past) < 2 or past[0].state != ACTIVE or past[0].kind not in ("change", "undo"):
        return None, None
    return past[0], past[1]


def _begin(actor: Actor, shop: Shop, kind: str, pairs: Pairs, reason: str, own: Mapping[str, Any]) -> Begun:
    if versions.of_state(shop, ACTIVE) is None:  # confirmed before versions were kept
        versions.add(shop, "confirmed", warehouses.pairs(shop), ACTIVE, actor)
    found = effect(shop, pairs, own)
    version = versions.add(shop, kind, pairs, PREPARING, actor, reason=reason, effect=found.to_json(), rules=dict(own))
    audit.note(
        actor,
        "warehouses.remap",
        f"Version {version.number} of the warehouse mapping of “{shop.name}” was begun: {reason}",
        shop_id=shop.id,
        details={"pairs": version.pairs},
    )
    return Begun(version, prepare(shop, version, actor))


def prepare(shop: Shop, version: MappingVersion, actor: Actor) -> Activity | None:
    """Starts the work that gives listings the warehouses they lack; without any the mapping changes at once."""
    left = lacking(shop, rules_of(shop, version))
    if not left:
        return switch(shop, version, actor)
    items = [NewItem(title, listing_id) for listing_id, title in left]
    words = f"{len(items):,} {'listing' if len(items) == 1 else 'listings'}"
    started = activities.start(
        actor,
        KIND,
        f"Give {words} of {shop.name} another warehouse",
        items,
        shop_id=shop.id,
        open_key=f"{KIND}:{shop.id}",
        details={"version": version.id},
    )
    version.activity_id = started.activity.id
    db.session.flush()
    return started.activity


def rules_of(shop: Shop, version: MappingVersion) -> rules.ShopRules:
    """The shop's rules with the mapping of a version that is being prepared."""
    return rules_with(shop, versions.pairs_of(version), version.rules)


@asks(Page.SETTINGS, CHANGE)
def go_on(actor: Actor, shop: Shop, version_id: int, anyway: bool = False) -> Begun:
    """Tries what is left again; `anyway`: changes the mapping though some listings would sell nothing."""
    version = waiting(shop, version_id)
    return Begun(version, switch(shop, version, actor) if anyway else prepare(shop, version, actor))


@asks(Page.SETTINGS, CHANGE)
def give_up(actor: Actor, shop: Shop, version_id: int) -> MappingVersion:
    """The mapping stays as it is. Warehouses that listings were given stay empty."""
    version = waiting(shop, version_id)
    version.state = DROPPED
    audit.note(actor, "warehouses.remap", f"Version {version.number} of the warehouse mapping of “{shop.name}” was "
               "given up.", shop_id=shop.id)  # fmt: skip
    db.session.flush()
    return version


def waiting(shop: Shop, version_id: int) -> MappingVersion:
    """The version being prepared, while nothing prepares it."""
    version = versions.of_state(shop, PREPARING)
    if version is None or version.id != version_id:
        raise NotFound("This version is not being prepared any more.", "See versions", PAGE)
    if activities.opened(f"{KIND}:{shop.id}") is not None:
        raise Stale("Its listings are still being prepared. Wait for the activity, or cancel it first.", "See it", PAGE)
    return version


def switch(shop: Shop, version: MappingVersion, actor: Actor) -> Activity | None:
    """The mapping becomes that of the version; the shop is told every number that differs, a listing's in one call."""
    own, back = own_places(shop), dict(version.rules)
    warehouses.replace(shop, versions.pairs_of(version))
    for row in db.session.scalars(select(PushRule).where(PushRule.shop_id == shop.id, PushRule.warehouse_id != 0)):
        row.location_ids = back.get(str(row.warehouse_id))
    versions.retire(shop)
    version.state, version.rules = ACTIVE, own
    db.session.flush()
    readiness.mark_stale(Listing.shop_id == shop.id)
    warehouses.warn(shop)
    try:
        return _push(shop, actor)
    except activities.NothingToDo:
        return None


def _push(shop: Shop, actor: Actor) -> Activity | None:
    if not live_listings(shop.id) or not rules.standing(shop, db.session.get_one(Store, tenant_id())).on:
        return None
    return pushes.push_all(actor, shop).activity
