"""TikTok Shop as methods: one per endpoint, each answer a model."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter
from urllib3 import encode_multipart_formdata

from clients.budget import Budget
from clients.errors import ItemError
from clients.exchange import Observer
from clients.reading import Model
from clients.tiktok import models
from clients.tiktok.after_sales import AfterSales
from clients.tiktok.calls import present, rows
from clients.tiktok.codes import item_errors
from clients.tiktok.finance import Finance
from clients.tiktok.fulfilment import Fulfilment
from clients.tiktok.gateway import Body, Gateway, json_body
from clients.tiktok.global_products import GlobalProducts
from clients.tiktok.orders import Orders
from clients.tiktok.versions import ENDPOINTS
from clients.transport import Transport

M = TypeVar("M", bound=Model)
BATCH = 20  # product ids in one activate, deactivate, delete or recover (reference 4.11)
UPLOAD_DEADLINE = 90.0  # seconds; an image may be 10 MB
PICTURES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "heic": "image/heic",
    "bmp": "image/bmp",
}  # fmt: skip
FILE_DEADLINE = 100.0  # a video may be 100 MB; a worker's turn ends at 150 s
FILES = {"pdf": "application/pdf", "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}
CATEGORY_VERSION = "v2"  # mandatory in the US and in South East Asia (reference 4.1)

_ANY: TypeAdapter[Any] = TypeAdapter(Any)
_BRANDS = TypeAdapter(models.BrandPage)
_CREATED = TypeAdapter(models.CreatedProduct)
_FILE = TypeAdapter(models.UploadedFile)
_IMAGE = TypeAdapter(models.UploadedImage)
_PRODUCT = TypeAdapter(models.Product)
_PRODUCTS = TypeAdapter(models.ProductPage)
_RULES = TypeAdapter(models.CategoryRules)


class TikTok(Orders, Fulfilment, AfterSales, Finance, GlobalProducts):
    """One token's view of TikTok Shop. Shop-level calls need `shop_id` and `cipher`; seller-level ones send neither."""

    def __init__(
        self,
        transport: Transport,
        api_url: str,
        app_key: str,
        app_secret: str,
        access_token: str,
        *,
        shop_id: str = "",
        cipher: str = "",
        budget: Budget,
        observe: Observer | None = None,
        clock: Callable[[], float] = time.time,
        live: bool = False,
    ) -> None:
        self._gateway = Gateway(
            transport,
            api_url,
            app_key,
            app_secret,
            access_token,
            shop_id=shop_id,
            cipher=cipher,
            budget=budget,
            observe=observe,
            clock=clock,
            live=live,
        )

    def shops(self) -> list[models.Shop]:
        """The shops this authorization covers, with their ciphers."""
        return self._list("shops", "shops", models.Shop)

    def permissions(self) -> list[str]:
        return self._list("permissions", "permissions", str)

    def warehouses(self) -> list[models.Warehouse]:
        return self._list("warehouses", "warehouses", models.Warehouse)

    def prerequisites(self) -> list[models.Prerequisite]:
        return self._list("prerequisites", "check_results", models.Prerequisite)

    def categories(self, *, locale: str = "", category_version: str = CATEGORY_VERSION) -> list[models.Category]:
        """The whole tree as a flat list."""
        return self._list("categories", "categories", models.Category, query=_category_query(locale, category_version))

    def category_rules(
        self, category_id: str, *, locale: str = "", category_version: str = CATEGORY_VERSION
    ) -> models.CategoryRules:
        query = _category_query(locale, category_version)
        return self._gateway.call(ENDPOINTS["category_rules"], _RULES, ids={"category_id": category_id}, query=query)

    def category_attributes(
        self, category_id: str, *, locale: str = "", category_version: str = CATEGORY_VERSION
    ) -> list[models.Attribute]:
        query = _category_query(locale, category_version)
        return self._list(
            "category_attributes", "attributes", models.Attribute, ids={"category_id": category_id}, query=query
        )

    def brands(
        self,
        category_id: str = "",
        page_token: str = "",
        *,
        page_size: int = 100,
        brand_name: str = "",
        category_version: str = CATEGORY_VERSION,
    ) -> models.BrandPage:
        query = present(
            page_size=page_size,
            page_token=page_token,
            category_id=category_id,
            brand_name=brand_name,
            category_version=category_version,
        )
        return self._gateway.call(ENDPOINTS["brands"], _BRANDS, query=query)

    def upload_image(self, data: bytes, use_case: str, filename: str) -> models.UploadedImage:
        """Seller-level; the answer's size is the one after TikTok's adjustment (reference 4.6)."""
        kind = PICTURES.get(filename.rpartition(".")[2].lower(), "application/octet-stream")
        content, content_type = encode_multipart_formdata({"use_case": use_case, "data": (filename, data, kind)})
        shown = f"multipart/form-data: use_case={use_case}, data={filename} ({kind}, {len(data)} bytes)"
        body = Body(content, content_type, shown)
        return self._gateway.call(ENDPOINTS["upload_image"], _IMAGE, body=body, deadline=UPLOAD_DEADLINE)

    def upload_file(self, data: bytes, name: str) -> models.UploadedFile:
        """A PDF or a video, seller-level; `name` has exactly one dot and begins with a letter or digit (reference
        4.6)."""
        kind = FILES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
        content, content_type = encode_multipart_formdata({"name": name, "data": (name, data, kind)})
        body = Body(content, content_type, f"multipart/form-data: name={name}, data=({kind}, {len(data)} bytes)")
        return self._gateway.call(ENDPOINTS["upload_file"], _FILE, body=body, deadline=FILE_DEADLINE)

    def create_product(self, body: Mapping[str, Any]) -> models.CreatedProduct:
        return self._gateway.call(ENDPOINTS["create_product"], _CREATED, body=json_body(body))

    def edit_product(self, product_id: str, body: Mapping[str, Any]) -> models.CreatedProduct:
        """Overwrites everything but price and stock; what is left out becomes blank (reference 4.10)."""
        return self._edit("edit_product", product_id, body)

    def partial_edit(self, product_id: str, body: Mapping[str, Any]) -> models.CreatedProduct:
        """Top-level fields left out stay as they are."""
        return self._edit("partial_edit", product_id, body)

    def get_product(self, product_id: str, under_review: bool = False) -> models.Product:
        query = {"return_under_review_version": "true"} if under_review else {}
        return self._gateway.call(ENDPOINTS["get_product"], _PRODUCT, ids={"product_id": product_id}, query=query)

    def search_products(
        self,
        *,
        seller_skus: Sequence[str] = (),
        status: str | None = None,
        update_time_ge: int | None = None,
        create_time_ge: int | None = None,
        create_time_le: int | None = None,
        page_token: str = "",
        page_size: int = 100,
    ) -> models.ProductPage:
        """At most 10 seller SKUs, and at most 10,000 products in all (reference 4.11)."""
        body: dict[str, Any] = {}
        if status:
            body["status"] = status
        if seller_skus:
            body["seller_skus"] = list(seller_skus)
        times = {
            "update_time_ge": update_time_ge,
            "create_time_ge": create_time_ge,
            "create_time_le": create_time_le,
        }
        body |= {name: int(moment) for name, moment in times.items() if moment is not None}
        query = present(page_size=page_size, page_token=page_token)
        return self._gateway.call(ENDPOINTS["search_products"], _PRODUCTS, query=query, body=json_body(body))

    def activate(self, product_ids: Sequence[str]) -> list[ItemError]:
        return self._batch("activate", product_ids)

    def deactivate(self, product_ids: Sequence[str]) -> list[ItemError]:
        return self._batch("deactivate", product_ids)

    def delete(self, product_ids: Sequence[str]) -> list[ItemError]:
        return self._batch("delete", product_ids)

    def recover(self, product_ids: Sequence[str]) -> list[ItemError]:
        return self._batch("recover", product_ids)

    def update_inventory(self, product_id: str, skus: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        """Absolute numbers; every warehouse assigned to a SKU must be named (reference 4.12)."""
        return self._write("update_inventory", {"skus": list(skus)}, product_id)

    def update_prices(self, product_id: str, skus: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        return self._write("update_prices", {"skus": list(skus)}, product_id)

    def inventory(self, product_ids: Sequence[str]) -> list[models.ProductInventory]:
        """At most 100 products."""
        body = json_body({"product_ids": list(product_ids)})
        return self._list("inventory", "inventory", models.ProductInventory, body=body)

    def webhooks(self) -> list[models.Webhook]:
        return self._list("webhooks", "webhooks", models.Webhook)

    def put_webhook(self, event_type: str, address: str) -> None:
        """One address per shop and event; putting again replaces it."""
        self._write("put_webhook", {"address": address, "event_type": event_type})

    def _edit(self, name: str, product_id: str, body: Mapping[str, Any]) -> models.CreatedProduct:
        return self._gateway.call(ENDPOINTS[name], _CREATED, ids={"product_id": product_id}, body=json_body(body))

    def _batch(self, name: str, product_ids: Sequence[str]) -> list[ItemError]:
        if not 0 < len(product_ids) <= BATCH:
            raise ValueError(f"{name} takes 1 to {BATCH} products, not {len(product_ids)}")
        return self._write(name, {"product_ids": list(product_ids)})

    def _write(self, name: str, body: Mapping[str, Any], product_id: str = "") -> list[ItemError]:
        ids = {"product_id": product_id} if product_id else {}
        return item_errors(self._gateway.call(ENDPOINTS[name], _ANY, ids=ids, body=json_body(body)))

    def _list(self, name: str, field: str, kind: Any, **options: Any) -> list[Any]:
        return list(getattr(self._gateway.call(ENDPOINTS[name], rows(field, kind), **options), field))


def _category_query(locale: str, category_version: str) -> dict[str, str]:
    return present(locale=locale, category_version=category_version)
