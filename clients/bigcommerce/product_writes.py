"""Products that are made in a store, and found again by their SKU (reference 3.2)."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from clients.bigcommerce import models
from clients.bigcommerce.gateway import Gateway

PRODUCTS = "/v3/catalog/products"
INCLUDE = "variants,images,custom_fields"

_PRODUCT = TypeAdapter(models.One[models.Product])
_PRODUCTS = TypeAdapter(models.Several[models.Product])


class ProductWrites:
    """The part of a store that is making products."""

    _gateway: Gateway

    def create_product(self, body: Mapping[str, Any]) -> models.Product:
        """With its variants, pictures and custom fields; refused when name or SKU are taken."""
        answer = self._gateway.send("POST", PRODUCTS, query={"include": INCLUDE}, body=dict(body))
        return self._gateway.understand(answer, _PRODUCT, "POST", self._gateway.path(PRODUCTS)).data

    def products_with_sku(self, sku: str) -> tuple[models.Product, ...]:
        """By the product's own SKU, not by those of its variants."""
        return self._gateway.read(PRODUCTS, _PRODUCTS, {"sku": sku, "include": INCLUDE}).data
