"""Undo of bulk actions: what can be taken back and what cannot, and the activity that does it. Values that somebody
changed since stay as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select

from domain.capabilities import Capability, allowed
from domain.roles import CHANGE, Page
from models import Activity, ActivityItem, Listing, ListingCopy, ListingSku, ListingVersion, Profile, Shop, db
from models.present import has_table
from services import activities, listing_actions, listings, profile_edits
from services.activities import OPEN, NewItem, Started
from services.actor import Actor
from services.errors import Forbidden, ServiceError
from services.history.keeping import ENABLED
from services.listing_actions import MOVES
from services.listings import Values
from services.people.access import asks

KIND = "undo"
CHUNK = 100
FIELDS = frozenset({"bulk_edit", "undo"})
INVERSE = {"publish": "deactivate", "activate": "deactivate", "deactivate": "activate", "delete": "recover",
           "recover": "delete"}  # fmt: skip
STAGE, COPY, PROFILE = "stage", "copy_listings", profile_edits.KIND
MADE = (STAGE, COPY)  # activities that made listings
STAYS = {
    "publish": "Products stay on TikTok Shop, taken off sale. What buyers saw in between cannot be unseen.",
    "activate": "Their review cannot be taken back; they are taken off sale.",
    "deactivate": "TikTok reviews each of them again before it is on sale, and each counts against the daily limit.",
    "delete": "They come back deactivated; activate them to sell them again. Positions in searches may be lost.",
    "recover": "They are deleted again, and can be recovered again.",
}


class CannotUndo(ServiceError):
    """Nothing of this can be taken back now."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What undoing would do. `count`: what can be taken back; `left_out`: (how many, why); `stays`: what no undo takes
    back."""

    activity: Activity
    verb: str
    count: int
    what: str
    left_out: Sequence[tuple[int, str]] = ()
    stays: str = ""
    why_not: str = ""
    examples: Sequence[tuple[str, str, str, str]] = field(default=())  # (listing, field, now, then)


def possible(activity: Activity) -> bool:
    """Whether there is an undo for it at all; asked for every activity's page."""
    if activity.state in OPEN or activity.kind not in {*FIELDS, *INVERSE, *MADE, PROFILE}:
        return False
    if activity.kind == PROFILE:
        return "before" in activity.details
    if activity.kind == COPY and not has_table(ListingCopy):
        return False
    return (activity.done > 0 and has_table(ListingVersion)) if activity.kind in FIELDS else activity.done > 0


def plan(activity: Activity) -> Undo:
    """Counts; changes nothing."""
    if not possible(activity):
        raise CannotUndo("This cannot be taken back.", "See the activity", f"/activities/{activity.id}")
    if activity.kind in FIELDS:
        return _plan_fields(activity)
    if activity.kind in MADE:
        return _plan_stage(activity)
    if activity.kind == PROFILE:
        return _plan_profile(activity)
    return _plan_move(activity)


@asks(Page.LISTINGS, CHANGE)
def start(actor: Actor, activity: Activity) -> Started:
    """Starts the activity that takes it back."""
    found = plan(activity)
    if found.why_not or not found.count:
        text = found.why_not or "Nothing of this can be taken back: it was changed since."
        raise CannotUndo(text, "See the activity", f"/activities/{activity.id}")
    shop = db.session.get_one(Shop, activity.shop_id)
    if activity.kind == PROFILE:
        return _undo_profile(actor, shop, activity)
    if activity.kind in INVERSE:
        return listing_actions.start(actor, shop, _moved(activity), MOVES[INVERSE[activity.kind]])
    if activity.kind in MADE:
        ids = list(db.session.scalars(_staged(activity).order_by(Listing.id)))
    else:
        ids = _edited(activity)
    parts = [ids[place : place + CHUNK] for place in range(0, len(ids), CHUNK)]
    args = {"of": activity.id}
    items = [NewItem(f"Listings {part[0]} to {part[-1]}", args={**args, "ids": part}) for part in parts]
    title = f"Undo: {activity.title.removeprefix('Undo: ')}"
    return activities.start(
        actor, KIND, title, items, shop_id=shop.id, units=len(ids), details={"of": activity.id, "kind": activity.kind},
        priority=40, open_key=f"undo:{activity.id}",
    )  # fmt: skip


