"""Spreadsheet files: what is written is read back; what a stranger sends is refused before it is opened."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.spreadsheets import archive, reading, writing
from services.spreadsheets.archive import FileRefused
from services.spreadsheets.cells import guarded, letter, restored
from services.spreadsheets.kinds.base import same
from services.spreadsheets.reading import DATE, ERROR, FORMULA, Bad
from services.spreadsheets.writing import Column

COLUMNS = (Column("key", "Key"), Column("title", "Title", True), Column("more", "More", True))
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "|cmd", "%x", "'=1", "''=x", '=HYPERLINK("http://x")']


def rows_of(body: bytes) -> list[list[object]]:
    return [list(cells) for _, cells in reading.read(body).rows]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_formulas_are_texts_and_come_back_as_they_were(format: str) -> None:
    told = [[str(number), text.strip() or "x", "#N/A"] for number, text in enumerate(HOSTILE)]
    body = writing.write(format, "Listings", COLUMNS, told)
    assert rows_of(body) == told
    if format == "csv":
        first = [line.split(",")[1].strip('"') for line in body.decode("utf-8-sig").splitlines()[1:]]
        assert [cell for cell in first if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    else:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_text_survives_both_ways(text: str) -> None:
    assert restored(guarded(text)) == text
    for format in ("csv", "xlsx"):
        whole = text.encode("utf-8", "replace").decode()
        found = rows_of(writing.write(format, "T", COLUMNS, [["1", whole.replace("\0", ""), "end"]]))
        cell = found[0][1]
        assert isinstance(cell, str) and same(cell, whole.replace("\0", "").strip())


def test_line_ends_survive_a_workbook() -> None:
    body = writing.write("xlsx", "T", COLUMNS, [["1", "a\r\nb\nc _x000D_ <&>", ""]])
    assert rows_of(body)[0][1] == "a\r\nb\nc _x000D_ <&>"


def test_a_text_longer_than_a_cell_is_no_change() -> None:
    long = "ä" * 40_000
    cell = rows_of(writing.write("xlsx", "T", COLUMNS, [["1", long, ""]]))[0][1]
    assert isinstance(cell, str) and len(cell) == writing.LONGEST
    assert same(cell, long) and not same(cell + "!", "b" + long)


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_programs_save_it(encoding: str, delimiter: str) -> None:
    text = delimiter.join(["Key", "Title"]) + "\r\n" + delimiter.join(["1", "Müsli 漢字"]) + "\r\n\r\n"
    read = reading.read(text.encode(encoding))
    assert list(read.header) == ["Key", "Title"]
    assert list(read.rows) == [(2, ["1", "Müsli 漢字"])]


def workbook(sheet: str, **parts: str) -> bytes:
    """A workbook with this sheet data; `parts` replace or add parts."""
    plain = writing.write("xlsx", "Listings", COLUMNS, [])
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                text = text[: text.index("<sheetData>")] + f"<sheetData>{sheet}</sheetData></worksheet>"
            new.writestr(name, parts.pop(name, text))
        for name, text in parts.items():
            new.writestr(name, text)
    return made.getvalue()


HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Key</t></is></c><c r="B1" t="inlineStr"><is><t>Title</t></is></c></row>'
)


def test_what_other_programs_write_is_read() -> None:
    shared = (
        '<sst xmlns="x"><si><t>one</t></si><si><r><t>rich </t></r><r><t>text</t></r><rPh><t>no</t></rPh></si></sst>'
    )
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm"/></numFmts>'
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs>'
        "</styleSheet>"
    )
    cells = (
        '<c r="A2" t="s"><v>1</v></c><c r="B2"><v>12</v></c><c r="C2"><v>0.1</v></c><c r="D2" s="1"><v>45000</v></c>'
        '<c r="E2"><f>B2*2</f><v>24</v></c><c r="F2" t="b"><v>1</v></c><c r="G2" t="e"><v>#N/A</v></c>'
        '<c r="H2" t="str"><v>said</v></c><c r="I2" s="2"><v>45000.5</v></c><c r="K2"><v>6.001E5</v></c>'
    )
    body = workbook(f'{HEAD}<row r="2">{cells}</row><row r="9"><c r="B9"><v>9</v></c></row>',
                    **{"xl/sharedStrings.xml": shared, "xl/styles.xml": styles})  # fmt: skip
    found = list(reading.read(body).rows)
    assert found == [
        (2, ["rich text", "12", "0.1", Bad(DATE), Bad(FORMULA), "yes", Bad(ERROR), "said", Bad(DATE), "", "600100"]),
        (9, ["", "9"]),
    ]


@pytest.mark.parametrize(
    "part",
    ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/macrosheets/sheet1.xml", "xl/embeddings/x.bin",
     "xl/activeX/activeX1.xml", "xl/connections.xml", "../evil.xml", "/abs.xml"],
)  # fmt: skip
def test_active_and_outside_parts_are_refused(part: str) -> None:
    with pytest.raises(FileRefused):
        reading.read(workbook(HEAD, **{part: "<x/>"}))


@pytest.mark.parametrize(
    "text",
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', '<?xml version="1.0"?><!doctype a><a/>'],
)
def test_entities_are_refused_wherever_they_stand(text: str) -> None:
    for part in ("xl/workbook.xml", "xl/sharedStrings.xml", "docProps/core.xml"):
        with pytest.raises(FileRefused):
            reading.read(workbook(HEAD, **{part: text}))


def test_utf_16_cannot_hide_entities() -> None:
    body = workbook(HEAD)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/sharedStrings.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"))
    with pytest.raises(FileRefused):
        reading.read(made.getvalue())


def bomb(size: int) -> bytes:
    made = io.BytesIO(workbook(HEAD))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet2.xml", b" " * size)
    return made.getvalue()


def test_a_bomb_is_refused_by_its_directory() -> None:
    body = bomb(40 * archive.MIB)
    assert len(body) < 100_000
    with pytest.raises(FileRefused):
        archive.check(body)


def test_a_bomb_that_lies_about_its_size_is_refused_while_it_unpacks() -> None:
    body = bytearray(bomb(40 * archive.MIB))
    place = body.rindex(b"PK\x01\x02")
    struct.pack_into("<I", body, place + 24, 1000)  # the size after unpacking, in the directory
    with pytest.raises(FileRefused):
        archive.check(bytes(body))


def test_overlapping_parts_are_refused() -> None:
    body = bytearray(workbook(HEAD))
    first, second = (index for index in _directory(bytes(body))[:2])
    body[second + 42 : second + 46] = body[first + 42 : first + 46]  # both begin at the same place
    with pytest.raises(FileRefused):
        archive.check(bytes(body))


def _directory(body: bytes) -> list[int]:
    found, place = [], body.find(b"PK\x01\x02")
    while place >= 0:
        found.append(place)
        place = body.find(b"PK\x01\x02", place + 4)
    return found


def test_a_part_smaller_than_it_says_is_refused() -> None:
    body = bytearray(workbook(HEAD))
    place = _directory(bytes(body))[-1]
    size = struct.unpack_from("<I", body, place + 24)[0]
    struct.pack_into("<I", body, place + 24, size + 10)
    with pytest.raises(FileRefused):
        archive.check(bytes(body))


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(FileRefused):
        archive.check(workbook(HEAD, **{f"xl/media/{number}.xml": "<x/>" for number in range(archive.PARTS)}))


@pytest.mark.parametrize(
    "body",
    [b"", b"PK\x03\x04 and then nothing", b"\xd0\xcf\x11\xe0 old excel", b"\xff\xd8\xff\xe0 picture",
     b"Key,Title\0\n1,2",
     "Key,Title\nÄ,1".encode("latin-1"), b'Key,Title\n1,"never closed', b"Key,Key\n1,2", b"\n\n"],
)  # fmt: skip
def test_what_is_no_spreadsheet_is_refused(body: bytes) -> None:
    with pytest.raises(FileRefused):
        list(reading.read(body).rows)


@pytest.mark.parametrize(
    "sheet",
    ['<row r="2"><c r="XFE2"><v>1</v></c></row>', '<row r="2"><c r="?"><v>1</v></c></row>',
     '<row r="99999999999"><c r="A1"><v>1</v></c></row>', '<row r="2"><c r="A2" t="s"><v>7</v></c></row>',
     '<row r="2"><c r="A2"><v>1</v>', '<row r="-4"/>'],
)  # fmt: skip
def test_sheets_that_cannot_be_are_refused(sheet: str) -> None:
    with pytest.raises(FileRefused):
        list(reading.read(workbook(HEAD + sheet)).rows)


def test_rows_and_columns_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROWS", 3)
    body = writing.write("csv", "T", COLUMNS, [[str(number), "a", "b"] for number in range(4)])
    with pytest.raises(FileRefused):
        list(reading.read(body).rows)
    with pytest.raises(FileRefused):
        list(reading.read((",".join(map(str, range(300))) + "\n").encode()).rows)


def test_a_damaged_part_is_refused() -> None:
    body = bytearray(workbook(HEAD))
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as file:
        part = file.getinfo("xl/worksheets/sheet1.xml")
    start = archive._start(part, bytes(body))
    body[start : start + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(FileRefused):
        archive.check(bytes(body))
