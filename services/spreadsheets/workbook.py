"""The cells of an XLSX sheet, one row after the other, through expat. Four times as fast as a library that makes an
object of each cell; it reads what `archive.check` let through and keeps only the shared texts in memory."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple
from xml.parsers import expat

from services.spreadsheets.archive import FileRefused

PIECE = 256 * 1024
TEXTS = 4_000_000  # shared texts
LAST_ROW = 1_048_576
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # built-in formats of dates and times
LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


class Cell(NamedTuple):
    """`kind`: text, number, formula, date, error, boolean or empty."""

    kind: str
    value: str


EMPTY = Cell("empty", "")


class Book:
    """An open workbook. `sheets`: names in order."""

    def __init__(self, file: IO[bytes]) -> None:
        self.archive = zipfile.ZipFile(file)
        self.parts = set(self.archive.namelist())
        links = self._links()
        found = [(name, links.get(link, "")) for name, link in self._names()]
        self.paths = {name: path for name, path in found if path in self.parts}
        if not self.paths:
            raise FileRefused("The workbook has no sheet.")
        self.sheets = list(self.paths)

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        """(row number, cells from column A on) of every row that is written down."""
        reader = _SheetReader(self._texts(), self._dates())
        yield from _fed(self.archive, self.paths[sheet], reader)

    def _names(self) -> list[tuple[str, str]]:
        found = _collect(self.archive, "xl/workbook.xml", "sheet")
        return [(one.get("name", ""), next((one[key] for key in one if key.endswith("}id")), "")) for one in found]

    def _links(self) -> dict[str, str]:
        if "xl/_rels/workbook.xml.rels" not in self.parts:
            raise FileRefused("The workbook does not say where its sheets are.")
        found = _collect(self.archive, "xl/_rels/workbook.xml.rels", "Relationship")
        return {one.get("Id", ""): _path(one.get("Target", "")) for one in found}

    def _texts(self) -> list[str]:
        reader = _TextReader()
        if "xl/sharedStrings.xml" in self.parts:
            for _ in _fed(self.archive, "xl/sharedStrings.xml", reader):
                pass
        return reader.texts

    def _dates(self) -> set[str]:
        """Numbers of the cell styles that show a number as a date."""
        if "xl/styles.xml" not in self.parts:
            return set()
        formats = {one.get("numFmtId", ""): one.get("formatCode", "")
                   for one in _collect(self.archive, "xl/styles.xml", "numFmt")}  # fmt: skip
        dates = {number for number, code in formats.items() if re.search("[dmyhs]", LITERAL.sub("", code.lower()))}
        dates |= {str(number) for number in DATES} - formats.keys()
        styles = _collect(self.archive, "xl/styles.xml", "xf", inside="cellXfs")
        return {str(place) for place, style in enumerate(styles) if style.get("numFmtId") in dates}


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


class _Reader:
    """Elements of one part as they come; `done` holds what can be handed on."""

    def __init__(self) -> None:
        self.done: list[tuple[int, list[Cell]]] = []

    def start(self, name: str, values: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def data(self, text: str) -> None: ...


class _Collector(_Reader):
    def __init__(self, wanted: str, inside: str) -> None:
        super().__init__()
        self.wanted, self.inside, self.open = wanted, inside, not inside
        self.found: list[dict[str, str]] = []

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == self.inside:
            self.open = True
        elif name == self.wanted and self.open:
            self.found.append(values)

    def end(self, name: str) -> None:
        if name == self.inside:
            self.open = False


class _TextReader(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.reads = self.spoken = False

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "si":
            self.parts = []
            if len(self.texts) >= TEXTS:
                raise FileRefused("The workbook holds too many texts. Split it, or save it as CSV.")
        elif name == "rPh":  # how a text is pronounced
            self.spoken = True
        self.reads = name == "t" and not self.spoken

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append(_unescaped("".join(self.parts)))
        elif name == "rPh":
            self.spoken = False
        self.reads = False

    def data(self, text: str) -> None:
        if self.reads:
            self.parts.append(text)


class _SheetReader(_Reader):
    def __init__(self, texts: Sequence[str], dates: set[str]) -> None:
        super().__init__()
        self.texts, self.dates = texts, dates
        self.row: list[Cell] = []
        self.number = self.column = 0
        self.parts: list[str] = []
        self.reads = self.has_formula = self.spoken = False
        self.kind = self.style = ""

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "row":
            self.row, self.number = [], int(values.get("r") or self.number + 1)
            if not 0 < self.number <= LAST_ROW:
                raise FileRefused("The sheet names a row that no spreadsheet has.")
        elif name == "c":
            self.kind, self.style = values.get("t", "n"), values.get("s", "")
            self.parts, self.has_formula, self.spoken = [], False, False
            self.column = _column(values.get("r", "")) if "r" in values else len(self.row)
        elif name == "f":
            self.has_formula = True
        elif name == "rPh":
            self.spoken = True
        self.reads = name == "v" or (name == "t" and not self.spoken)

    def end(self, name: str) -> None:
        if name == "c":
            if self.column > 16_383:
                raise FileRefused("The sheet names a column that no spreadsheet has.")
            if (cell := self._cell()) is not EMPTY:
                self.row.extend([EMPTY] * (self.column - len(self.row)))
                self.row[self.column :] = [cell]
        elif name == "row":
            self.done.append((self.number, self.row))
        elif name == "rPh":
            self.spoken = False
        self.reads = False

    def data(self, text: str) -> None:
        if self.reads:
            self.parts.append(text)

    def _cell(self) -> Cell:
        if self.has_formula:
            return Cell("formula", "")
        text = "".join(self.parts)
        if not text:
            return EMPTY
        if self.kind == "s":
            place = int(text)
            if not 0 <= place < len(self.texts):
                raise FileRefused("A cell points to a text that is not there.")
            text = self.texts[place]
            return Cell("text", text) if text else EMPTY
        if self.kind in ("inlineStr", "str"):
            return Cell("text", _unescaped(text))
        if self.kind == "n" and self.style in self.dates:
            return Cell("date", text)
        return Cell({"b": "boolean", "e": "error", "d": "date"}.get(self.kind, "number"), text)


def _column(reference: str) -> int:
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise FileRefused(f"A cell says it is at “{reference[:20]}”, which is no place.")
    column = 0
    for sign in found.group(1):
        column = column * 26 + ord(sign) - 64
    return column - 1


def _unescaped(text: str) -> str:
    return ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def _collect(archive: zipfile.ZipFile, path: str, wanted: str, inside: str = "") -> list[dict[str, str]]:
    reader = _Collector(wanted, inside)
    for _ in _fed(archive, path, reader):
        pass
    return reader.found


def _fed(archive: zipfile.ZipFile, path: str, reader: _Reader) -> Iterator[tuple[int, list[Cell]]]:
    """Gives a part to the reader piece by piece, and out what it has done so far."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise FileRefused("A part of the file declares entities, which no spreadsheet program writes.")

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, values: reader.start(name.rpartition("}")[2], values)
    parser.EndElementHandler = lambda name: reader.end(name.rpartition("}")[2])
    parser.CharacterDataHandler = reader.data
    try:
        with archive.open(path) as part:
            while piece := part.read(PIECE):
                parser.Parse(piece, False)
                yield from reader.done
                reader.done.clear()
            parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, ValueError, UnicodeError) as broken:
        raise FileRefused(f"The workbook cannot be read ({type(broken).__name__}). Save it again.") from broken
    yield from reader.done
    reader.done.clear()
