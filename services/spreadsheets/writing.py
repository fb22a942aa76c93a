"""Rows of text as a file. Every cell is a text: nothing a merchant or a product says becomes a formula."""

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple
from xml.sax.saxutils import escape

from services.spreadsheets.cells import guarded, letter

MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST = 32_767  # characters of an XLSX cell
IN_MEMORY = 8 * 1024 * 1024
AT_ONCE = 500  # rows given to the compressor together
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x000D_ as a control character


class Column(NamedTuple):
    """One column of a file: its title, whether an import reads it, how wide it is shown."""

    key: str
    title: str
    editable: bool = False
    width: int = 18


def write(format: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    """The whole file."""
    return _csv(columns, rows) if format == "csv" else _xlsx(title, columns, rows)


def _csv(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    text.write("\ufeff")  # else Excel reads UTF-8 as something else
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([guarded(column.title) for column in columns])
    for row in rows:
        lines.writerow([guarded(cell) for cell in row])
    return text.getvalue().encode("utf-8", "replace")


# -- XLSX: four small parts and one sheet, streamed; faster than through a library's cells -----------------------

_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_OFFICE}/styles" '
    'Target="styles.xml"/></Relationships>',
    # Styles: 0 plain, 1 text, 2 a heading that is read back, 3 a heading that is not, 4 text that is not read back.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font><font><sz val="11"/><color rgb="FF5E637A"/>'
    '<name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFF6F7F9"/>'
    '</patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyFont="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" applyFont="1" applyFill="1"/><xf numFmtId="49" fontId="2" '
    'applyFont="1"/></cellXfs></styleSheet>',
}


def _xlsx(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
            for name, content in _PARTS.items():
                archive.writestr(name, _START + content)
            archive.writestr(
                "xl/workbook.xml",
                f'{_START}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{_text(title[:31])}" '
                'sheetId="1" r:id="rId1"/></sheets></workbook>',
            )
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
                _sheet(sheet, columns, rows)
        file.seek(0)
        return file.read()


def _sheet(sheet: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1" style="1"/>'
        for number, column in enumerate(columns, 1)
    )
    sheet.write(
        (
            f'{_START}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
            'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{widths}</cols><sheetData>"
        ).encode()
    )
    letters = [letter(number) for number in range(len(columns))]
    sheet.write(
        _row(1, letters, [2 if one.editable else 3 for one in columns], [one.title for one in columns]).encode()
    )
    styles, lines = [1 if one.editable else 4 for one in columns], []
    for number, row in enumerate(rows, 2):
        lines.append(_row(number, letters, styles, row))
        if len(lines) == AT_ONCE:
            sheet.write("".join(lines).encode())
            lines.clear()
    sheet.write("".join([*lines, "</sheetData></worksheet>"]).encode())


def _row(number: int, letters: Sequence[str], styles: Sequence[int], cells: Sequence[str]) -> str:
    parts = [
        f'<c r="{name}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
        for name, style, cell in zip(letters, styles, cells, strict=True)
        if cell
    ]
    return f'<row r="{number}">{"".join(parts)}</row>'


def _text(text: str) -> str:
    """Carriage returns are written as Excel does: XML would make line feeds of them."""
    fit = ESCAPED.sub("_x005F_", UNFIT.sub("", text)[:LONGEST]).replace("\r", "_x000D_")
    return escape(fit, {'"': "&quot;"})
