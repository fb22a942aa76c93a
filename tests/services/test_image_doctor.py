"""The image doctor: measures from the header, and golden cases of treatment."""

import io
import struct
import time
import tracemalloc
import zlib
from datetime import date

import pytest
from PIL import Image, ImageDraw

from domain.imaging import ImagePlan, Step, plan
from domain.policy import RatioPolicy
from domain.rulepacks import pack_for
from services.image_doctor import Measured, NotAPicture, measure, treat

PACK = pack_for("US", date(2026, 11, 21))


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def product(width: int, height: int, ground: str = "white", mode: str = "RGB") -> Image.Image:
    """A drawing with hard edges on a plain ground that reaches all four sides."""
    image = Image.new(mode, (width, height), ground)
    pen = ImageDraw.Draw(image)
    pen.ellipse((width * 0.2, height * 0.2, width * 0.8, height * 0.8), fill="teal")
    pen.rectangle((width * 0.4, height * 0.4, width * 0.6, height * 0.6), fill="#aa3311")
    return image


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    # Deterministic, and as hard to compress as pictures come.
    grains = Image.effect_noise((width, height), 90)
    return Image.merge("RGB", [grains, grains.rotate(90).resize((width, height)), grains.rotate(180)]).convert(mode)


def planned(data: bytes, ratio: RatioPolicy = "auto_pad") -> ImagePlan:
    known = measure(data)
    return plan(known.width, known.height, known.size, known.format, ratio, PACK)


def treated(data: bytes, ratio: RatioPolicy = "auto_pad") -> tuple[Image.Image, str, ImagePlan]:
    """The result opened, its format, the plan; proves that a second run has nothing to do and that it is repeatable."""
    what = planned(data, ratio)
    assert not what.fault
    content, format = treat(data, what, PACK.image_bytes_max)
    assert treat(data, what, PACK.image_bytes_max) == (content, format)
    again = measure(content)
    assert again.format == format and not again.turned and again.size <= PACK.image_bytes_max
    assert planned(content, ratio).steps == ()
    opened = Image.open(io.BytesIO(content))
    opened.load()
    return opened, format, what


