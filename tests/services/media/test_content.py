"""What a file is, is told by its content; files that could harm whoever opens them are refused."""

import contextlib

import pytest

from services.errors import Invalid
from services.media import content
from services.media.content import Content
from tests.services.media.samples import film, pdf, picture


@pytest.mark.parametrize(
    ("data", "format"),
    [(pdf(), "PDF"), (picture(format="PNG"), "PNG"), (picture(format="JPEG"), "JPEG")],
    ids=["pdf", "png", "jpeg"],
)
def test_documents(data: bytes, format: str) -> None:
    assert content.document(data).format == format


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello, I am a certificate.pdf",
        b"PK\x03\x04 a spreadsheet",
        b"<html><script>alert(1)</script>",
        pdf()[:40],
        b"\xff\xd8" + pdf(),
        b"GIF89a" + pdf(),
        pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        pdf(b"/S /Launch /F (cmd.exe)"),
        pdf(b"/AA << /O 3 0 R >>"),
        pdf(b"/J#61vaScript (x)"),
        pdf(b"/Type /EmbeddedFile"),
        pdf(mark=b"trailer << /Encrypt 4 0 R >>\n"),
        picture(format="WEBP"),
        picture(format="PNG") + pdf(),
        picture(format="JPEG") + b"PK\x03\x04rest",
        picture(format="PNG") + b"<ScRiPt>",
        picture(format="PNG") + b" " * content.DOCUMENT_MAX,
    ],
)
def test_hostile_and_foreign_documents_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        content.document(data)


def test_compressed_bytes_may_spell_anything() -> None:
    data = pdf(mark=b"9 0 obj << /Length 20 >> stream\n\x9a/JavaScript/JS\x00\nendstream\nendobj\n")
    assert content.document(data).format == "PDF"


def test_size_charts_are_pictures() -> None:
    assert content.size_chart(picture(1100, 1500)) == Content("PNG", 1100, 1500)
    for data in (pdf(), picture(format="BMP"), b"x"):
        with pytest.raises(Invalid):
            content.size_chart(data)


@pytest.mark.parametrize(
    ("data", "format", "width", "height", "milliseconds"),
    [
        (film(), "MP4", 720, 1280, 12_000),
        (film(2.5, 1920, 1080, b"qt  "), "MOV", 1920, 1080, 2_500),
        (film(3, 640, 480, b"3gp4"), "3GP", 640, 480, 3_000),
        (film(9, 1920, 1080, turned=True), "MP4", 1080, 1920, 9_000),
        (b"\x1aE\xdf\xa3\x01webm" + bytes(90), "WEBM", None, None, None),
        (b"RIFF\x10\x00\x00\x00AVI LIST", "AVI", None, None, None),
    ],
    ids=["mp4", "mov", "3gp", "turned", "webm", "avi"],
)
def test_films(data: bytes, format: str, width: int, height: int, milliseconds: int) -> None:
    told = content.video(data[:4096], "film")
    assert told == format
    assert content.film(data, told) == Content(format, width, height, milliseconds)


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00", pdf(), picture(), b"#!/bin/sh\n"])
def test_what_is_no_film_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        content.video(data[:4096], "film.mp4")


def test_a_film_cut_short_is_refused() -> None:
    with pytest.raises(Invalid):
        content.film(film()[:1500], "MP4")


@pytest.mark.parametrize("size", [0, 1, 7, 8, 2**31, 2**32 - 1])
def test_boxes_of_nonsense_sizes_end(size: int) -> None:
    data = film()[:24] + size.to_bytes(4, "big") + b"moov" + b"\xff" * 64
    with contextlib.suppress(Invalid):
        content.film(data, "MP4")
