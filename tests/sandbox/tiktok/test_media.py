"""Uploads: odd aspects are converted, and the result is served."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.sandbox.tiktok.conftest import Document, Shop, picture

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


def test_unknown_media(http: FlaskClient) -> None:
    assert http.get("/tiktok-media/none.png").status_code == 404
