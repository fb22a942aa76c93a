"""Picture files made to harm. A module of its own, so that a measuring process makes only the one it measures."""

import zlib
from collections.abc import Callable

from PIL import Image

from domain.imaging import ImagePlan, Step
from services.image_doctor import NotAPicture, measure, treat
from tests.services.test_image_doctor import encoded, png_header, product

CONVERT = ImagePlan((Step.CONVERT_JPEG, Step.PAD_TO_SQUARE), 1000, 1000)
UNFOLDED = 120_000_000


def gif(frames: int) -> bytes:
    """An animation of many frames of one pixel."""
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0" + b"!\xf9\4\0\1\0\0\0" + frame * frames + b";"


def layered(scans: int) -> bytes:
    """A progressive JPEG whose last layer comes again and again."""
    data = encoded(Image.new("RGB", (3000, 3000), "white"), "JPEG", progressive=True)
    start = data.rfind(b"\xff\xc4", 0, data.rfind(b"\xff\xda"))
    return data[:-2] + data[start:-2] * scans + b"\xff\xd9"


def png_with(name: bytes, body: bytes) -> bytes:
    """A small PNG with one more chunk."""
    data = encoded(product(64, 64))
    chunk = len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
    return data[:33] + chunk + data[33:]


BOMBS: dict[str, Callable[[], bytes]] = {
    "169 million pixels of one bit": lambda: png_header(13_000, 13_000),
    "65 million pixels": lambda: png_header(8_100, 8_100),
    "a very long strip": lambda: png_header(60_000, 8),
    "10,000 frames": lambda: gif(10_000),
    "a text chunk that unfolds": lambda: png_with(b"zTXt", b"x\0\0" + zlib.compress(bytes(UNFOLDED), 1)),
    "a profile that unfolds": lambda: png_with(b"iCCP", b"x\0\0" + zlib.compress(bytes(UNFOLDED), 1)),
    "1,000 layers": lambda: layered(1_000),
    "a GIF that claims to be huge": lambda: b"GIF89a\xff\xff\xff\xff\0\0\0;",
    "a BMP that claims to be huge": lambda: (
        b"BM" + bytes(8) + b"\x36\0\0\0\x28\0\0\0" + b"\xff\xff\xff\x0f" * 2 + b"\1\0\x18\0" + bytes(24)
    ),
    "a JPEG that claims to be huge": lambda: (
        b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\3\1\x22\0\2\x11\1\3\x11\1\xff\xda"
    ),
}


def open_it(data: bytes) -> str:
    """`refused`, or the format after treatment."""
    try:
        measure(data)
        return treat(data, CONVERT)[1]
    except NotAPicture:
        return "refused"