def take_back(shop: Shop, activity_id: int, ids: Sequence[int], actor: Actor) -> tuple[int, int]:
    """One part: listings taken back, and those left as they are."""
    of = db.session.get_one(Activity, activity_id)
    if of.kind in MADE:
        wanted = select(Listing.id).where(Listing.id.in_(ids), Listing.id.in_(_staged(of)))
        if db.session.scalar(wanted.limit(1)) is None:
            return 0, len(ids)
        gone = listings.unstage(actor, wanted)
        return gone, len(ids) - gone
    found, _ = _values(of, ids)
    done = listings.put_back_many(shop, found) if found else []
    return len(done), len(ids) - len(done)


# -- fields ----------------------------------------------------------------------------------------------------------


def _edited(activity: Activity) -> list[int]:
    query = select(ListingVersion.listing_id).where(ListingVersion.activity_id == activity.id,
                                                    ListingVersion.kind == "edit")  # fmt: skip
    return list(db.session.scalars(query.distinct().order_by(ListingVersion.listing_id)))


def _values(activity: Activity, ids: Sequence[int]) -> tuple[dict[int, Values], dict[str, int]]:
    """What to put back, by listing, where the value is still the one that the activity set; and what is left, by
    reason."""
    versions = db.session.scalars(
        select(ListingVersion)
        .where(ListingVersion.activity_id == activity.id, ListingVersion.listing_id.in_(ids),
               ListingVersion.kind == "edit")
        .order_by(ListingVersion.id)
    )  # fmt: skip
    fields: dict[int, dict[str, list[Any]]] = {}
    skus: dict[int, dict[int, dict[str, list[Any]]]] = {}
    for one in versions:
        _merge(fields.setdefault(one.listing_id, {}), one.fields)
        for line, changes in one.skus.items():
            _merge(skus.setdefault(one.listing_id, {}).setdefault(int(line), {}), changes)
    rows = {row.id: row for row in db.session.scalars(select(Listing).where(Listing.id.in_(ids)))}
    lines = {row.id: row.fields for row in db.session.scalars(
        select(ListingSku).where(ListingSku.id.in_([line for found in skus.values() for line in found]))
    )}  # fmt: skip
    found: dict[int, Values] = {}
    left = {"changed": 0, "sending": 0, "gone": 0}
    for listing_id in ids:
        row = rows.get(listing_id)
        if row is None or row.intent:
            left["gone" if row is None else "sending"] += 1
            continue
        own = _still({**row.fields, ENABLED: row.is_enabled}, fields.get(listing_id, {}))
        parts = {line: mine for line, changes in skus.get(listing_id, {}).items()
                 if line in lines and (mine := _still(lines[line], changes))}  # fmt: skip
        if own or parts:
            found[listing_id] = (own, parts)
        else:
            left["changed"] += 1
    return found, left


def _merge(into: dict[str, list[Any]], changes: Mapping[str, Sequence[Any]]) -> None:
    for name, (before, after) in changes.items():
        into[name] = [into[name][0] if name in into else before, after]


