"""Draws product pictures: soft background, a simple shape per kind of product, the name's initials or a few words.

The same plan always gives the same bytes; the latest are kept.
"""

import io
import textwrap
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from sandbox.catalog.large_pictures import enlarged

Color = tuple[int, int, int]
Stroke = tuple[str, float, tuple[float, ...]]

# Per shape the strokes in a square of 100 × 100: kind, how much lighter (+) or darker (-) than the colour, coordinates.
# fmt: off
SHAPES: dict[str, tuple[Stroke, ...]] = {
    "shirt": (("polygon", 0, (32, 24, 42, 20, 58, 20, 68, 24, 88, 40, 78, 52, 70, 45, 70, 82, 30, 82, 30, 45, 22, 52,
        12, 40)),
              ("pieslice", -0.25, (42, 12, 58, 29, 0, 180)), ("line", -0.15, (50, 29, 50, 82))),
    "trousers": (("polygon", 0, (34, 16, 66, 16, 72, 86, 55, 86, 50, 40, 45, 86, 28, 86)), ("rectangle", -0.2, (34, 16,
        66, 22)), ("line", -0.2, (50, 22, 50, 42))),
    "shoe": (("polygon", 0, (18, 40, 36, 42, 46, 34, 54, 44, 72, 54, 84, 60, 86, 68, 18, 68)), ("rounded", 0.55, (16,
        66, 88, 75, 4)),
             ("line", 0.5, (46, 46, 54, 40)), ("line", 0.5, (52, 52, 60, 46))),
    "bag": (("arc", -0.3, (34, 12, 66, 48, 180, 360)), ("rounded", 0, (24, 32, 76, 86, 9)), ("rounded", -0.15, (32, 56,
        68, 80, 5)), ("line", -0.3, (24, 44, 76, 44))),
    "ring": (("ellipse", 0, (24, 30, 76, 82)), ("ellipse", 2, (33, 39, 67, 73)), ("polygon", 0.4, (50, 14, 60, 24, 50,
        36, 40, 24))),
    "mug": (("ellipse", -0.1, (58, 36, 86, 68)), ("ellipse", 2, (65, 43, 79, 61)), ("rounded", 0, (24, 28, 70, 80, 7)),
        ("ellipse", -0.25, (24, 23, 70, 34))),
    "bowl": (("pieslice", 0, (16, 8, 84, 80, 0, 180)), ("ellipse", -0.2, (16, 36, 84, 53)), ("rectangle", -0.3, (40,
        78, 60, 83))),
    "bottle": (("rounded", 0, (35, 34, 65, 86, 8)), ("rectangle", 0, (44, 22, 56, 36)), ("rounded", -0.35, (41, 14, 59,
        24, 3)), ("rectangle", 0.5, (35, 50, 65, 70))),
    "lamp": (("polygon", 0.15, (36, 18, 64, 18, 76, 50, 24, 50)), ("rectangle", -0.2, (48, 50, 52, 78)), ("ellipse", 0,
        (34, 74, 66, 86))),
    "pot": (("ellipse", -0.25, (28, 14, 50, 50)), ("ellipse", -0.35, (48, 10, 72, 50)), ("polygon", 0, (26, 46, 74, 46,
        66, 84, 34, 84)), ("rectangle", -0.15, (24, 44, 76, 52))),
    "pillow": (("polygon", 0, (18, 24, 50, 29, 82, 24, 78, 50, 82, 78, 50, 73, 18, 78, 22, 50)), ("line", -0.15, (30,
        36, 70, 66)), ("line", -0.15, (70, 36, 30, 66))),
    "blocks": (("rectangle", 0, (20, 54, 48, 82)), ("rectangle", 0.35, (52, 54, 80, 82)), ("rectangle", -0.3, (36, 22,
        64, 50))),
    "bear": (("ellipse", -0.1, (26, 12, 44, 30)), ("ellipse", -0.1, (56, 12, 74, 30)), ("ellipse", 0, (28, 16, 72,
        54)), ("ellipse", 0, (24, 46, 76, 90)),
             ("ellipse", 0.4, (38, 58, 62, 82)), ("ellipse", -0.7, (39, 30, 43, 34)), ("ellipse", -0.7, (57, 30, 61,
                 34)), ("ellipse", -0.5, (46, 38, 54, 44))),
    "roll": (("rounded", 0, (16, 38, 84, 66, 14)), ("ellipse", -0.3, (70, 38, 90, 66)), ("ellipse", 0.1, (75, 45, 85,
        59)), ("line", -0.3, (36, 38, 36, 66))),
    "ball": (("ellipse", 0, (22, 22, 78, 78)), ("arc", -0.3, (22, 22, 78, 78, 200, 340)), ("arc", -0.3, (2, 22, 58, 78,
        300, 60)), ("ellipse", 0.5, (34, 30, 44, 40))),
    "phone": (("rounded", -0.3, (33, 14, 67, 86, 7)), ("rounded", 0, (36, 17, 64, 83, 5)), ("ellipse", -0.5, (40, 21,
        47, 28))),
    "speaker": (("rounded", 0, (28, 16, 72, 86, 9)), ("ellipse", -0.4, (36, 48, 64, 76)), ("ellipse", -0.15, (43, 55,
        57, 69)), ("ellipse", -0.4, (43, 24, 57, 38))),
    "book": (("rounded", 0, (28, 16, 74, 84, 3)), ("rectangle", -0.3, (28, 16, 35, 84)), ("rectangle", 0.5, (44, 30,
        66, 42)), ("line", -0.35, (68, 16, 68, 84))),
    "card": (("rounded", 0, (14, 14, 86, 86, 5)), ("rounded", 0.75, (18, 30, 82, 70, 3))),
}
# fmt: on
SIZES = {"zoom": 1280, "standard": 386, "thumbnail": 220, "tiny": 60}
FORMATS = {"jpg": "JPEG", "png": "PNG", "bmp": "BMP", "webp": "WEBP", "gif": "GIF"}
MIME = {"jpg": "image/jpeg", "png": "image/png", "bmp": "image/bmp", "webp": "image/webp", "gif": "image/gif"}
BACKGROUNDS: tuple[Color, ...] = ((244, 241, 236), (236, 240, 244), (240, 243, 236), (246, 238, 238))


