"""Reading and converting images the way the platform does (reference 4.6)."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image

from sandbox.tiktok.refusal import Refusal

BYTES_MAXIMUM = 10 * 1024 * 1024
FORMATS = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "BMP": "bmp"}
USE_CASES = ("MAIN_IMAGE", "ATTRIBUTE_IMAGE", "DESCRIPTION_IMAGE", "CERTIFICATION_IMAGE", "SIZE_CHART_IMAGE")
SIDES: dict[str, tuple[int, int]] = {"MAIN_IMAGE": (300, 4000)}
ANY_SIDE = (100, 20000)
CONVERTED = frozenset({"MAIN_IMAGE", "ATTRIBUTE_IMAGE"})
SIZE_CHART_MINIMUM = 1024
DECODED_MAXIMUM = 40_000_000  # pixels; larger ones are believed by their header


@dataclass(frozen=True)
class Picture:
    content: bytes
    width: int
    height: int
    extension: str


def read_picture(content: bytes, use_case: str) -> Picture:
    """Check the bytes against the use case's rules and convert an odd aspect to a centred square."""
    if not content:
        raise Refusal(12038002, "The image is empty")
    if len(content) > BYTES_MAXIMUM:
        raise Refusal(12038005, "The image is larger than 10 MB")
    if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
        return _heic(content, use_case)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[*FORMATS, "GIF", "TIFF"]) as image:
                if image.format not in FORMATS:
                    raise Refusal(12038015, f"The image format {image.format} is not supported")
                check_sides(image.width, image.height, use_case)
                return _converted(image, content, use_case)
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise Refusal(12038004, "The file is not an image that can be read") from error


def check_sides(width: int, height: int, use_case: str) -> None:
    """Refuse by the header's size, before any pixel is decoded."""
    if not all(ANY_SIDE[0] <= side <= ANY_SIDE[1] for side in (width, height)):
        raise Refusal(12019116, "Each side must have 100 to 20,000 pixels")
    low, high = SIDES.get(use_case, ANY_SIDE)
    if not all(low <= side <= high for side in (width, height)):
        raise Refusal(12038014, f"Each side must have {low:,} to {high:,} pixels")
    if use_case == "SIZE_CHART_IMAGE" and min(width, height) < SIZE_CHART_MINIMUM:
        raise Refusal(12038014, "The short side of a size chart must have 1,024 pixels or more")


def aspect_fits(width: int, height: int) -> bool:
    """3:4 to 4:3, both included."""
    return 4 * width >= 3 * height and 3 * width <= 4 * height


def _converted(image: Image.Image, content: bytes, use_case: str) -> Picture:
    kind = str(image.format)
    if use_case not in CONVERTED or aspect_fits(image.width, image.height):
        width, height = image.size
        if kind == "JPEG":
            image.draft("RGB", (width // 8, height // 8))  # an eighth is enough to find a broken file
        if kind == "JPEG" or width * height <= DECODED_MAXIMUM:
            image.load()
        return Picture(content, width, height, FORMATS[kind])
    if image.width * image.height > DECODED_MAXIMUM:
        raise Refusal(12038014, "The image has too many pixels to be converted")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    target = io.BytesIO()
    square.save(target, kind)
    return Picture(target.getvalue(), side, side, FORMATS[kind])


def _heic(content: bytes, use_case: str) -> Picture:
    """HEIC is accepted by its header: the size stands in the `ispe` box; it is kept as it came."""
    place = content.find(b"ispe")
    if place < 0 or len(content) < place + 16:
        raise Refusal(12038004, "The file is not an image that can be read")
    width, height = struct.unpack(">II", content[place + 8 : place + 16])
    check_sides(width, height, use_case)
    return Picture(content, width, height, "heic")
