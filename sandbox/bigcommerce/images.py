"""Images and custom fields of a product, and the pictures themselves (reference 3.5)."""

import base64

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import FileStorage

from sandbox.bigcommerce import parts
from sandbox.bigcommerce.answers import body, listing, nothing, one
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal, invalid, not_found
from sandbox.bigcommerce.shapes import image_row
from sandbox.catalog import pictures
from sandbox.catalog.cards import card
from sandbox.state import Document

files = Blueprint("bigcommerce_images", __name__)
UPLOAD_MAXIMUM = 8 * 1024 * 1024
KINDS = {"bmp", "gif", "jpg", "jpeg", "png", "wbmp", "xbm", "webp"}


@files.get("/images/<store_hash>/<int:image_id>.<suffix>")
def picture(store_hash: str, image_id: int, suffix: str) -> Response:
    """Draw the picture, or hand out the upload; `size` is zoom, standard, thumbnail or tiny."""
    platform = bigcommerce()
    if store_hash not in platform.stores:
        abort(404)
    catalog = platform.catalog(store_hash)
    product = catalog.products.get(str(catalog.image_of.get(image_id, 0)))
    image = next((image for image in (product or {"images": []})["images"] if image["id"] == image_id), None)
    if image is None or ("picture" not in image and "upload" not in image):
        abort(404)
    if "upload" in image:
        content = base64.b64decode(catalog.collection("uploads")[image["upload"]]["content"])
        return Response(content, mimetype=pictures.MIME.get(suffix, "application/octet-stream"))
    plan = image["picture"]
    if plan.get("fault") == "gone":
        abort(404)
    return drawn(plan)


@files.get("/images/<store_hash>/variant.jpg")
def variant_picture(store_hash: str) -> Response:
    """The picture of a variant that came from a file: its name on a card."""
    return drawn(card(request.args.get("words", "")[:200]))


def drawn(plan: Document) -> Response:
    content = pictures.from_plan(plan, request.args.get("size", "zoom"))
    return Response(content, mimetype=pictures.MIME[plan["format"]], headers={"Cache-Control": "public, max-age=3600"})


@api.get("/v3/catalog/products/<int:product_id>/images")
def list_images(store_hash: str, product_id: int) -> Response:
    """204 when there is none."""
    product = bigcommerce().catalog(store_hash).get(product_id)
    if not product["images"]:
        return nothing()
    return listing(product["images"], lambda image: image_row(product, image))


@api.post("/v3/catalog/products/<int:product_id>/images")
def create_image(store_hash: str, product_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    upload = request.files.get("image_file")
    given = uploaded(catalog, upload) if upload else body()
    given.pop("picture", None)
    with catalog.box.state.lock:
        image = parts.add_image(catalog, product, given)
        catalog.touch(product)
    if image["is_thumbnail"]:
        catalog.fire("store/product/updated", {"type": "product", "id": product_id})
    return one(image_row(product, image))


def uploaded(catalog: Catalog, upload: FileStorage) -> Document:
    """The fields of a form, whose values are all texts."""
    form = request.form.to_dict()
    given: Document = {"description": form.get("description", "")}
    if "is_thumbnail" in form:
        given["is_thumbnail"] = form["is_thumbnail"].lower() in ("1", "true")
    if "sort_order" in form:
        given["sort_order"] = int(form["sort_order"]) if form["sort_order"].isdigit() else form["sort_order"]
    content = upload.read()
    if len(content) > UPLOAD_MAXIMUM:
        raise Refusal(413, "An image may have at most 8 MB")
    return {**given, "file": keep(catalog, upload.filename or "", content)}


def keep(catalog: Catalog, name: str, content: bytes) -> str:
    if name.rpartition(".")[2].lower() not in KINDS:
        raise invalid({"image_file": "The file type is not supported"})
    key = f"{catalog.number('upload')}-{name}"
    catalog.collection("uploads")[key] = {"content": base64.b64encode(content).decode()}
    return key


def find(product: Document, kind: str, number: int) -> Document:
    for row in product[kind]:
        if row["id"] == number:
            return dict_of(row)
    raise not_found(kind[:-1].replace("_", " "), number)


def dict_of(row: object) -> Document:
    return row if isinstance(row, dict) else {}


@api.get("/v3/catalog/products/<int:product_id>/images/<int:image_id>")
def get_image(store_hash: str, product_id: int, image_id: int) -> Response:
    product = bigcommerce().catalog(store_hash).get(product_id)
    return one(image_row(product, find(product, "images", image_id)))


@api.put("/v3/catalog/products/<int:product_id>/images/<int:image_id>")
def update_image(store_hash: str, product_id: int, image_id: int) -> Response:
    catalog, given = bigcommerce().catalog(store_hash), body()
    product = catalog.get(product_id)
    image = find(product, "images", image_id)
    if given.get("is_thumbnail"):
        for other in product["images"]:
            other["is_thumbnail"] = False
    image.update({name: given[name] for name in ("is_thumbnail", "sort_order", "description") if name in given})
    catalog.touch(product)
    return one(image_row(product, image))


@api.delete("/v3/catalog/products/<int:product_id>/images/<int:image_id>")
def delete_image(store_hash: str, product_id: int, image_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    image = find(product, "images", image_id)
    product["images"].remove(image)
    catalog.image_of.pop(image_id, None)
    if image["is_thumbnail"] and product["images"]:
        product["images"][0]["is_thumbnail"] = True
    catalog.touch(product)
    return nothing()


@api.get("/v3/catalog/products/<int:product_id>/custom-fields")
def list_custom_fields(store_hash: str, product_id: int) -> Response:
    return listing(bigcommerce().catalog(store_hash).get(product_id)["custom_fields"], lambda row: dict_of(row))


@api.post("/v3/catalog/products/<int:product_id>/custom-fields")
def create_custom_field(store_hash: str, product_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    row = parts.set_custom_field(catalog, product, body())
    catalog.touch(product)
    return one(row)


@api.put("/v3/catalog/products/<int:product_id>/custom-fields/<int:field_id>")
def update_custom_field(store_hash: str, product_id: int, field_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    find(product, "custom_fields", field_id)
    row = parts.set_custom_field(catalog, product, body(), field_id)
    catalog.touch(product)
    return one(row)


@api.delete("/v3/catalog/products/<int:product_id>/custom-fields/<int:field_id>")
def delete_custom_field(store_hash: str, product_id: int, field_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    product["custom_fields"].remove(find(product, "custom_fields", field_id))
    catalog.touch(product)
    return nothing()
