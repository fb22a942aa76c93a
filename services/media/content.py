"""What a brought file really is: told by its content, never by its name; what could harm a reader is refused."""

import re
import struct
from dataclasses import dataclass

from services.errors import Invalid
from services.image_doctor import NotAPicture, measure

MIB = 1024 * 1024
DOCUMENT_MAX = 10 * MIB
CHART_MAX = 10 * MIB  # reference 4.6
PICTURES = ("JPEG", "PNG")  # every market's reviewers can open these
# Things in a PDF that act by themselves or carry other files. Names may be written with #-escapes.
ACTIVE = {
    b"JavaScript": "a script",
    b"JS": "a script",
    b"OpenAction": "an action that starts by itself",
    b"AA": "actions that start by themselves",
    b"Launch": "a command to start a program",
    b"EmbeddedFile": "another file inside",
    b"EmbeddedFiles": "another file inside",
    b"RichMedia": "embedded media",
    b"XFA": "a form with scripts",
    b"Encrypt": "a password",
}
_NAME = re.compile(rb"/([A-Za-z#][A-Za-z0-9#]{1,40})")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# Beginnings of other kinds of files; a picture with one of them behind its end is two files at once.
_HIDDEN = (b"%PDF-", b"PK\x03\x04", b"MZ\x90\x00", b"<script", b"<html", b"<svg", b"<?php", b"Rar!\x1a")


@dataclass(frozen=True, slots=True)
class Content:
    """Format by content; pixels and milliseconds where the file tells them."""

    format: str
    width: int | None = None
    height: int | None = None
    milliseconds: int | None = None


def document(data: bytes) -> Content:
    """A PDF, JPEG or PNG of at most 10 MiB, or Invalid."""
    _sized(data, DOCUMENT_MAX, "A document")
    if data[:5] == b"%PDF-":
        _pdf(data)
        return Content("PDF")
    if b"%PDF-" in data[:1024]:
        raise Invalid("Something stands before the beginning of the PDF. Save it again as PDF and choose that file.")
    try:
        return _picture(data, "A document")
    except NotAPicture:
        raise Invalid("A document is a PDF, JPEG or PNG file; this is none of them, whatever its name says.") from None


def size_chart(data: bytes) -> Content:
    """A JPEG or PNG of at most 10 MiB, or Invalid."""
    _sized(data, CHART_MAX, "A size chart")
    try:
        return _picture(data, "A size chart")
    except NotAPicture as no:
        raise Invalid(f"A size chart is a JPEG or PNG picture. {no}") from None


def _picture(data: bytes, what: str) -> Content:
    known = measure(data)
    if known.format not in PICTURES:
        raise Invalid(f"{what} as picture is a JPEG or PNG; this is {known.format}. Save it as one of them.")
    tail = data[_end(data, known.format) :]
    if any(mark in tail.lower() or mark in tail for mark in _HIDDEN):
        raise Invalid("Behind the picture hides a file of another kind. Save the picture again and choose that file.")
    return Content(known.format, known.width, known.height)


def _end(data: bytes, format: str) -> int:
    """Where the picture ends as its own format says."""
    place = data.rfind(b"IEND") if format == "PNG" else data.find(b"\xff\xd9")
    return place + 8 if format == "PNG" and place >= 0 else max(place, 0)


def _sized(data: bytes, most: int, what: str) -> None:
    if not data:
        raise Invalid("The file is empty. Choose another one.")
    if len(data) > most:
        raise Invalid(f"{what} has at most {most // MIB} MB. Make the file smaller.")


def _pdf(data: bytes) -> None:
    if b"%%EOF" not in data[-2048:] or b"obj" not in data:
        raise Invalid("The PDF is incomplete. Save it again and choose that file.")
    for found in _NAME.finditer(data):
        name = _ESCAPE.sub(lambda hit: bytes([int(hit[1], 16)]), found[1])
        if name in ACTIVE and not _within_stream(data, found.start()):
            raise Invalid(f"The PDF holds {ACTIVE[name]}. Print it to a new PDF and choose that file.")


def _within_stream(data: bytes, place: int) -> bool:
    """Compressed bytes may spell anything; what acts stands outside of them."""
    begun = data.rfind(b"stream", 0, place)
    if begun < 0 or data[begun - 3 : begun] == b"end":
        return False
    return data.find(b"endstream", begun, place) < 0


# -- video -----------------------------------------------------------------------------------------------------------


def video(head: bytes, name: str) -> str:
    """The format of a film by its first bytes, or Invalid. MP4, MOV and 3GP tell themselves apart by their brand."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "MOV" if brand == b"qt  " else "3GP" if brand[:3] in (b"3gp", b"3g2") else "MP4"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "WEBM" if b"webm" in head[:64] else "MKV"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "AVI"
    if head[:4] == b"FLV\x01":
        return "FLV"
    if head[:16] == bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"):
        return "WMV"
    if head[:4] in (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"):
        return "MPEG"
    raise Invalid("This is no video that TikTok Shop takes. Choose an MP4 or MOV file.")


def film(data: bytes, format: str) -> Content:
    """Pixels and length of an MP4, MOV or 3GP film; of others nothing is known."""
    if format not in ("MP4", "MOV", "3GP"):
        return Content(format)
    movie = _box(data, b"moov")
    if movie is None:
        raise Invalid("The video is incomplete: its index is missing. Save it again and choose that file.")
    milliseconds, (width, height) = _length(_box(movie, b"mvhd")), (0, 0)
    for track in _boxes(movie, b"trak"):
        wide, tall = _side(_box(track, b"tkhd"))
        if wide * tall > width * height:
            width, height = wide, tall
    return Content(format, width or None, height or None, milliseconds)


def _boxes(data: bytes, wanted: bytes) -> list[bytes]:
    """Bodies of the boxes of this kind directly inside (ISO 14496-12)."""
    found: list[bytes] = []
    place = 0
    while place + 8 <= len(data) and len(found) < 64:
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        head = 8
        if size == 1 and place + 16 <= len(data):
            size, head = struct.unpack(">Q", data[place + 8 : place + 16])[0], 16
        size = len(data) - place if size == 0 else size
        if size < head:
            break
        if kind == wanted:
            found.append(data[place + head : place + size])
        place += size
    return found


def _box(data: bytes, wanted: bytes) -> bytes | None:
    return next(iter(_boxes(data, wanted)), None)


def _length(header: bytes | None) -> int | None:
    try:
        if header is None:
            return None
        if header[0] == 1:
            scale, length = struct.unpack(">IQ", header[20:32])
        else:
            scale, length = struct.unpack(">II", header[12:20])
    except (struct.error, IndexError):
        return None
    return min(length * 1000 // scale, 2_000_000_000) if scale else None


def _side(header: bytes | None) -> tuple[int, int]:
    """A track's size as shown: fixed-point pixels at the end, turned where its matrix says so."""
    if header is None or len(header) < 84:
        return 0, 0
    width, height = (value >> 16 for value in struct.unpack(">II", header[-8:]))
    a, b = struct.unpack(">ii", header[-44:-36])
    return (height, width) if a == 0 and b != 0 else (width, height)
