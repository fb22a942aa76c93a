"""The size of WebP and HEIC pictures from their first bytes: one decoder allocates all of it, the other is missing."""

import struct

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def webp_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels; None when this is no WebP or too little of it."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS


def heif_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) as shown: the largest extent named (the others are tiles, thumbnails), turned by `irot`."""
    found: list[tuple[int, int]] = []
    place = data.find(b"ispe")
    while place >= 0 and len(data) >= place + 16:
        found.append(struct.unpack(">II", data[place + 8 : place + 16]))
        place = data.find(b"ispe", place + 16)
    if not found:
        return None
    width, height = max(found, key=lambda size: size[0] * size[1])
    turned = data.find(b"irot")
    quarter = 0 <= turned < len(data) - 4 and data[turned + 4] & 1
    return (height, width) if quarter else (width, height)
