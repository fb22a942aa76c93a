"""Exports: rows are read part by part, then the file is made of them, all by an activity."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models import Activity, Sheet, Shop, db
from services import activities, clock
from services.activities import NewItem
from services.actor import Actor
from services.errors import Invalid, NotFound
from services.spreadsheets import files, writing
from services.spreadsheets.files import ROWS
from services.spreadsheets.kinds.base import Scope
from services.spreadsheets.registry import KINDS
from services.spreadsheets.writing import Column

KIND = "sheet_export"
FORMATS = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class Made:
    """What a file is made of, for a thread that touches no rows."""

    format: str
    title: str
    columns: Sequence[Column]
    parts: Sequence[bytes]


def start(
    actor: Actor, shop: Shop | None, kind_name: str, format: str, details: Mapping[str, Any]
) -> tuple[Sheet, Activity]:
    """Starts an export of the shop's rows that `details` choose: {"ids": […]} or {"filter": {…}}, all when empty."""
    files.require()
    kind = KINDS.get(kind_name)
    if kind is None or format not in FORMATS:
        raise NotFound("There is no such spreadsheet.", "See spreadsheets", "/spreadsheets/")
    if kind.of_shop and shop is None:
        raise Invalid(f"{kind.title} are exported shop by shop. Choose one.", "Choose a shop", "/spreadsheets/")
    scope = Scope(shop if kind.of_shop else None, details)
    columns = kind.columns(scope)
    total = kind.count(scope)
    if not total:
        raise activities.NothingToDo("There is nothing to export here yet.", "See spreadsheets", "/spreadsheets/")
    kept = {**details, "titles": {one.key: one.title for one in columns if one.editable}}
    day = clock.now().strftime("%Y-%m-%d")
    name = f"{kind.name}-{day}.{format}"
    sheet = files.add(actor, kind, format, name, scope.shop, "making", kept)
    title = f"Export {kind.title.lower()}{f' of {shop.name}' if scope.shop and shop else ''}"
    # Of no shop to the engine: nothing is asked of TikTok, so it need not wait while a shop is disconnected.
    begun = activities.start(
        actor, KIND, title, [item("", 0)], units=total, details={"sheet": sheet.id}, priority=40
    ).activity
    sheet.activity_id = begun.id
    db.session.flush()
    return sheet, begun


def item(after: str, position: int) -> NewItem:
    label = "First rows" if position == 0 else f"Rows, part {position + 1}"
    return NewItem(label, args={"after": after, "position": position})


def read_part(sheet: Sheet, after: str, position: int) -> tuple[int, str]:
    """Keeps the next rows; how many, and the cursor behind them."""
    rows, cursor = files.kind_of(sheet).walk(files.scope_of(sheet), after)
    files.put(sheet, ROWS, position, files.pack(rows))
    sheet.rows += len(rows)
    db.session.flush()
    return len(rows), cursor


def gather(sheet: Sheet) -> Made:
    kind = files.kind_of(sheet)
    return Made(sheet.format, kind.title, kind.columns(files.scope_of(sheet)), list(files.pieces(sheet, ROWS)))


def make(made: Made) -> bytes:
    """The file; touches no rows of the database."""

    def rows() -> Iterator[list[str]]:
        for part in made.parts:
            yield from files.unpack(part)

    return writing.write(made.format, made.title, made.columns, rows())


def keep(sheet: Sheet, body: bytes) -> None:
    files.store(sheet, body)
    files.drop(sheet, ROWS)
    sheet.state = "ready"
    db.session.flush()


def failed(sheet: Sheet, why: str) -> None:
    if sheet.state == "making":
        sheet.state, sheet.note = "refused", why
        files.drop(sheet, ROWS)
