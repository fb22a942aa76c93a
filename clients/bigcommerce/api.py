"""A BigCommerce store as methods."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from clients.bigcommerce import models
from clients.bigcommerce.gateway import Gateway, moment
from clients.bigcommerce.models import Page, Several
from clients.bigcommerce.orders import Orders
from clients.bigcommerce.product_writes import ProductWrites
from clients.budget import Budget
from clients.errors import Refused, Unreadable
from clients.exchange import Observer
from clients.transport import Transport

PRODUCTS = "/v3/catalog/products"
PRODUCT = "/v3/catalog/products/{id}"
INCLUDE = "variants,images,custom_fields"  # with options or modifiers a page shrinks to 10 (reference 3.2)
BATCH = 250  # the largest page of the catalog; also variant ids in one address
INVENTORY_PAGE = 1000

_PRODUCTS = TypeAdapter(Several[models.Product])
_PRODUCT = TypeAdapter(models.One[models.Product])
_IDS = TypeAdapter(Several[models.Identified])
_BRANDS = TypeAdapter(Several[models.Brand])
_CATEGORIES = TypeAdapter(Several[models.Category])
_LOCATIONS = TypeAdapter(Several[models.Location])
_INVENTORY = TypeAdapter(Several[models.InventoryItem])
_HOOKS = TypeAdapter(Several[models.Hook])
_HOOK = TypeAdapter(models.One[models.Hook])
_STORE = TypeAdapter(models.Store)


class BigCommerce(Orders, ProductWrites):
    """One store's token and what it may do."""

    def __init__(
        self,
        transport: Transport,
        api_url: str,
        store_hash: str,
        token: str,
        budget: Budget,
        observe: Observer | None = None,
        *,
        live: bool = False,
    ) -> None:
        self._gateway = Gateway(transport, api_url, store_hash, token, budget, observe, live)

    def store(self) -> models.Store:
        return self._gateway.read("/v2/store", _STORE)

    def products(
        self,
        *,
        id_min: int | None = None,
        id_max: int | None = None,
        after_id: int = 0,
        modified_min: datetime | None = None,
        ids: Sequence[int] = (),
        limit: int = BATCH,
    ) -> Page[models.Product]:
        """Products by ascending id after `after_id`; such a walk survives edits made meanwhile (reference 3.1). With
        `ids`, at most BATCH, only those that are still there."""
        query: dict[str, object] = {"include": INCLUDE, "sort": "id", "direction": "asc", "limit": limit}
        since = moment(modified_min)
        bounds = {"id:min": id_min, "id:max": id_max, "id:greater": after_id or None, "date_modified:min": since}
        query |= {name: value for name, value in bounds.items() if value is not None}
        if ids:
            query["id:in"] = ",".join(str(int(number)) for number in ids)
        answer = self._gateway.read(PRODUCTS, _PRODUCTS, query)
        ids = [product.id for product in answer.data]
        if ids and min(ids) <= after_id:
            # Going on would repeat the same page for ever, or hide that a filter was ignored.
            raise Unreadable(
                "products outside the range asked for",
                platform="bigcommerce",
                method="GET",
                path=self._gateway.path(PRODUCTS),
                status=200,
            )
        pages = answer.meta.pagination if answer.meta else None
        more = bool(ids) and (len(ids) >= limit or (pages is not None and pages.total > len(ids)))
        return Page(answer.data, pages.total if pages else len(ids), more, max(ids, default=after_id))

    def product(self, product_id: int) -> models.Product | None:
        """None when the store has no such product any more."""
        try:
            return self._gateway.read(PRODUCT, _PRODUCT, {"include": INCLUDE}, id=product_id).data
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise

    def products_total(self) -> int:
        answer = self._gateway.read(PRODUCTS, _IDS, {"include_fields": "name", "limit": 1})
        if answer.meta is None or answer.meta.pagination is None:
            raise Unreadable(
                "the answer has no pagination", platform="bigcommerce", method="GET", path=self._gateway.path(PRODUCTS)
            )
        return answer.meta.pagination.total

    def max_product_id(self) -> int:
        """0 for an empty catalog."""
        query = {"include_fields": "name", "limit": 1, "sort": "id", "direction": "desc"}
        return max((row.id for row in self._gateway.read(PRODUCTS, _IDS, query).data), default=0)

    def brands(self) -> Iterator[models.Brand]:
        return self._walk("/v3/catalog/brands", _BRANDS, {"sort": "name"})

    def categories(self) -> Iterator[models.Category]:
        """Of every tree; the old category endpoint is deprecated (reference 3.7)."""
        return self._walk("/v3/catalog/trees/categories", _CATEGORIES, {})

    def locations(self) -> list[models.Location]:
        return list(self._walk("/v3/inventory/locations", _LOCATIONS, {}, limit=INVENTORY_PAGE))

    def inventory(self, variant_ids: Sequence[int]) -> list[models.InventoryItem]:
        """Stock per location of these variants."""
        items: list[models.InventoryItem] = []
        for start in range(0, len(variant_ids), BATCH):
            asked = ",".join(str(int(id)) for id in variant_ids[start : start + BATCH])
            items += self._walk("/v3/inventory/items", _INVENTORY, {"variant_id:in": asked}, limit=INVENTORY_PAGE)
        return items

    def add_stock(
        self, location_id: int, quantity: int, *, variant_id: int = 0, product_id: int = 0, reason: str = ""
    ) -> None:
        """A relative adjustment, not idempotent: after an answer that never came, `inventory` tells. What is counted by
        product is named by the product (reference 4.1)."""
        identity = {"product_id": product_id} if product_id else {"variant_id": variant_id}
        item = {"location_id": location_id, "quantity": quantity, **identity}
        body = {"items": [item], **({"reason": reason} if reason else {})}
        self._gateway.send("POST", "/v3/inventory/adjustments/relative", body=body)

    def hooks(self) -> list[models.Hook]:
        """Only those this app made (reference 7.1)."""
        return list(self._walk("/v3/hooks", _HOOKS, {}))

    def create_hook(self, scope: str, destination: str, headers: Mapping[str, str]) -> models.Hook:
        """Refused when it exists already: list and reuse."""
        body = {"scope": scope, "destination": destination, "is_active": True, "headers": dict(headers)}
        answer = self._gateway.send("POST", "/v3/hooks", body=body, secrets=tuple(headers.values()))
        return self._gateway.understand(answer, _HOOK, "POST", self._gateway.path("/v3/hooks")).data

    def activate_hook(self, hook_id: int, headers: Mapping[str, str]) -> models.Hook:
        """Delivered again, from now on: what happened while it was off is lost (reference 7.4)."""
        body = {"is_active": True, "headers": dict(headers)}
        answer = self._gateway.send("PUT", "/v3/hooks/{id}", body=body, id=hook_id, secrets=tuple(headers.values()))
        return self._gateway.understand(answer, _HOOK, "PUT", self._gateway.path("/v3/hooks/{id}", hook_id)).data

    def delete_hook(self, hook_id: int) -> None:
        """Gone afterwards, also when it was gone before."""
        try:
            self._gateway.send("DELETE", "/v3/hooks/{id}", id=hook_id)
        except Refused as refusal:
            if refusal.status != 404:
                raise

    def _walk(
        self, template: str, kind: TypeAdapter[Several[Any]], query: Mapping[str, object], limit: int = BATCH
    ) -> Iterator[Any]:
        """Every row over numbered pages, for lists that have no walk by id."""
        page = 1
        while True:
            answer = self._gateway.read(template, kind, {**query, "limit": limit, "page": page})
            yield from answer.data
            pages = answer.meta.pagination if answer.meta else None
            more = page < pages.total_pages if pages else len(answer.data) >= limit
            if not (answer.data and more):
                return
            page += 1
