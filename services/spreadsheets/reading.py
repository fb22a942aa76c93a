"""A file a person brought, as rows of text. XLSX and CSV alike; nothing in it is evaluated."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from services.spreadsheets import archive
from services.spreadsheets.archive import FileRefused
from services.spreadsheets.cells import restored
from services.spreadsheets.workbook import Book, Cell

ROWS, COLUMNS, LONGEST = 200_000, 250, 100_000  # of a sheet; characters of a cell
FORMULA = "It holds a formula. Copy the cell and paste it back as a value."
DATE = "It holds a date. Format the cell as text and type the value again."
ERROR = "It holds an error of the spreadsheet program."
TOO_LONG = f"It is longer than {LONGEST:,} characters."
Cells = Sequence["str | Bad"]


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that has no value."""

    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """`header` is row 1; `rows` are (row number, cells), empty rows left out. Lazy: read it once."""

    sheet: str
    format: str
    header: Sequence[str]
    rows: Iterator[tuple[int, Cells]]


def read(body: bytes, sheet: str = "") -> Read:
    """The named sheet, else the first. Raises FileRefused, for rows while they are read."""
    if body[:2] == b"PK":
        archive.check(body)
        return _xlsx(body, sheet)
    if body[:4] == b"\xd0\xcf\x11\xe0":
        raise FileRefused("This is an old or a protected Excel file. Save it as “Excel workbook (.xlsx)”.")
    return _csv(body)


def _csv(body: bytes) -> Read:
    if len(body) > archive.LARGEST:
        raise FileRefused(f"The file is larger than {archive.LARGEST // archive.MIB} MB. Split it.")
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused("The file is not written in UTF-8. Save it as “CSV UTF-8”, or as XLSX.") from None
    if "\0" in text:
        raise FileRefused("This is neither a CSV nor an XLSX file.")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = _limited(_csv_rows(lines))
    _, header = next(rows, (0, ()))
    return Read("", "csv", _header(header), rows)


def _csv_rows(lines: Iterator[list[str]]) -> Iterator[tuple[int, Cells]]:
    try:
        for number, line in enumerate(lines, 1):
            yield number, [Bad(TOO_LONG) if len(cell) > LONGEST else restored(cell).strip() for cell in line]
    except csv.Error as broken:
        raise FileRefused(f"The file cannot be read as CSV ({broken}).") from None


def _xlsx(body: bytes, wanted: str) -> Read:
    book = Book(io.BytesIO(body))
    name = wanted if wanted in book.sheets else book.sheets[0]
    rows = _limited((number, [_cell(cell) for cell in cells]) for number, cells in book.rows(name))
    _, header = next(rows, (0, ()))
    return Read(name, "xlsx", _header(header), rows)


def _cell(cell: Cell) -> str | Bad:
    match cell.kind:
        case "text":
            return Bad(TOO_LONG) if len(cell.value) > LONGEST else cell.value.strip()
        case "number":
            return _number(cell.value)
        case "boolean":
            return "no" if cell.value == "0" else "yes"
        case "empty":
            return ""
    return Bad({"formula": FORMULA, "date": DATE}.get(cell.kind, ERROR))


def _number(text: str) -> str | Bad:
    """As a person would type it: 12 for 12.0, 0.1 for 0.10000000000000001."""
    try:
        value = float(text)
    except ValueError:
        return Bad(ERROR)
    if not isfinite(value):
        return Bad(ERROR)
    return format(Decimal(format(value, ".15g")), "f")


def _limited(rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    count = 0
    for number, cells in rows:
        if not any(cells):
            continue
        if len(cells) > COLUMNS and any(cells[COLUMNS:]):
            raise FileRefused(f"The sheet has more than {COLUMNS} columns.")
        count += 1
        if count > ROWS + 1:
            raise FileRefused(f"The sheet has more than {ROWS:,} rows. Split the file.")
        yield number, cells


def _header(cells: Cells) -> list[str]:
    names = [cell if isinstance(cell, str) else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise FileRefused("The sheet is empty. Its first row must name the columns.")
    doubled = {name for name in names if name and names.count(name) > 1}
    if doubled:
        raise FileRefused(f"The column “{min(doubled)}” is there twice.")
    return names
