"""The history of a listing: every version, two of them side by side, and the way back. And undo of bulk actions."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy import select

from blueprints.layout import within
from blueprints.listings.area import listings
from blueprints.listings.editing import wake
from blueprints.listings.selection import LARGEST, key
from blueprints.listings.single import ID
from blueprints.listings.values import Words
from blueprints.page import done, page
from jobs.launch import launch
from models import Activity, ActivityItem, Listing, ListingVersion, db
from services import activities
from services import listings as service
from services.errors import Invalid
from services.history import restoring, snapshots, undoing

WHY = {
    "edit": "edited",
    "bulk_edit": "edited with others",
    "sheet_apply": "by a spreadsheet",
    "restore": "brought back",
    "undo": "undone",
    "publish": "published",
    "resend": "re-published",
    "update_part": "some fields sent",
    "live_values": "price or quantity sent",
    "rederive": "by a profile",
}
VERSION = f"<int(max={LARGEST}):version_id>"


@listings.get(f"/{ID}/history")
def history(listing_id: int) -> Response:
    """Every version, newest first."""
    listing = service.get(listing_id)
    before = key(request.args.get("before", ""))
    rows = list(snapshots.page(listing, before, snapshots.PAGE + 1))
    shown = rows[: snapshots.PAGE]
    words = Words(listing)
    here = url_for("listings.history", listing_id=listing.id)
    return page(
        "listings/history.html",
        active="listings",
        listing=listing,
        rows=[_row(one, words) for one in shown],
        proofs=_proofs(listing, shown),
        next_url=f"{here}?before={shown[-1].id}" if len(rows) > len(shown) else "",
        first_url=here if before else "",
        why=WHY,
    )


def _row(version: ListingVersion, words: Words) -> dict[str, Any]:
    """What a version changed, in words."""
    changes = [
        (words.label(name), words.tell(name, one), words.tell(name, other))
        for name, (one, other) in version.fields.items()
    ]
    for line, found in version.skus.items():
        changes += [(words.label(f"skus.{line}.{name}"), words.tell(name, one), words.tell(name, other))
                    for name, (one, other) in found.items()]  # fmt: skip
    return {"version": version, "changes": changes, "sent": version.kind != "edit"}


def _proofs(listing: Listing, rows: list[ListingVersion]) -> Mapping[int, str]:
    """By version: where the exchange with TikTok, or the work, is shown."""
    ids = {one.activity_id for one in rows if one.activity_id}
    query = select(ActivityItem.activity_id, ActivityItem.id).where(
        ActivityItem.activity_id.in_(ids), ActivityItem.subject_id == listing.id
    )
    items = {activity_id: item_id for activity_id, item_id in db.session.execute(query)}
    kept = set(db.session.scalars(select(Activity.id).where(Activity.id.in_(ids))))
    return {
        one.id: within(f"/activities/{one.activity_id}/items/{items[one.activity_id]}")
        if one.activity_id in items
        else within(f"/activities/{one.activity_id}")
        for one in rows
        if one.activity_id in kept and one.activity_id is not None
    }


@listings.get(f"/{ID}/history/compare")
def compare_versions(listing_id: int) -> Response:
    """Two versions side by side; without a second one, the present."""
    listing = service.get(listing_id)
    chosen = [found for name in ("one", "other") if (found := key(request.args.get(name, "")))]
    if not chosen:
        raise Invalid("Choose one or two versions first.", "See the history", f"/listings/{listing_id}/history")
    versions = sorted((snapshots.version(listing, number) for number in chosen), key=lambda one: one.id)
    states = [snapshots.after(listing, one.id) for one in versions]
    if len(states) < 2:
        states.append(snapshots.now(listing))
    words = Words(listing)
    pairs = snapshots.side_by_side(states[0], states[1])
    rows = []
    for one in sorted(pairs, key=lambda pair: not pair.differs):
        unset = "inherited" if one.group == "set" else "–"
        both = words.tell(one.name, one.one, unset), words.tell(one.name, one.other, unset)
        rows.append((one.group, words.label(one.name), *both, one.differs))
    return page(
        "listings/versions.html", active="listings", listing=listing, versions=versions, rows=rows, why=WHY,
        differ=sum(one.differs for one in pairs),
    )  # fmt: skip


@listings.get(f"/{ID}/history/{VERSION}/restore")
def restore_plan(listing_id: int, version_id: int) -> Response:
    """What going back would change; changes nothing."""
    listing = service.get(listing_id)
    found = restoring.plan(listing, version_id)
    words = Words(listing)
    rows = [
        (words.label(name), words.tell(name, now), words.tell(name, then)) for name, (now, then) in found.fields.items()
    ]
    for line, changes in found.skus.items():
        rows += [(words.label(f"skus.{line}.{name}"), words.tell(name, now), words.tell(name, then))
                 for name, (now, then) in changes.items()]  # fmt: skip
    return page("listings/restore.html", active="listings", listing=listing, found=found, rows=rows)


@listings.post(f"/{ID}/history/{VERSION}/restore")
def restore(listing_id: int, version_id: int) -> Response:
    listing = service.get(listing_id)
    found = restoring.restore(g.actor, listing, version_id, key(request.form.get("seen", "")))
    what = f"{found.count} {'value is' if found.count == 1 else 'values are'} as they were then."
    more = " Send the changes when they are ready." if listing.tiktok_id else ""
    response = done(url_for("listings.show", listing_id=listing.id), toast=what + more, event="listings-changed")
    db.session.commit()
    wake()
    return response


@listings.app_context_processor
def _undo() -> dict[str, Any]:
    """Activities offer it where there is one."""
    return {"undoable": undoing.possible}


@listings.get(f"/undo/<int(max={LARGEST}):activity_id>")
def undo_plan(activity_id: int) -> Response:
    """What can be taken back and what cannot; changes nothing."""
    found = undoing.plan(activities.get(activity_id))
    words = Words()
    examples = [
        (title, words.label(name), words.tell(name, now), words.tell(name, then))
        for title, name, now, then in found.examples
    ]
    return page("listings/undo.html", "listings/_undo.html", active="activities", found=found, examples=examples)


@listings.post(f"/undo/<int(max={LARGEST}):activity_id>")
def undo(activity_id: int) -> Response:
    started = undoing.start(g.actor, activities.get(activity_id))
    here = within(f"/activities/{started.activity.id}")
    response = done(here, toast="It is being taken back.", tone="info", event=("listings-changed", "activity-started"))
    launch(started.activity)
    return response
