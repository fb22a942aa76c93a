"""What an XLSX file says about itself, checked before anything of it is read: it is a ZIP archive from a stranger."""

import io
import re
import struct
import zipfile
import zlib

from services.errors import Invalid

MIB = 1024 * 1024
LARGEST = 32 * MIB  # of the file
PARTS = 300
INFLATED = 512 * MIB  # of everything together
LIMITS = {"xl/sharedStrings.xml": 160 * MIB, "xl/styles.xml": 8 * MIB, "xl/workbook.xml": 1 * MIB}
RATIO, SMALL = 150, MIB  # real sheets shrink 5 to 60 times; small parts may shrink as they like
ACTIVE = re.compile(
    r"vbaProject|macrosheets/|activeX/|externalLinks/|embeddings/|connections\.xml|queryTables/|customUI|ctrlProps/",
    re.IGNORECASE,
)
DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
LOCAL = struct.Struct("<4s5H3I2H")  # the header before each part's data
KEPT = 16  # bytes of one piece looked at again with the next


class FileRefused(Invalid):
    """The file is not read at all; the text says why."""


def check(body: bytes) -> None:
    """Raises FileRefused for archives that lie, explode, run macros or reach outside."""
    if len(body) > LARGEST:
        raise FileRefused(f"The file is larger than {LARGEST // MIB} MB. Split it, or save it as CSV.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        raise FileRefused("This is not a readable XLSX file. Save it again as “Excel workbook (.xlsx)”.") from None
    _check_directory(parts)
    _check_places(parts, body)
    for part in parts:
        _check_content(part, body)


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > PARTS:
        raise FileRefused(f"The file has {len(parts):,} parts; a workbook has a few dozen.")
    if len(set(name.casefold() for name in names)) != len(names):
        raise FileRefused("The file names a part twice.")
    if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
        raise FileRefused("The file names parts outside itself.")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise FileRefused("This is a ZIP file, but not an Excel workbook (.xlsx).")
    for part in parts:
        if part.flag_bits & 0x1:
            raise FileRefused("The file is encrypted. Save it without a password.")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused("The file is packed in a way no spreadsheet program uses.")
        if found := ACTIVE.search(part.filename):
            raise FileRefused(
                f"The workbook holds macros, embedded objects or links to other files ({found.group()}). "
                "Save it as a plain workbook (.xlsx) or as CSV."
            )
        if part.file_size > max(SMALL, RATIO * part.compress_size):
            raise FileRefused("The file unpacks to far more than a spreadsheet would.")
        if part.file_size > LIMITS.get(part.filename, INFLATED):
            raise FileRefused(f"The part {part.filename} is too large. Split the file.")
    if sum(part.file_size for part in parts) > INFLATED:
        raise FileRefused(f"The file unpacks to more than {INFLATED // MIB} MB. Split it, or save it as CSV.")


def _check_places(parts: list[zipfile.ZipInfo], body: bytes) -> None:
    """Each part has its own bytes: overlapping ones are how a small file becomes a large one."""
    end = 0
    for part in sorted(parts, key=lambda one: one.header_offset):
        if part.header_offset < end:
            raise FileRefused("Parts of the file overlap.")
        end = _start(part, body) + part.compress_size
        if end > len(body):
            raise FileRefused("The file ends before its parts do.")


def _start(part: zipfile.ZipInfo, body: bytes) -> int:
    """Where a part's data begins."""
    header = body[part.header_offset : part.header_offset + LOCAL.size]
    if len(header) < LOCAL.size or header[:4] != b"PK\x03\x04":
        raise FileRefused("A part of the file is not where its directory says.")
    fields = LOCAL.unpack(header)
    return part.header_offset + LOCAL.size + int(fields[9]) + int(fields[10])


def _check_content(part: zipfile.ZipInfo, body: bytes) -> None:
    """Unpacks a part piece by piece: its size is what was declared, and XML declares no entities of its own."""
    start = _start(part, body)
    data = memoryview(body)[start : start + part.compress_size]
    is_xml = part.filename.endswith((".xml", ".rels"))
    size, tail = 0, b""
    for piece in _pieces(part, data):
        if is_xml and size == 0 and piece[:2] in (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00"):
            raise FileRefused("A part of the file is not written in UTF-8.")
        size += len(piece)
        if size > part.file_size:
            raise FileRefused("A part of the file is larger than the file says.")
        if is_xml and DECLARED.search(tail + piece):
            raise FileRefused("A part of the file declares entities, which no spreadsheet program writes.")
        tail = piece[-KEPT:]
    if size != part.file_size:
        raise FileRefused("A part of the file is smaller than the file says.")


def _pieces(part: zipfile.ZipInfo, data: memoryview) -> "list[bytes] | _Inflated":
    if part.compress_type == zipfile.ZIP_STORED:
        return [bytes(data[first : first + MIB]) for first in range(0, len(data), MIB)]
    return _Inflated(data)


class _Inflated:
    """A deflated part in pieces of at most one mebibyte, whatever it unpacks to."""

    def __init__(self, data: memoryview) -> None:
        self.data = data

    def __iter__(self) -> "_Inflated":
        self.stream, self.left = zlib.decompressobj(-15), bytes(self.data)
        return self

    def __next__(self) -> bytes:
        if self.stream.eof:
            raise StopIteration
        try:
            piece = self.stream.decompress(self.left, MIB)
        except zlib.error:
            raise FileRefused("A part of the file is damaged.") from None
        self.left = self.stream.unconsumed_tail
        if not piece and not self.stream.eof:
            raise FileRefused("A part of the file is damaged.")
        return piece