def from_plan(plan: dict[str, Any], size: str) -> bytes:
    """What a catalog's `picture` stands for; a `whole` one comes in full where others have at most 1280 px."""
    facts = (plan["shape"], plan["color"], plan["initials"], plan["view"])
    if plan.get("whole") and size == "zoom":
        return large(*facts, plan["width"], plan["height"])
    content = draw(*facts, plan["width"], plan["height"], plan["format"], size, plan.get("words", ""))
    return content[: len(content) // 2] if plan.get("fault") == "cut" else content


@lru_cache(maxsize=16)
def large(shape: str, color: str, initials: str, view: int, width: int, height: int) -> bytes:
    """A PNG of any size, enlarged row by row from a small drawing."""
    small = draw(shape, color, initials, view, 1000, round(1000 * height / width), "png")
    return enlarged(Image.open(io.BytesIO(small)), width, height)


@lru_cache(maxsize=256)
def draw(
    shape: str,
    color: str,
    initials: str,
    view: int,
    width: int,
    height: int,
    form: str,
    size: str = "zoom",
    words: str = "",
) -> bytes:
    """The encoded picture, scaled down to the size's longest edge when it is larger."""
    scale = min(1.0, SIZES.get(size, 1280) / max(width, height))
    width, height = max(1, int(width * scale)), max(1, int(height * scale))
    base: Color = (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))
    background = BACKGROUNDS[view % len(BACKGROUNDS)]
    fine = 2 if max(width, height) <= 1000 else 1  # drawn at twice the size and halved, so that edges are smooth
    picture = Image.linear_gradient("L").resize((width * fine, height * fine))
    canvas = Image.merge("RGB", [picture.point(lambda value, tone=tone: int(tone - value / 14)) for tone in background])
    paint(canvas, SHAPES[shape], base, background, view)
    if fine > 1:
        canvas = canvas.reduce(fine)
    label(canvas, initials)
    if words:
        inscribe(canvas, words)
    out = io.BytesIO()
    canvas.save(out, FORMATS[form], **({"quality": 86} if form in ("jpg", "webp") else {}))
    return out.getvalue()


def paint(canvas: Image.Image, strokes: tuple[Stroke, ...], base: Color, background: Color, view: int) -> None:
    """The shape on its shadow, centred; the second view is a close look, the third stands further off."""
    side = min(canvas.size) * (0.86, 1.12, 0.6, 0.75)[view % 4]
    left, top = (canvas.width - side) / 2, (canvas.height - side) / 2
    pen = ImageDraw.Draw(canvas)
    pen.ellipse(
        (left + side * 0.18, top + side * 0.8, left + side * 0.82, top + side * 0.93), fill=shade(background, -0.12)
    )
    for kind, tone, numbers in strokes:
        fill = background if tone == 2 else shade(base, tone)
        whole = len(numbers) if kind in ("polygon", "line") else 4
        points = [
            (left if place % 2 == 0 else top) + number / 100 * side for place, number in enumerate(numbers[:whole])
        ]
        rest = numbers[whole:]
        thick = max(1, int(side / 70))
        if kind == "polygon":
            pen.polygon(points, fill=fill)
        elif kind == "line":
            pen.line(points, fill=fill, width=thick)
        elif kind == "rectangle":
            pen.rectangle(points, fill=fill)
        elif kind == "rounded":
            pen.rounded_rectangle(points, radius=rest[0] / 100 * side, fill=fill)
        elif kind == "pieslice":
            pen.pieslice(points, rest[0], rest[1], fill=fill)
        elif kind == "arc":
            pen.arc(points, rest[0], rest[1], fill=fill, width=thick * 3)
        else:
            pen.ellipse(points, fill=fill)


def shade(color: Color, amount: float) -> Color:
    """Towards white above zero, towards black below."""
    goal, part = (255, amount) if amount > 0 else (0, -amount)
    red, green, blue = (int(tone + (goal - tone) * part) for tone in color)
    return red, green, blue


def label(canvas: Image.Image, initials: str) -> None:
    size = max(8, min(canvas.size) // 16)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(canvas).text(
        (canvas.width - size * 0.6, canvas.height - size * 0.5), initials, fill=(120, 122, 130), font=font, anchor="rs"
    )


def inscribe(canvas: Image.Image, words: str) -> None:
    """The words in the middle, in up to five lines."""
    text = "\n".join(textwrap.wrap(words, 22, max_lines=5, placeholder=" …"))
    font, middle = ImageFont.load_default(max(7, canvas.width // 24)), (canvas.width / 2, canvas.height / 2)
    ImageDraw.Draw(canvas).multiline_text(middle, text, fill=(49, 52, 64), font=font, anchor="mm", align="center")
