"""Small files of every kind, made by hand: a PDF, films with the boxes that tell size and length, pictures."""

import io
import struct

from PIL import Image


def pdf(*objects: bytes, mark: bytes = b"") -> bytes:
    body = b"".join(b"%d 0 obj\n<< %s >>\nendobj\n" % (number, text) for number, text in enumerate(objects, 2))
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + body + mark + b"trailer << /Root 1 0 R >>\n%%EOF\n"


def picture(width: int = 1200, height: int = 1200, format: str = "PNG", colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, format)
    return out.getvalue()


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def film(
    seconds: float = 12, width: int = 720, height: int = 1280, brand: bytes = b"isom", turned: bool = False
) -> bytes:
    """An MP4 without pictures: enough for whoever reads its header."""
    length = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, int(seconds * 1000)), bytes(80))
    matrix = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30) if turned else (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    header = bytes(40) + struct.pack(">9i", *matrix) + struct.pack(">II", width << 16, height << 16)
    sound = bytes(40) + struct.pack(">9i", *matrix) + struct.pack(">II", 0, 0)
    tracks = box(b"trak", box(b"tkhd", sound)) + box(b"trak", box(b"tkhd", header))
    return box(b"ftyp", brand, bytes(4)) + box(b"mdat", bytes(2000)) + box(b"moov", length, tracks)
