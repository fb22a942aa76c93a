"""The same fields on many listings; each item is a hundred of them. No outside call."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from jobs.handling import Done, Handler, Item
from models import Activity, Shop, db
from services import listings


class BulkEdit(Handler):
    kind: ClassVar[str] = "bulk_edit"
    threads: ClassVar[int] = 2

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        done: dict[int, Any] = {}
        for item in items:
            count = listings.apply_many(shop, item.args["ids"], activity.details["values"])
            done[item.id] = Done(f"{count} listings changed.", units=len(item.args["ids"]), notes={"changed": count})
        return done

    def finished(self, activity: Activity) -> None:
        activity.message = f"{activity.notes.get('changed', 0):,} of {activity.units:,} listings changed."