def _still(now: Mapping[str, Any], changes: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The values before, of what is still as it was set."""
    return {name: before for name, (before, after) in changes.items() if now.get(name) == after and before != after}


def _plan_fields(activity: Activity) -> Undo:
    ids = _edited(activity)
    count, left = 0, {"changed": 0, "sending": 0, "gone": 0}
    examples: list[tuple[str, str, str, str]] = []
    for place in range(0, len(ids), 500):
        part = ids[place : place + 500]
        found, out = _values(activity, part)
        count += len(found)
        left = {name: left[name] + out[name] for name in left}
        if len(examples) < 5:
            examples += _examples(found, 5 - len(examples))
    words = {"changed": "changed since; they keep what they have", "sending": "being sent to TikTok Shop now",
             "gone": "removed since"}  # fmt: skip
    out_list = [(number, words[name]) for name, number in left.items() if number]
    stays = "What TikTok has already taken stays there until the changes are sent."
    return Undo(activity, "Put back", count, "listings get the values they had before", out_list, stays,
                examples=examples)  # fmt: skip


def _examples(found: Mapping[int, Values], limit: int) -> list[tuple[str, str, str, str]]:
    shown = []
    query = select(Listing.id, Listing.title, Listing.fields).where(Listing.id.in_(list(found)[:limit]))
    for row in db.session.execute(query):
        for name, then in list(found[row.id][0].items())[:1]:
            shown.append((row.title, name, row.fields.get(name), then))
    return shown[:limit]


# -- staging ---------------------------------------------------------------------------------------------------------


def _staged(activity: Activity) -> Select[Any]:
    """Listings that the staging or copying made and nobody has touched since."""
    made = select(Listing.id).where(
        Listing.shop_id == activity.shop_id,
        Listing.tiktok_id == "",
        Listing.intent == "",
        Listing.version == 1,
    )
    if activity.kind == COPY:
        copies = select(ListingCopy.listing_id).where(ListingCopy.activity_id == activity.id)
        return made.where(Listing.id.in_(copies))
    return made.where(Listing.id >= activity.details["first"], Listing.id <= activity.details["last"])


def _plan_stage(activity: Activity) -> Undo:
    count = db.session.scalar(_staged(activity).with_only_columns(func.count(Listing.id))) or 0
    total = activity.notes.get("made", 0) if activity.kind == COPY else activity.units
    left = [(total - count, "edited, sent or removed since")] if count < total else []
    return Undo(activity, "Take out", count, "listings leave the workspace; their products stay where they are", left)


# -- moves on TikTok -------------------------------------------------------------------------------------------------


def _moved(activity: Activity) -> Select[Any]:
    done = select(ActivityItem.subject_id).where(
        ActivityItem.activity_id == activity.id, ActivityItem.state == "done", ActivityItem.subject_id.is_not(None)
    )
    return select(Listing.id).where(Listing.id.in_(done))


def _plan_move(activity: Activity) -> Undo:
    shop, move = db.session.get_one(Shop, activity.shop_id), MOVES[INVERSE[activity.kind]]
    found = listing_actions.plan(shop, _moved(activity), move)
    out = sum(count for _, count in found.left_out)
    words = f"not in a state in which they can be {move.past} now"
    left = [(out, words)] if out else []
    what = f"products are {move.past} on TikTok Shop"
    return Undo(activity, move.verb, found.count, what, left, STAYS[activity.kind], found.why_not)


# -- profiles --------------------------------------------------------------------------------------------------------


def _plan_profile(activity: Activity) -> Undo:
    before, after = activity.details["before"], activity.details["after"]
    profile = db.session.get(Profile, activity.details["profile"])
    same = profile is not None and profile_edits.state(profile) == after
    why = "" if same else "The profile was changed or deleted since; only its last change can be taken back."
    what = f"profile “{before['name']}” is as it was before" if before else f"profile “{after['name']}” is deleted"
    stays = "Its listings are prepared anew; what TikTok took stays there until the changes are sent."
    return Undo(activity, "Put back" if before else "Delete", int(same), what, (), stays, why)


def _undo_profile(actor: Actor, shop: Shop, activity: Activity) -> Started:
    verdict = allowed(shop.kind, Capability.EDIT_CONTENT)
    if not verdict:
        raise Forbidden(verdict.reason)
    profile = profile_edits.get(activity.details["profile"])
    return profile_edits.put_back(actor, shop, profile, activity.details["before"])
