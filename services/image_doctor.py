"""The image doctor: measures pictures without opening them, and treats those that TikTok would cut or refuse."""

import io
import struct
from dataclasses import dataclass
from typing import Any

from PIL import Image, JpegImagePlugin

from domain.imaging import ImagePlan, Step
from services.image_header import heif_size, is_heif, webp_size

SIDE_MAX = 20_000
PIXELS_MAX = 64_000_000  # 20 KB of PNG can unfold to this many, so it is also the memory of a worker
SCANS_MAX = 100  # cameras and programs write a dozen; each further one costs another pass over all pixels
BYTES_MAX = 10 * 1024 * 1024
SIDE_KEPT = 600  # compression goes on with fewer pixels only down to here
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP")
LOSSLESS = frozenset({"PNG", "BMP"})
QUALITIES = (90, 85, 80, 75, 70, 62)
_UNIFORM = 12  # levels of a channel that a plain background may differ by
_UNIFORM_SHARE = 0.97
_BLOCK = 16  # pixels; JPEG blocks that stay on their grid survive being saved again
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    struct.error,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    EOFError,
    MemoryError,
    Image.DecompressionBombError,
)

# The second guard behind `_check_size`, for whatever a decoder might open by itself.
Image.MAX_IMAGE_PIXELS = PIXELS_MAX

Colour = tuple[int, ...]


class NotAPicture(Exception):
    """The file cannot be used as a picture; the text is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Pixels as shown, bytes, JPEG, PNG, GIF, BMP, WEBP or HEIC. `turned`: a note in the file sets it upright."""

    width: int
    height: int
    size: int
    format: str
    turned: bool = False


def measure(data: bytes, size: int | None = None) -> Measured:
    """From the header alone. The first 64 KiB usually do; then `size` says how many bytes the file has."""
    size = len(data) if size is None else size
    if is_heif(data):
        return _measured(heif_size(data), size, "HEIC")
    if data[:4] == b"RIFF":
        return _measured(webp_size(data), size, "WEBP")
    image = _open(data)
    width, height = image.size
    orientation = _orientation(image)
    if orientation >= 5:
        width, height = height, width
    return Measured(width, height, size, _format(image), orientation != 1)


def treat(data: bytes, plan: ImagePlan, bytes_max: int = BYTES_MAX) -> tuple[bytes, str]:
    """(file, JPEG or PNG) after the plan's steps. The same input gives the same bytes, and the result needs no plan."""
    known = measure(data)
    if known.format == "JPEG" and data.count(b"\xff\xda") > SCANS_MAX:
        raise NotAPicture("The file has so many layers that it cannot be opened in time. Save it again as JPEG.")
    if known.format == "HEIC":
        raise NotAPicture("HEIC pictures can be sent as they are, but not be changed. Save it as JPEG.")
    try:
        return _treat(data, known, plan, bytes_max)
    except NotAPicture:
        raise
    except _BROKEN:
        raise NotAPicture("The file is damaged.") from None


