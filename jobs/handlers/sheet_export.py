"""Making a spreadsheet: rows part by part, then the file in a thread."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from jobs.handling import Done, Handler, Item, Outcome, Result
from models import Activity, Sheet, db
from services.activities import NewItem
from services.spreadsheets import exports
from services.spreadsheets.exports import Made


class SheetExport(Handler):
    kind: ClassVar[str] = exports.KIND
    threads: ClassVar[int] = 1
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        sheet = db.session.get_one(Sheet, activity.details["sheet"])
        return {item.id: self._step(sheet, item) for item in items}

    def _step(self, sheet: Sheet, item: Item) -> Done | Made:
        if "after" not in item.args:
            return exports.gather(sheet)
        position = item.args["position"]
        count, cursor = exports.read_part(sheet, item.args["after"], position)
        following = exports.item(cursor, position + 1) if cursor else NewItem("The file")
        return Done(f"{count:,} rows", units=count, more=[following])

    def call(self, step: Made) -> bytes:
        return exports.make(step)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        sheet = db.session.get_one(Sheet, activity.details["sheet"])
        for result in results:
            exports.keep(sheet, result.answer)
        return {result.item.id: Done(f"{sheet.name}, {sheet.size:,} bytes", units=0) for result in results}

    def finished(self, activity: Activity) -> None:
        sheet = db.session.get(Sheet, activity.details["sheet"])
        activity.units = activity.units_done
        if sheet is not None and sheet.state == "ready":
            activity.message = f"{sheet.rows:,} rows. The file waits under Spreadsheets."
        elif sheet is not None:
            exports.failed(sheet, "The export did not come to its end. Start it again.")
