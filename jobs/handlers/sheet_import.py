"""A spreadsheet that came back: read in a thread, compared part by part; later applied as a whole, or taken back."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from jobs.handling import Done, Handler, Item, Outcome, Refused, Result
from models import Activity, Sheet, db
from services.spreadsheets import imports
from services.spreadsheets.archive import FileRefused
from services.spreadsheets.imports import Brought, Moved, Parsed

REFUSED, MOVED = "file_refused", "changed_meanwhile"


def sheet_of(activity: Activity) -> Sheet:
    return db.session.get_one(Sheet, activity.details["sheet"])


class SheetImport(Handler):
    kind: ClassVar[str] = imports.READ
    threads: ClassVar[int] = 1
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        sheet = sheet_of(activity)
        return {item.id: self._step(sheet, item) for item in items}

    def _step(self, sheet: Sheet, item: Item) -> Done | Refused | Brought:
        if item.args.get("read"):
            return imports.bring(sheet)
        try:
            looked, changed, faulty = imports.compare(sheet, item.args["part"])
        except FileRefused as refused:
            sheet.note = refused.text
            return Refused(REFUSED, refused.text, units=0)
        return Done(f"{looked:,} rows: {changed:,} change something, {faulty:,} with errors", units=looked)

    def call(self, step: Brought) -> Parsed:
        return imports.parse(step)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        sheet = sheet_of(activity)
        return {result.item.id: self._record(activity, sheet, result.answer) for result in results}

    def _record(self, activity: Activity, sheet: Sheet, parsed: Parsed) -> Outcome:
        try:
            more = imports.plan(sheet, parsed)
        except FileRefused as refused:
            sheet.note = refused.text
            return Refused(REFUSED, refused.text, units=0)
        activity.units = parsed.rows
        return Done(f"{parsed.rows:,} rows", units=0, more=more)

    def finished(self, activity: Activity) -> None:
        sheet = sheet_of(activity)
        whole = activity.state == "finished" and not activity.refused and not activity.failed
        why = "" if whole else sheet.note or "The file was not read to its end. Bring it again."
        activity.message = imports.compared(sheet, why)


class SheetApply(Handler):
    kind: ClassVar[str] = imports.APPLY
    threads: ClassVar[int] = 1
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        sheet = sheet_of(activity)
        return {item.id: self._do(sheet, undo=bool(item.args["undo"])) for item in items}

    def _do(self, sheet: Sheet, *, undo: bool) -> Done | Refused:
        if undo:
            back, left = imports.take_back(sheet)
            sheet.state = "undone"
            kept = f" {left:,} stay, because somebody changed them since." if left else ""
            return Done(f"{back:,} rows are as before.{kept}", units=back)
        try:
            count = imports.apply(sheet)
        except Moved as moved:
            sheet.state, sheet.note = "compared", moved.text
            return Refused(MOVED, moved.text, units=0)
        sheet.state = "applied"
        return Done(f"{count:,} rows changed.", units=count)

    def finished(self, activity: Activity) -> None:
        sheet = sheet_of(activity)
        if sheet.state in ("applying", "undoing"):  # cancelled, or it broke: nothing was written
            sheet.state = "compared" if sheet.state == "applying" else "applied"
        words = {"applied": "Applied.", "undone": "Taken back."}
        activity.message = " ".join(
            part for part in (words.get(sheet.state, "Nothing was changed."), sheet.note) if part
        )
