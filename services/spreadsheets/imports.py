"""Imports: a file is read, compared with what is there, shown, and then applied as a whole or not at all; what was
applied can be taken back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from domain.roles import CHANGE, Page
from models import Activity, Sheet, SheetRow, Shop, db
from models.tenancy import scoped
from services import activities, readiness
from services.activities import NewItem
from services.actor import Actor
from services.bulk import insert, table_of
from services.errors import Invalid, NotFound, ServiceError
from services.people.access import asks
from services.spreadsheets import archive, files, reading
from services.spreadsheets.archive import FileRefused
from services.spreadsheets.cells import letter
from services.spreadsheets.files import FILE, ROWS
from services.spreadsheets.kinds.base import BY_SKU, CHUNK, Current, Kind, Wish, same
from services.spreadsheets.reading import Bad
from services.spreadsheets.registry import KINDS
from services.spreadsheets.writing import Column

READ, APPLY = "sheet_import", "sheet_apply"
BATCH = 5000  # rows written together
NAMED = 8  # rows named in a refusal
AT_ONCE = 200  # so many rows are rechecked with the change
FAULTS = 10_000  # beyond so many the file is taken for another one
LETTERS = 200  # of a text in the list of changes


@dataclass(frozen=True, slots=True)
class Brought:
    """A file for a thread that touches no rows; the titles name the columns that tell rows apart."""

    body: bytes
    sheet: str
    key_title: str
    sku_title: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read: `parts` of packed rows [number, cells, row of the same key or 0]; `refused`: why nothing was."""

    sheet: str = ""
    format: str = ""
    header: Sequence[str] = ()
    parts: Sequence[bytes] = ()
    rows: int = 0
    refused: str = ""


@asks(Page.SPREADSHEETS, CHANGE)
def receive(actor: Actor, shop: Shop | None, kind_name: str, name: str, body: bytes) -> tuple[Sheet, Activity]:
    """Keeps a file and starts reading it; nothing is changed before a person says so."""
    files.require()
    kind = KINDS.get(kind_name)
    if kind is None or not kind.comes_back:
        raise NotFound("There is no such spreadsheet.", "See spreadsheets", "/spreadsheets/")
    if not body:
        raise Invalid("Choose a file first.", "See spreadsheets", "/spreadsheets/")
    if len(body) > archive.LARGEST:
        raise FileRefused(f"The file is larger than {archive.LARGEST // archive.MIB} MB. Split it, or save it as CSV.")
    if kind.of_shop and shop is None:
        raise Invalid(f"{kind.title} are of one shop. Choose which.", "Choose a shop", "/spreadsheets/")
    format = "xlsx" if body[:2] == b"PK" else "csv"
    sheet = files.add(
        actor, kind, format, name or f"{kind.name}.{format}", shop if kind.of_shop else None, "reading", {}
    )
    files.store(sheet, body)
    return sheet, _begin(actor, sheet)


def _begin(actor: Actor, sheet: Sheet) -> Activity:
    title = f"Read {sheet.name}"
    begun = activities.start(
        actor, READ, title, [NewItem("The file", args={"read": True})], units=0, details={"sheet": sheet.id},
        priority=40, open_key=f"sheet:{sheet.id}",
    ).activity  # fmt: skip
    sheet.activity_id = begun.id
    db.session.flush()
    return begun


@asks(Page.SPREADSHEETS, CHANGE)
def again(actor: Actor, sheet: Sheet) -> Activity:
    """Compares the file once more with what is there now."""
    if not sheet.is_import or sheet.state not in ("compared", "undone"):
        raise ServiceError("This file cannot be compared now.", "See the file", f"/spreadsheets/{sheet.key}")
    sheet.state, sheet.note = "reading", ""
    return _begin(actor, sheet)


# -- reading and comparing -------------------------------------------------------------------------------------------


def bring(sheet: Sheet) -> Brought:
    kind = files.kind_of(sheet)
    titles = {column.key: column.title for column in kind.columns(files.scope_of(sheet))}
    return Brought(b"".join(files.pieces(sheet, FILE)), kind.title, titles["key"], titles["sku"] if kind.by_sku else "")


