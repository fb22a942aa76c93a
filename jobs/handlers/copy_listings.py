"""Copies listings into another shop as staged listings. No outside call; every item says what became of it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from jobs.handling import Done, Handler, Item, Refused, Skipped
from jobs.launch import ring_job
from models import Activity, db
from services.actor import Actor
from services.copying import KIND, doing
from services.errors import ServiceError


class CopyListings(Handler):
    kind: ClassVar[str] = KIND
    threads: ClassVar[int] = 4
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        actor = Actor(activity.actor, activity.store_id)
        try:
            with db.session.begin_nested():
                found = doing.copy(actor, activity, [item.subject_id for item in items if item.subject_id])
        except ServiceError as refusal:
            return {item.id: Refused("not_copied", str(refusal)) for item in items}
        return {item.id: self._said(found.get(item.subject_id or 0)) for item in items}

    def _said(self, one: doing.Copied | None) -> Any:
        if one is None:
            return Skipped("It has no product in BigCommerce any more, or was removed.")
        if not one.made:
            return Skipped(f"Listed there already, as listing {one.listing_id}.")
        text = "Staged; ready to publish." if not one.missing else f"Staged; {one.missing} things are still missing."
        return Done(text.replace("1 things are", "1 thing is"), notes={"made": 1, "missing": int(bool(one.missing))})

    def finished(self, activity: Activity) -> None:
        made, missing = activity.notes.get("made", 0), activity.notes.get("missing", 0)
        parts = [f"{made:,} {'listing' if made == 1 else 'listings'} staged"]
        if missing:
            parts.append(f"{missing:,} of them not complete yet")
        if activity.skipped:
            parts.append(f"{activity.skipped:,} left out")
        activity.message = ", ".join(parts) + "."
        for category_id in doing.unread(activity):
            ring_job("live", "jobs.needs.read", activity.store_id, activity.shop_id, category_id)
        if made:
            ring_job("bulk", "jobs.pictures.measure", activity.store_id)