def png_header(width: int, height: int, bits: int = 1, kind: int = 0) -> bytes:
    """A valid PNG of one colour, tiny for its size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    row = bytes(1 + (width * bits + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# -- measuring -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
def test_measures_of_every_format_also_from_its_first_bytes(format: str) -> None:
    data = encoded(noise(700, 500), format)
    assert measure(data) == Measured(700, 500, len(data), format)
    assert measure(data[:4096], len(data)) == Measured(700, 500, len(data), format)


def test_lossless_webp_and_webp_with_alpha() -> None:
    for data in (
        encoded(product(640, 480), "WEBP", lossless=True),
        encoded(product(640, 480, "#00000000", "RGBA"), "WEBP"),
    ):
        known = measure(data)
        assert (known.width, known.height, known.format) == (640, 480, "WEBP")


def heic(*sizes: tuple[int, int], turned: int | None = None) -> bytes:
    boxes = b"".join(struct.pack(">I4sIII", 20, b"ispe", 0, *size) for size in sizes)
    boxes += struct.pack(">I4sB", 9, b"irot", turned) if turned is not None else b""
    return struct.pack(">I4s4sI", 16, b"ftyp", b"heic", 0) + boxes


def test_heic_is_measured_by_its_boxes() -> None:
    known = measure(heic((512, 512), (4032, 3024), (320, 240)))
    assert (known.width, known.height, known.format) == (4032, 3024, "HEIC")
    assert (measure(heic((4032, 3024), turned=1)).width, measure(heic((4032, 3024), turned=2)).width) == (3024, 4032)
    with pytest.raises(NotAPicture):
        treat(heic((1000, 500)), plan(1000, 500, 100, "HEIC", "auto_pad", PACK))


def turned(image: Image.Image, orientation: int, format: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, format, exif=exif)


def test_measures_are_as_shown() -> None:
    assert measure(turned(product(800, 600), 6)) == measure(turned(product(800, 600), 8))
    known = measure(turned(product(800, 600), 6))
    assert (known.width, known.height, known.turned) == (600, 800, True)
    assert measure(turned(product(800, 600), 1)).turned is False


@pytest.mark.parametrize("data", [
    b"", b"<html>not found</html>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x00\x00\x00\x00WEBPVP8X", b"GIF89a",
    b"BM", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", b"II*\x00" + bytes(100),
    struct.pack(">I4s4s", 12, b"ftyp", b"heic"),
])  # fmt: skip
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        measure(data)


def bomb_webp() -> bytes:
    canvas = (16383 - 1).to_bytes(3, "little") * 2
    return b"RIFF\x64\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + canvas + bytes(100)


def bomb_gif() -> bytes:
    return b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x00\x00\x00" + b";"


BOMBS = {
    "png of 169 million pixels": png_header(13_000, 13_000), "png of 20,001 on a side": png_header(20_001, 1_000),
    "webp": bomb_webp(), "gif": bomb_gif(), "heic": heic((60_000, 60_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_by_their_header(name: str) -> None:
    data = BOMBS[name]
    assert len(data) < 40_000
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(NotAPicture):
        measure(data)
    with pytest.raises(NotAPicture):
        treat(data, ImagePlan((Step.CONVERT_JPEG,), 4000, 4000))
    seconds, peak = time.perf_counter() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 0.1 and peak < 1_000_000


def test_a_damaged_file_is_found_when_it_is_opened() -> None:
    data = encoded(noise(800, 400))[:-20_000]
    with pytest.raises(NotAPicture):
        treat(data, planned(data))


# -- treatment -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(800, 600), (600, 801), (1000, 333), (301, 300), (640, 1), (307, 1001)])
def test_padding_a_png_is_exact_and_changes_no_pixel(width: int, height: int) -> None:
    picture = product(width, height, "#f4f1ec")
    if planned(encoded(picture)).steps != (Step.PAD_TO_SQUARE,):
        assert max(width, height) <= 1.01 * min(width, height)  # square enough to be left alone
        return
    result, format, _ = treated(encoded(picture))
    side = max(width, height)
    left, top = (side - width) // 2, (side - height) // 2
    assert (result.size, format) == ((side, side), "PNG")
    assert result.crop((left, top, left + width, top + height)).tobytes() == picture.tobytes()


def corner(image: Image.Image) -> tuple[int, ...]:
    pixel = image.convert("RGB").getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return pixel


def test_the_ground_is_the_border_s_colour_where_it_is_plain_else_white() -> None:
    assert corner(treated(encoded(product(800, 500, "#e8ded0")))[0]) == (0xE8, 0xDE, 0xD0)
    assert corner(treated(encoded(noise(800, 500)))[0]) == (255, 255, 255)
    two = Image.new("RGB", (800, 500), "black")
    two.paste("white", (0, 0, 800, 250))
    assert corner(treated(encoded(two))[0]) == (255, 255, 255)
    speckled = product(800, 500, "#e8ded0")
    speckled.putpixel((3, 0), (0, 0, 0))
    assert corner(treated(encoded(speckled))[0]) == (0xE8, 0xDE, 0xD0)


def test_a_padded_jpeg_stays_a_jpeg_and_its_product_nearly_untouched() -> None:
    for sampling in (0, 2):
        data = encoded(product(900, 640, "#f0f0f0"), "JPEG", quality=83, subsampling=sampling)
        result, format, _ = treated(data)
        assert (result.size, format) == ((900, 900), "JPEG")
        top = 130 - 130 % 16
        before = Image.open(io.BytesIO(data)).convert("RGB").tobytes()
        after = result.crop((0, top, 900, top + 640)).tobytes()
        gaps = sorted(abs(one - other) for one, other in zip(before, after, strict=True))
        # Colour at half resolution cannot be kept exactly where saturated colours meet.
        assert gaps[int(len(gaps) * 0.999)] <= (4 if sampling == 0 else 12) and sum(gaps) / len(gaps) < 0.2


def test_transparency_is_kept_in_png_and_white_in_jpeg() -> None:
    picture = product(800, 600, "#00000000", "RGBA")
    result, format, _ = treated(encoded(picture))
    assert (format, result.mode, result.getpixel((0, 0))) == ("PNG", "RGBA", (255, 255, 255, 0))
    assert result.crop((0, 100, 800, 700)).tobytes() == picture.tobytes()
    for source in (encoded(picture, "WEBP", lossless=True), encoded(picture.convert("P"), "GIF", transparency=0)):
        flat, format, _ = treated(source)
        assert (format, flat.mode) == ("JPEG", "RGB") and min(corner(flat)) >= 250


@pytest.mark.parametrize("format", ["GIF", "WEBP", "BMP"])
def test_other_formats_become_jpeg_or_png(format: str) -> None:
    data = encoded(product(700, 500), format)
    result, made, what = treated(data)
    assert result.size == (700, 700) and made == ("PNG" if format == "BMP" else "JPEG")
    assert (Step.CONVERT_JPEG in what.steps) is (format == "GIF")


def test_an_animation_gives_its_first_frame() -> None:
    frames = [product(600, 600, colour) for colour in ("#ffee00", "#0000ff")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    result, format, _ = treated(data)
    assert format == "JPEG" and corner(result)[2] < 60 and corner(result)[0] > 200


def test_too_large_a_picture_is_shrunk() -> None:
    result, _, what = treated(encoded(product(6000, 3000), "JPEG"))
    assert result.size == (4000, 4000) and what.steps == (Step.PAD_TO_SQUARE, Step.SHRINK)
    assert treated(encoded(product(5000, 4000)), "allow_3_4_to_4_3")[0].size == (4000, 3200)


def test_too_heavy_a_picture_is_compressed_under_the_limit() -> None:
    data = encoded(noise(2600, 2600))
    assert len(data) > PACK.image_bytes_max
    result, format, what = treated(data)
    assert format == "JPEG" and result.size == (2600, 2600)
    assert what.steps == (Step.CONVERT_JPEG, Step.COMPRESS)


def test_compression_gives_up_pixels_last_and_never_below_600() -> None:
    data = encoded(noise(1200, 1200), "JPEG", quality=95)
    what = ImagePlan((Step.COMPRESS,), 1200, 1200)
    content, _ = treat(data, what, 250_000)
    assert len(content) <= 250_000 and 600 <= measure(content).width < 1200
    with pytest.raises(NotAPicture):
        treat(data, what, 2_000)


def test_a_picture_lying_on_its_side_is_set_upright() -> None:
    picture = product(800, 600)
    picture.paste("red", (0, 0, 800, 60))  # the top as stored
    result, _, _ = treated(turned(picture, 6, "PNG"))
    assert result.size == (800, 800)
    right = result.convert("RGB").getpixel((690, 400))  # shown turned to the right
    assert right == (255, 0, 0)
    square, _, what = treated(turned(product(700, 700), 3))
    assert what.steps == () and square.size == (700, 700)


def deep(grey: Image.Image) -> Image.Image:
    """The same in 16 bits."""
    return Image.frombytes("I;16", grey.size, b"".join(bytes((0, level)) for level in grey.tobytes()))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_every_kind_of_colour_is_understood(mode: str) -> None:
    grey = Image.linear_gradient("L").resize((800, 600))
    source = grey.convert("RGB").convert(mode) if mode != "I;16" else deep(grey)
    result, _, _ = treated(encoded(source, "JPEG" if mode == "CMYK" else "PNG"))
    middle = result.convert("RGB").crop((0, 100, 800, 700)).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(middle, tuple) and all(abs(level - 127) < 12 for level in middle)
