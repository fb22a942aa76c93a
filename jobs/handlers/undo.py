"""Takes back what a bulk action did to listings; each item is a hundred of them. No outside call."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from jobs.handling import Done, Handler, Item
from models import Activity, Shop, db
from services.actor import Actor
from services.history import undoing


class Undo(Handler):
    kind: ClassVar[str] = undoing.KIND
    threads: ClassVar[int] = 2
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop, actor = db.session.get_one(Shop, activity.shop_id), Actor(activity.actor, activity.store_id)
        done: dict[int, Any] = {}
        for item in items:
            count, left = undoing.take_back(shop, item.args["of"], item.args["ids"], actor)
            text = f"{count} listings as before" + (f", {left} left as they are." if left else ".")
            done[item.id] = Done(text, units=len(item.args["ids"]), notes={"back": count, "left": left})
        return done

    def finished(self, activity: Activity) -> None:
        back, left = activity.notes.get("back", 0), activity.notes.get("left", 0)
        kept = f" {left:,} were changed since and stay as they are." if left else ""
        activity.message = f"{back:,} {'listing is' if back == 1 else 'listings are'} as before.{kept}"
