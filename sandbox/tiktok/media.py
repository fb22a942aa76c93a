"""Image and file upload, and the address that serves what was uploaded (reference 4.6)."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from typing import Any

from flask import Blueprint, Response, abort

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.images import USE_CASES, read_picture
from sandbox.tiktok.platform import platform
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import PRODUCT_READ

blueprint = Blueprint("tiktok_media", __name__)
Document = dict[str, Any]

PDF_MAXIMUM, VIDEO_MAXIMUM = 20 * 1024 * 1024, 100 * 1024 * 1024
VIDEOS = frozenset({"MP4", "MOV", "MKV", "WMV", "WEBM", "AVI", "3GP", "FLV", "MPEG"})
MAGIC: dict[str, tuple[int, bytes]] = {
    "PDF": (0, b"%PDF-"),
    "MP4": (4, b"ftyp"),
    "MOV": (4, b"ftyp"),
    "3GP": (4, b"ftyp"),
}
FILE_NAME = re.compile(r"\w[^.]*\.(\w+)")


@endpoints.add("POST", "product/images/upload", "202309", PRODUCT_READ, cipher=False, upload=True)
def upload_image(call: Call) -> Document:
    use_case = call.form.get("use_case", "MAIN_IMAGE")
    if use_case not in USE_CASES:
        raise Refusal(11050001, "use_case is not valid")
    if "data" not in call.files:
        raise Refusal(12038002, "data is missing")
    picture = read_picture(call.files["data"].read(), use_case)
    digest = hashlib.sha256(picture.content + use_case.encode()).hexdigest()[:32]
    uri = f"tos-sandbox-i-0001/{digest}"
    url = call.platform.media.put(f"{digest}.{picture.extension}", picture.content)
    row = {"uri": uri, "url": url, "width": picture.width, "height": picture.height, "use_case": use_case}
    if uri not in call.platform.media.images:
        call.platform.media.images[uri] = {**row, "format": picture.extension}
    return row


@endpoints.add("POST", "product/files/upload", "202309", PRODUCT_READ, cipher=False, upload=True)
def upload_file(call: Call) -> Document:
    name = call.form.get("name", "")
    content = call.files["data"].read() if "data" in call.files else b""
    if not content:
        raise Refusal(12019103, "The file is empty")
    match = FILE_NAME.fullmatch(name)
    if not match:
        raise Refusal(12019104, "The name is missing or is not of the form name.extension")
    kind = match[1].upper()
    offset, magic = MAGIC.get(kind, (0, b""))
    if (kind != "PDF" and kind not in VIDEOS) or content[offset : offset + len(magic)] != magic:
        raise Refusal(12019105, "The file format is not supported")
    if len(content) > (PDF_MAXIMUM if kind == "PDF" else VIDEO_MAXIMUM):
        raise Refusal(12038005, "The file is too large")
    digest = hashlib.sha256(content).hexdigest()[:32]
    row = {
        "id": f"v{digest}",
        "url": call.platform.media.put(f"{digest}.{kind.lower()}", content),
        "name": name,
        "format": kind,
    }
    call.platform.media.files[row["id"]] = row
    return row


@blueprint.get("/tiktok-media/<name>")
def media(name: str) -> Response:
    content = platform().media.get(name)
    if content is None:
        abort(404)
    return Response(
        content,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        headers={"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"},
    )
