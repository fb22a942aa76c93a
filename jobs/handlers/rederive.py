"""Brings every product of a shop to the profile it belongs to, part by part, and rechecks the listings concerned. No
outside call: what is on sale keeps what it has; its changed fields wait to be sent."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from jobs.handling import Done, Handler, Item
from models import Activity, Shop, db
from services import profile_edits, rederivation
from services.activities import NewItem


class Rederive(Handler):
    kind: ClassVar[str] = profile_edits.KIND
    threads: ClassVar[int] = 2

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {item.id: self._do(activity, shop, item) for item in items}

    def _do(self, activity: Activity, shop: Shop, item: Item) -> Done:
        if item.args.get("plan"):
            planned = rederivation.plan(shop)
            activity.units = planned.products
            return Done(f"{planned.products:,} products", units=0, more=planned.items)
        if "ids" in item.args:
            notes = rederivation.recheck(shop, item.args["ids"])
            return Done(f"{notes['rechecked']:,} listings rechecked.", units=0, notes=notes)
        found = rederivation.sort(shop, item.args["low"], item.args["high"])
        more: list[NewItem] = rederivation.rechecks(found.stale)
        text = f"{found.moved:,} products moved, {len(found.stale):,} listings to recheck."
        return Done(text, units=item.args["count"], notes={"moved": found.moved}, more=more)

    def finished(self, activity: Activity) -> None:
        notes = activity.notes
        activity.message = (
            f"{activity.units_done:,} products looked at: {notes.get('moved', 0):,} moved to another profile. "
            f"{notes.get('rechecked', 0):,} listings rechecked: {notes.get('became_ready', 0):,} became ready, "
            f"{notes.get('no_longer', 0):,} no longer are."
        )