def parse(brought: Brought) -> Parsed:
    """Reads the file; touches no rows of the database."""
    try:
        read = reading.read(brought.body, brought.sheet)
        places = [_place(read.header, title) for title in (brought.key_title, brought.sku_title) if title]
        seen: dict[str, int] = {}
        parts: list[bytes] = []
        chunk: list[Any] = []
        count = 0
        for number, cells in read.rows:
            if read.format == "csv" and len(cells) < len(read.header):
                why = f"The row has {len(cells)} cells, and the first row names {len(read.header)} columns."
                cells = [*cells, *[Bad(why)] * (len(read.header) - len(cells))]
            key = next((cell for place in places if (cell := _at(cells, place)) and isinstance(cell, str)), "")
            doubled = seen.setdefault(key, number) if key else number
            chunk.append([number, [_plain(cell) for cell in cells], 0 if doubled == number else doubled])
            count += 1
            if len(chunk) == CHUNK:
                parts.append(files.pack(chunk))
                chunk = []
        if chunk:
            parts.append(files.pack(chunk))
        return Parsed(read.sheet, read.format, read.header, parts, count)
    except FileRefused as refused:
        return Parsed(refused=refused.text)


def _plain(cell: "str | Bad") -> Any:
    return cell if isinstance(cell, str) else {"bad": cell.why}


def _place(header: Sequence[str], title: str) -> int:
    """Where a column stands; -1 where it does not."""
    wanted = title.casefold()
    return next((place for place, name in enumerate(header) if name.casefold() == wanted), -1)