def _treat(data: bytes, known: Measured, plan: ImagePlan, bytes_max: int) -> tuple[bytes, str]:
    image = _open(data)
    tables = _tables(image)
    turn = _TURNS.get(_orientation(image))
    pad, shrink = Step.PAD_TO_SQUARE in plan.steps, Step.SHRINK in plan.steps
    side = max(known.width, known.height) if pad else 0
    scale = plan.width / (side or known.width) if shrink else 1.0
    goal = (max(1, round(known.width * scale)), max(1, round(known.height * scale)))
    if shrink and not pad:
        goal = (plan.width, plan.height)
    if shrink and image.format == "JPEG":
        image.draft("RGB", goal if turn is None or known.width == image.width else (goal[1], goal[0]))
    profile = image.info.get("icc_profile")
    lossless = known.format in LOSSLESS and Step.CONVERT_JPEG not in plan.steps
    colour_model = image.mode
    grey = image.mode in ("1", "L") and "transparency" not in image.info  # one channel until it is small
    picture = image.convert("L") if grey else _plain(image, keep_alpha=lossless)
    if turn is not None:
        picture = picture.transpose(turn)
    if picture.size != goal:
        picture = picture.resize(goal, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if grey:
        picture = picture.convert("RGB")
    if pad:
        square = (plan.width, plan.width) if shrink else (side, side)
        picture = _padded(picture, square, on_grid=tables is not None and not shrink)
    # A profile describes the colours it was made for: not after CMYK or grey became RGB.
    keep: dict[str, Any] = {"icc_profile": profile} if profile and colour_model in ("RGB", "RGBA", "P") else {}
    if lossless:
        content = _saved(picture, "PNG", **keep)
        if len(content) <= bytes_max:
            return content, "PNG"
        picture = _on_white(picture)
    # What was JPEG keeps its own tables, so that nothing of the product is coarsened a second time.
    if tables is None or shrink or Step.COMPRESS in plan.steps:
        tables = {"quality": 92, "subsampling": 0}
    return _small_enough(picture, tables, bytes_max, keep), "JPEG"


def _small_enough(picture: Image.Image, first: dict[str, Any], bytes_max: int, keep: dict[str, Any]) -> bytes:
    """As JPEG: the best quality that stays under the limit, and only then fewer pixels."""
    content = _saved(picture, "JPEG", **first, **keep)
    while len(content) > bytes_max:
        for quality in QUALITIES:
            content = _saved(picture, "JPEG", quality=quality, **keep)
            if len(content) <= bytes_max:
                return content
        if min(picture.size) * 0.8 < SIDE_KEPT:
            raise NotAPicture("The picture does not fit the size limit even when compressed.")
        width, height = picture.size
        picture = picture.resize((round(width * 0.8), round(height * 0.8)), Image.Resampling.LANCZOS)
    return content


def _open(data: bytes) -> Image.Image:
    """Reads the header and checks the size; no pixel is decoded."""
    if data[:4] == b"RIFF":
        size = webp_size(data)
        if size is None:
            raise NotAPicture("The file is not a picture that can be read.")
        _check_size(*size)
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise NotAPicture(_too_many()) from None
    except _BROKEN:
        raise NotAPicture("The file is not a picture that can be read.") from None
    _check_size(*image.size)
    return image


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise NotAPicture("The file is not a picture that can be read.")
    if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
        raise NotAPicture(_too_many(f"{width:,} x {height:,} pixels"))


def _too_many(size: str = "too many pixels") -> str:
    most = f"at most {SIDE_MAX:,} on a side and {PIXELS_MAX // 1_000_000} million in all can be handled"
    return f"The picture has {size}; {most}."


def _measured(size: tuple[int, int] | None, length: int, format: str) -> Measured:
    if size is None:
        raise NotAPicture("The file is not a picture that can be read.")
    _check_size(*size)
    return Measured(*size, length, format)


def _format(image: Image.Image) -> str:
    return "JPEG" if image.format == "MPO" else str(image.format)  # MPO: a JPEG with more pictures behind the first


def _orientation(image: Image.Image) -> int:
    """1 upright … 8 (EXIF). Only what the header holds: looking further would decode the picture."""
    if "exif" not in image.info:
        return 1
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return 1
    return value if value in _TURNS else 1


def _tables(image: Image.Image) -> dict[str, Any] | None:
    """What a JPEG was saved with, if it was saved in colour as everyone does."""
    if _format(image) != "JPEG" or image.mode != "RGB" or not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None
    sampling = JpegImagePlugin.get_sampling(image)
    return {"qtables": image.quantization, "subsampling": sampling} if sampling in (0, 1, 2) else None


def _plain(image: Image.Image, keep_alpha: bool) -> Image.Image:
    """Decoded, eight bits, RGB, or RGBA where transparency is to be kept."""
    if image.mode.startswith("I;16"):
        return image.point(lambda level: level / 256).convert("L").convert("RGB")
    if image.mode == "I":
        return image.point(lambda level: level / 256).convert("L").convert("RGB")
    transparent = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa")
    if not transparent:
        return image.convert("RGB")
    picture = image.convert("RGBA")
    return picture if keep_alpha else _on_white(picture)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _padded(picture: Image.Image, size: tuple[int, int], on_grid: bool) -> Image.Image:
    left, top = (size[0] - picture.width) // 2, (size[1] - picture.height) // 2
    if on_grid:
        left, top = left - left % _BLOCK, top - top % _BLOCK
    canvas = Image.new(picture.mode, size, _ground(picture))
    canvas.paste(picture, (left, top))
    return canvas


def _ground(picture: Image.Image) -> Colour:
    """The colour of the two edges that are extended where it is nearly one colour, else white."""
    width, height = picture.size
    boxes = ((0, 0, 1, height), (width - 1, 0, width, height))
    if width > height:
        boxes = ((0, 0, width, 1), (0, height - 1, width, height))
    edges = [picture.crop(box) for box in boxes]
    white: Colour = (255,) * len(picture.getbands())
    if picture.mode == "RGBA" and all(edge.getchannel("A").getextrema() == (0, 0) for edge in edges):
        return (255, 255, 255, 0)
    counts = [_levels(edges, band) for band in picture.getbands()]
    middle = tuple(_median(levels) for levels in counts)
    for levels, centre in zip(counts, middle, strict=True):
        near = sum(levels[max(0, centre - _UNIFORM) : centre + _UNIFORM + 1])
        if near < _UNIFORM_SHARE * sum(levels):
            return white
    return middle


def _levels(edges: list[Image.Image], band: str) -> list[int]:
    first, second = (edge.getchannel(band).histogram() for edge in edges)
    return [one + other for one, other in zip(first, second, strict=True)]


def _median(levels: list[int]) -> int:
    half, seen = sum(levels) / 2, 0
    for level, count in enumerate(levels):
        seen += count
        if seen >= half:
            return level
    return len(levels) - 1


def _saved(picture: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()
