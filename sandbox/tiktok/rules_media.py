"""Main images, SKU images and video (reference 11.3)."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.tiktok.images import SIDES, aspect_fits
from sandbox.tiktok.submission import Finding, Submission, part, rows

IMAGES_MAXIMUM = 9


def main_images(submission: Submission) -> Iterator[Finding]:
    images = rows(submission.body, "main_images")
    if not images:
        yield 12052028, "The product has no main image"
    if len(images) > IMAGES_MAXIMUM:
        yield 12052306, "The product has more than 9 main images"
    low, high = SIDES["MAIN_IMAGE"]
    for image in images:
        uri = image.get("uri")
        if not isinstance(uri, str) or not uri or "://" in uri:
            yield 12052300, "A main image has no valid uri"
            continue
        known = submission.platform.media.image(uri)
        if known is None:
            yield 12052722, f"The image {uri} was never uploaded"
        elif min(known["width"], known["height"]) < low:
            yield 12052301, f"The image {uri} is too small"
        elif max(known["width"], known["height"]) > high:
            yield 12052302, f"The image {uri} is too large"
        elif not aspect_fits(known["width"], known["height"]):
            yield 12052305, f"The image {uri} has an aspect outside 3:4 to 4:3"


def sku_images(submission: Submission) -> Iterator[Finding]:
    """Only one sales attribute carries images, and then each of its values."""
    with_image: dict[str, set[str]] = {}
    values: dict[str, set[str]] = {}
    for sku in submission.skus:
        for row in rows(sku, "sales_attributes"):
            name, value = str(row.get("name") or row.get("id")), str(row.get("value_name") or row.get("value_id"))
            values.setdefault(name, set()).add(value)
            uri = part(row, "sku_img").get("uri")
            if not uri:
                continue
            with_image.setdefault(name, set()).add(value)
            known = submission.platform.media.image(uri)
            if known is None:
                yield 12052520, f"The SKU image {uri} was never uploaded"
            elif not aspect_fits(known["width"], known["height"]):
                yield 12052524, f"The SKU image {uri} has an aspect outside 3:4 to 4:3"
    if len(with_image) > 1:
        yield 12052528, "Only one sales attribute may carry images"
    elif any(values[name] - given for name, given in with_image.items()):
        yield 12052522, "Every value of the attribute with images needs one"


def video(submission: Submission) -> Iterator[Finding]:
    number = part(submission.body, "video").get("id")
    if number and str(number) not in submission.platform.media.files:
        yield 12052360, "The video was never uploaded"
