"""A look at a whole picture as it would be sent: is its background one colour, is it white, how much does the product
fill. An estimate, meant as advice; docs/pictures.md says how often it is right."""

import io
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops

SIDE = 240  # pixels on the longer side that are looked at; also the size of the preview
_RING = 0.03  # of a side: the border that must be background
_NEAR = 26  # levels of a channel that a pixel may be off the border's colour: JPEG, noise, a slight vignette
_PRODUCT = 36  # levels from which a pixel belongs to the product: more than a soft shadow on white
_WHITE = 242
_TRUSTED = 0.75  # of the border: below, nobody can say where the background ends
_PIECES = 2  # a ring or a handle crosses a side twice
_SPECK = 0.012  # of a row or column: less is dust


@dataclass(frozen=True, slots=True)
class Seen:
    """Shares per mille. `plain`: of the border near one colour. `fill`: of the frame's longer-covered side that the
    product takes, None where the background is too busy to tell. `ground`: the border's colour."""

    plain: int
    is_white: bool
    fill: int | None
    ground: str
    preview: bytes
    width: int
    height: int


def look(data: bytes, padded: bool = False) -> Seen:
    """Looks at a picture that the image doctor has measured (JPEG, PNG, GIF, BMP or WEBP). `padded`: bands were added;
    what reaches the border between them is the picture's own background and no product."""
    image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "BMP", "WEBP"))
    width, height = image.size
    if image.format == "JPEG":
        image.draft("RGB", (SIDE * 2, SIDE * 2))
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small = _on_white(image)
    ring = _ring(small)
    ground = tuple(_median(band.histogram()) for band in ring.split())
    off = _off(small, ground)
    border = _ring(off).histogram()
    plain = 1.0 if not padded and _cut_off(off) else sum(border[: _NEAR + 1]) / sum(border)
    fill = _fill(off) if plain >= _TRUSTED else None
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82)
    return Seen(
        round(plain * 1000),
        min(ground) >= _WHITE,
        None if fill is None else round(fill * 1000),
        "#{:02x}{:02x}{:02x}".format(*ground),
        out.getvalue(),
        width,
        height,
    )


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        picture = image.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    return image.convert("RGB")


def _ring(image: Image.Image) -> Image.Image:
    """The border's pixels, side by side."""
    width, height = image.size
    thick = max(2, round(min(width, height) * _RING))
    flat = Image.new(image.mode, (2 * (width + height), thick))
    for left, box in (
        (0, (0, 0, width, thick)),
        (width, (0, height - thick, width, height)),
    ):
        flat.paste(image.crop(box), (left, 0))
    for left, box in (
        (2 * width, (0, 0, thick, height)),
        (2 * width + height, (width - thick, 0, width, height)),
    ):
        flat.paste(image.crop(box).transpose(Image.Transpose.ROTATE_90), (left, 0))
    return flat


def _cut_off(off: Image.Image) -> bool:
    """Whether one thing reaches over the border of an otherwise plain picture: all corners are background, and what is
    not lies in one piece on each side."""
    width, height = off.size
    thick = max(2, round(min(width, height) * _RING))
    sides = (
        off.crop((0, 0, width, thick)).resize((width, 1), Image.Resampling.BOX),
        off.crop((0, height - thick, width, height)).resize((width, 1), Image.Resampling.BOX),
        off.crop((0, 0, thick, height)).resize((1, height), Image.Resampling.BOX),
        off.crop((width - thick, 0, width, height)).resize((1, height), Image.Resampling.BOX),
    )
    pieces = 0
    for side in sides:
        far = [level > _NEAR for level in side.tobytes()]
        corner = max(2, len(far) // 20)
        if any(far[:corner]) or any(far[-corner:]):
            return False
        runs = sum(now and not before for before, now in pairwise(far))
        if runs > _PIECES:
            return False
        pieces += runs
    return pieces > 0


def _median(levels: list[int]) -> int:
    half, seen = sum(levels) / 2, 0
    for level, count in enumerate(levels):
        seen += count
        if seen >= half:
            return level
    return len(levels) - 1


def _off(image: Image.Image, ground: tuple[int, ...]) -> Image.Image:
    """How far each pixel is from the ground, by the channel that is furthest."""
    apart = ImageChops.difference(image, Image.new("RGB", image.size, ground)).split()
    return ImageChops.lighter(ImageChops.lighter(apart[0], apart[1]), apart[2])


def _fill(off: Image.Image) -> float:
    """The longer of the product's two extents, each as a share of the frame's side."""
    mask = off.point([255 if level > _PRODUCT else 0 for level in range(256)])
    return max(_extent(mask, across=True), _extent(mask, across=False))


def _extent(mask: Image.Image, across: bool) -> float:
    width, height = mask.size
    line = mask.resize((width, 1) if across else (1, height), Image.Resampling.BOX)
    levels = line.tobytes()
    covered = [place for place, level in enumerate(levels) if level > 255 * _SPECK]
    return (covered[-1] - covered[0] + 1) / len(levels) if covered else 0.0
