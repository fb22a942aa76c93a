"""A labelled set of drawn product pictures: what stands behind the product, how much of the frame it fills, how the
file was saved. Drawn from numbers, so it is the same everywhere."""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

SIDE = 320
PLAIN = ("white", "off_white", "grey", "coloured", "vignette", "noisy_white", "lit_from_above")
BUSY = ("stripes", "room", "linen", "foliage", "bokeh", "gradient", "table")
SHAPES = ("bottle", "box", "ring", "white_mug", "plant")


@dataclass(frozen=True)
class Labelled:
    name: str
    data: bytes
    is_plain: bool
    is_white: bool
    extent: float  # of the frame's side, by construction; above 1 it is cut off


def pictures() -> Iterator[Labelled]:
    chance = random.Random(20261121)
    for number, ground in enumerate(PLAIN + BUSY):
        for place, shape in enumerate(SHAPES):
            for extent in (0.3, 0.5, 0.57, 0.63, 0.8, 1.1):
                image = _ground(ground, chance)
                _product(image, shape, extent, chance, shadow=(number + place) % 2 == 0)
                format, options = (("JPEG", {"quality": 70}), ("JPEG", {"quality": 92}), ("PNG", {}))[
                    chance.randrange(3)
                ]
                out = io.BytesIO()
                image.save(out, format, **options)
                white = ground in ("white", "noisy_white", "lit_from_above")
                yield Labelled(f"{ground}-{shape}-{extent}", out.getvalue(), ground in PLAIN, white, extent)


def _ground(kind: str, chance: random.Random) -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(image)
    if kind in ("off_white", "grey", "coloured"):
        image.paste(
            {"off_white": (246, 243, 236), "grey": (205, 205, 208), "coloured": (120, 170, 160)}[kind],
            (0, 0, SIDE, SIDE),
        )
    elif kind == "noisy_white":
        grain = Image.effect_noise((SIDE, SIDE), 9).point([min(255, 122 + level) for level in range(256)])
        image = Image.merge("RGB", [grain] * 3)
    elif kind == "vignette":
        for step in range(SIDE // 2):
            level = 226 + min(20, step // 4)
            pen.rectangle((step, step, SIDE - step, SIDE - step), outline=(level, level, level))
    elif kind == "lit_from_above":
        for row in range(SIDE):
            level = 255 - row * 10 // SIDE
            pen.line((0, row, SIDE, row), fill=(level, level, level))
    elif kind == "stripes":
        for column in range(0, SIDE, 40):
            pen.rectangle((column, 0, column + 19, SIDE), fill=(210, 60, 70))
    elif kind == "room":
        pen.rectangle((0, 0, SIDE, SIDE * 5 // 8), fill=(188, 176, 160))
        pen.rectangle((0, SIDE * 5 // 8, SIDE, SIDE), fill=(96, 70, 52))
    elif kind in ("linen", "foliage"):
        image = Image.merge("RGB", [Image.effect_noise((SIDE, SIDE), 120 + 20 * band) for band in range(3)])
        image = image.filter(ImageFilter.GaussianBlur(3 if kind == "linen" else 1))
    elif kind == "bokeh":
        image.paste((40, 60, 50), (0, 0, SIDE, SIDE))
        for _ in range(90):
            x, y, r = chance.randrange(SIDE), chance.randrange(SIDE), chance.randrange(12, 50)
            pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(chance.randrange(40, 250) for _ in range(3)))
        image = image.filter(ImageFilter.GaussianBlur(5))
    elif kind == "gradient":
        for row in range(SIDE):
            pen.line((0, row, SIDE, row), fill=(60 + row * 190 // SIDE, 90, 250 - row * 190 // SIDE))
    elif kind == "table":
        pen.rectangle((0, SIDE * 3 // 4, SIDE, SIDE), fill=(150, 110, 80))
    return image


def _product(image: Image.Image, shape: str, extent: float, chance: random.Random, shadow: bool) -> None:
    """The longer side covers `extent` of the frame."""
    long = SIDE * extent
    ratio = {"bottle": 0.35, "box": 0.8, "ring": 1, "white_mug": 0.9, "plant": 0.7}[shape]
    half_w, half_h = long * ratio / 2, long / 2
    x, y = SIDE / 2, SIDE / 2
    box = (x - half_w, y - half_h, x + half_w, y + half_h)
    if shadow:
        veil = Image.new("L", image.size, 0)
        under = (box[0] + 6, box[3] - 14, box[2] - 6, box[3] + 2)
        ImageDraw.Draw(veil).ellipse(under, fill=60)
        image.paste((0, 0, 0), mask=veil.filter(ImageFilter.GaussianBlur(6)))
    pen = ImageDraw.Draw(image)
    fill = tuple(chance.randrange(15, 150) for _ in range(3))
    if shape == "bottle":
        pen.rounded_rectangle(box, 12, fill=fill)
    elif shape == "box":
        pen.rectangle(box, fill=fill)
        pen.line((box[0], y, box[2], y), fill=(230, 220, 200), width=6)
    elif shape == "ring":
        pen.ellipse(box, outline=(180, 150, 60), width=9)
    elif shape == "white_mug":
        pen.rounded_rectangle(box, 16, fill=(250, 250, 250), outline=(170, 170, 170), width=3)
    elif shape == "plant":
        for part in range(9):
            tip = (box[0] + (box[2] - box[0]) * part / 8, box[1] + abs(part - 4) * long * 0.05)
            pen.line((x, box[3], *tip), fill=(30, 110 + part * 8, 45), width=5)
        pen.rectangle((x - half_w / 2, box[3] - long * 0.2, x + half_w / 2, box[3]), fill=(150, 80, 50))