def _at(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if 0 <= place < len(cells) else ""


def plan(sheet: Sheet, parsed: Parsed) -> list[NewItem]:
    """Keeps what was read, and answers one piece of work for each part. Raises FileRefused."""
    _forget(sheet)
    if parsed.refused:
        raise FileRefused(parsed.refused)
    kind = files.kind_of(sheet)
    sheet.details = {"sheet": parsed.sheet, "header": list(parsed.header), **kind.remember(parsed.header)}
    columns = kind.columns(files.scope_of(sheet))
    titles = {column.title.casefold() for column in columns}
    _check_header(kind, columns, {name.casefold() for name in parsed.header})
    ignored = [name for name in parsed.header if name and name.casefold() not in titles]
    sheet.details = {**sheet.details, "ignored": ignored}
    if not parsed.rows:
        raise FileRefused("The sheet has no rows below its first one.")
    sheet.format, sheet.rows = parsed.format, parsed.rows
    for position, part in enumerate(parsed.parts):
        files.put(sheet, ROWS, position, part)
    db.session.flush()
    return [NewItem(f"Part {number + 1} of {len(parsed.parts)}", args={"part": number})
            for number in range(len(parsed.parts))]  # fmt: skip


def _check_header(kind: Kind, columns: Sequence[Column], given: set[str]) -> None:
    key, editable = columns[0], [column for column in columns if column.editable]
    by_sku = kind.by_sku and "sku" in given
    if key.title.casefold() not in given and not by_sku:
        raise FileRefused(
            f"The first row does not name the column “{key.title}”, which tells rows apart. Is this a file of "
            f"{kind.title.lower()}? Export one and change it."
        )
    if not any(column.title.casefold() in given for column in editable):
        names = ", ".join(f"“{column.title}”" for column in editable[:6]) or "one of an attribute, with its number"
        raise FileRefused(f"The first row names no column that can be changed. Such are {names}.")


def _forget(sheet: Sheet) -> None:
    """What an earlier comparison left."""
    files.drop(sheet, ROWS)
    table = table_of(SheetRow)
    db.session.execute(scoped(delete(table).where(table.c.store_id == sheet.store_id, table.c.sheet_id == sheet.id)))
    sheet.rows = sheet.changed = sheet.faulty = 0


def compare(sheet: Sheet, part: int) -> tuple[int, int, int]:
    """Holds one part against what is there: rows looked at, rows that change something, rows with errors."""
    rows = files.unpack(files.piece(sheet, ROWS, part))
    found = list(_Comparison(sheet).rows(rows))
    insert(SheetRow, found)
    faulty = sum(row["is_faulty"] for row in found)
    sheet.changed += len(found) - faulty
    sheet.faulty += faulty
    if sheet.faulty > FAULTS:
        raise FileRefused(f"More than {FAULTS:,} rows cannot be read; this seems to be another file.")
    db.session.flush()
    return len(rows), len(found) - faulty, faulty


class _Comparison:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.kind, self.scope = sheet, files.kind_of(sheet), files.scope_of(sheet)
        header: list[str] = sheet.details["header"]
        self.columns = {column.key: column for column in self.kind.columns(self.scope)}
        self.places = {key: _place(header, column.title) for key, column in self.columns.items()}
        self.editable = [key for key, column in self.columns.items() if column.editable and self.places[key] >= 0]
        self.key = next(iter(self.columns))

    def rows(self, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
        keyed = [(number, self._key(cells), cells, doubled) for number, cells, doubled in rows]
        current = self.kind.current(self.scope, [key for _, key, _, _ in keyed if key])
        for number, key, cells, doubled in keyed:
            row = current.get(key)
            if doubled:
                yield self._row(number, row, errors=[self._error(self.key, f"Row {doubled} is about the same.")])
            elif row is None:
                yield self._row(number, None, errors=[self._error(self.key, self._unknown(key))])
            elif (found := self._changes(number, row, cells)) is not None:
                yield found

    def _key(self, cells: Sequence[Any]) -> str:
        key = _at(cells, self.places[self.key])
        if not key and self.kind.by_sku and (sku := _at(cells, self.places["sku"])):
            key = f"{BY_SKU}{sku}" if isinstance(sku, str) else ""
        return key if isinstance(key, str) else ""

    def _unknown(self, key: str) -> str:
        if key.startswith(BY_SKU):
            return f"No product, or more than one, has the SKU “{key.removeprefix(BY_SKU)[:60]}”."
        if not key:
            return "It is empty, so nobody knows which row is meant."
        return f"“{key[:60]}” is not here. It was removed, or it belongs to another shop or store."

    def _changes(self, number: int, row: Current, cells: Sequence[Any]) -> dict[str, Any] | None:
        changed: dict[str, str] = {}
        errors = []
        for key in self.editable:
            cell = _at(cells, self.places[key])
            if not isinstance(cell, str):
                errors.append(self._error(key, cell["bad"]))
            elif not same(cell, row.texts.get(key, "")):
                changed[key] = cell
        if changed:
            cleaned = self.kind.clean(self.scope, row, changed)
            errors += [self._error(key, text) for key, text in cleaned.errors]
            before = {name: row.stored.get(name) for name in cleaned.after}
            after = {name: value for name, value in cleaned.after.items() if value != before[name]}
            if after and not errors:
                before = {name: before[name] for name in after}
                told = [[self.columns[key].title, row.texts.get(key, ""), text] for key, text in changed.items()]
                return self._row(number, row, changes=told, before=before, after=after)
        return self._row(number, row, errors=errors) if errors else None

    def _error(self, key: str, text: str) -> list[str]:
        place = self.places[key]
        return [letter(place) if place >= 0 else "", self.columns[key].title, text]

    def _row(self, number: int, row: Current | None, **given: Any) -> dict[str, Any]:
        empty: dict[str, Any] = {"changes": [], "errors": [], "before": {}, "after": {}}
        return {
            "store_id": self.sheet.store_id,
            "sheet_id": self.sheet.id,
            "number": number,
            "subject_id": row.subject_id if row else None,
            "label": row.label[:255] if row else "",
            "is_faulty": bool(given.get("errors")),
            **empty,
            **given,
        }


def compared(sheet: Sheet, refused: str = "") -> str:
    """Ends the reading; the closing message."""
    files.drop(sheet, ROWS)
    if refused:
        _forget(sheet)
        sheet.state, sheet.note = "refused", refused
        return refused
    sheet.state = "compared"
    if not sheet.changed and not sheet.faulty:
        return f"{sheet.rows:,} rows read. They say what is there already; nothing would change."
    wrong = f" {sheet.faulty:,} rows cannot be read as they are." if sheet.faulty else ""
    return f"{sheet.rows:,} rows read, {sheet.changed:,} would change something.{wrong}"


def rows(sheet: Sheet, *, faulty: bool, after: int = 0, limit: int = 50) -> Sequence[SheetRow]:
    """A page of what would change, or of what cannot be read."""
    query = select(SheetRow).where(
        SheetRow.sheet_id == sheet.id, SheetRow.is_faulty.is_(faulty), SheetRow.number > after
    )
    return db.session.scalars(query.order_by(SheetRow.number).limit(limit)).all()


# -- applying and taking back ----------------------------------------------------------------------------------------


@asks(Page.SPREADSHEETS, CHANGE)
def start_apply(actor: Actor, sheet: Sheet, *, undo: bool = False) -> Activity:
    """Starts applying the file, or taking back what it changed. One file is applied once."""
    locked = db.session.scalars(
        select(Sheet).where(Sheet.id == sheet.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    here = f"/spreadsheets/{sheet.key}"
    wanted = "applied" if undo else "compared"
    if locked.state != wanted:
        raise ServiceError("This file has moved on meanwhile. Look at it again.", "See the file", here)
    if not undo and locked.faulty:
        raise ServiceError(
            f"{locked.faulty:,} rows cannot be read, and a file is applied as a whole or not at all. Correct them and "
            "bring the file again.",
            "See the errors",
            f"{here}?show=errors",
        )
    if not locked.changed:
        raise activities.NothingToDo("The file changes nothing.", "See the file", here)
    title = f"{'Take back' if undo else 'Apply'} {locked.name}"
    label = f"{locked.changed:,} rows"
    begun = activities.start(
        actor, APPLY, title, [NewItem(label, args={"undo": undo})], units=locked.changed,
        details={"sheet": sheet.id}, priority=30, open_key=f"sheet:{sheet.id}",
    ).activity  # fmt: skip
    locked.state, locked.activity_id, locked.note = "undoing" if undo else "applying", begun.id, ""
    db.session.flush()
    return begun


class Moved(ServiceError):
    """Rows are no longer as they were when the file was compared."""


def apply(sheet: Sheet) -> int:
    """Writes every change of the file in the current transaction, or none and raises Moved."""
    refused: list[int] = []
    with db.session.begin_nested() as savepoint:
        for wishes in _wishes(sheet, undo=False):
            refused += files.kind_of(sheet).keep(files.scope_of(sheet), wishes)
        if refused:
            savepoint.rollback()
    if refused:
        shown = ", ".join(f"{number:,}" for number in refused[:NAMED])
        more = f" and {len(refused) - NAMED:,} more" if len(refused) > NAMED else ""
        raise Moved(
            f"Nothing was applied: row{'s' if len(refused) > 1 else ''} {shown}{more} changed since the file was "
            "compared, or is being sent to TikTok Shop now. Compare again to see what the file would do now."
        )
    _recheck(sheet)
    return sheet.changed


def take_back(sheet: Sheet) -> tuple[int, int]:
    """Puts back what the file replaced, where nobody changed it since: rows put back, rows left."""
    left: list[int] = []
    for wishes in _wishes(sheet, undo=True):
        left += files.kind_of(sheet).keep(files.scope_of(sheet), wishes)
    if left:
        shown = ", ".join(f"{number:,}" for number in left[:NAMED])
        sheet.note = f"Left as they are, because somebody changed them since: row {shown}" + (
            f" and {len(left) - NAMED:,} more." if len(left) > NAMED else "."
        )
    _recheck(sheet)
    return sheet.changed - len(left), len(left)


def _wishes(sheet: Sheet, *, undo: bool) -> Iterator[list[Wish]]:
    after = 0
    while found := rows(sheet, faulty=False, after=after, limit=BATCH):
        after = found[-1].number
        wishes = [
            Wish(row.number, row.subject_id or 0, row.after if undo else row.before, row.before if undo else row.after)
            for row in found
        ]
        for row in found:
            db.session.expunge(row)
        yield wishes


def _recheck(sheet: Sheet) -> None:
    """A few listings are rechecked at once; many wait for the standing stream."""
    if sheet.changed <= AT_ONCE and files.kind_of(sheet).of_shop:
        readiness.recheck_stale(AT_ONCE)
