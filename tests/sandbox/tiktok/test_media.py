"""Uploads: bytes are opened, rules by use, odd aspects converted, and the result is served."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.sandbox.tiktok.conftest import Document, Shop, picture


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IEND", b"")
    )


REFUSED = {
    "empty": (b"", "MAIN_IMAGE", 12038002),
    "text": (b"hello", "MAIN_IMAGE", 12038004),
    "gif": (picture(kind="GIF"), "MAIN_IMAGE", 12038015),
    "cut off": (picture(kind="JPEG", colour="red")[:400], "MAIN_IMAGE", 12038004),
    "no pixels": (png_header(600, 600), "MAIN_IMAGE", 12038004),
    "tiny": (picture(99, 200), "DESCRIPTION_IMAGE", 12019116),
    "enormous": (png_header(20_001, 300), "DESCRIPTION_IMAGE", 12019116),
    "main too small": (picture(299, 300), "MAIN_IMAGE", 12038014),
    "main too large": (png_header(4001, 4000), "MAIN_IMAGE", 12038014),
    "size chart too small": (picture(1023, 2000), "SIZE_CHART_IMAGE", 12038014),
    "over ten megabytes": (b"\x89PNG" + b"0" * (10 * 1024 * 1024), "MAIN_IMAGE", 12038005),
    "use case": (picture(), "BANNER", 11050001),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(us: Shop, name: str) -> None:
    content, use_case, code = REFUSED[name]
    assert us.upload(content, use_case)["code"] == code


CONVERTED = {
    (600, 600, "MAIN_IMAGE"): (600, 600),
    (600, 800, "MAIN_IMAGE"): (600, 800),
    (800, 600, "MAIN_IMAGE"): (800, 600),
    (900, 400, "MAIN_IMAGE"): (400, 400),
    (400, 900, "ATTRIBUTE_IMAGE"): (400, 400),
    (900, 400, "DESCRIPTION_IMAGE"): (900, 400),
}


@pytest.mark.parametrize("given", CONVERTED)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_converted_and_served(us: Shop, http: FlaskClient, given: tuple[int, int, str], kind: str) -> None:
    width, height, use_case = given
    row: Document = us.upload(picture(width, height, kind), use_case)["data"]
    assert (row["width"], row["height"]) == CONVERTED[given] and row["use_case"] == use_case
    served = Image.open(io.BytesIO(http.get(row["url"]).data))
    assert served.size == CONVERTED[given] and served.format == kind


def send_file(us: Shop, content: bytes, name: str) -> Document:
    files = {"data": (io.BytesIO(content), "file"), "name": name}
    return us.call("POST", "/product/202309/files/upload", cipher=False, files=files)


FILES = {
    "pdf": (b"%PDF-1.7 x", "report.pdf", 0),
    "mp4": (b"\0\0\0\x18ftypmp42", "film.mp4", 0),
    "empty": (b"", "report.pdf", 12019103),
    "no name": (b"%PDF-1.7", "", 12019104),
    "two dots": (b"%PDF-1.7", "a.b.pdf", 12019104),
    "not a pdf": (b"hello", "report.pdf", 12019105),
    "kind": (b"hello", "report.doc", 12019105),
}


@pytest.mark.parametrize("name", FILES)
def test_files(us: Shop, name: str) -> None:
    content, file_name, code = FILES[name]
    assert send_file(us, content, file_name)["code"] == code


def test_unknown_media(http: FlaskClient) -> None:
    assert http.get("/tiktok-media/none.png").status_code == 404
