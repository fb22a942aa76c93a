"""A store's orders, their shipments (V2) and refunds (V3) as methods (reference 5)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

from clients.bigcommerce import order_models as models
from clients.bigcommerce.gateway import Gateway, moment
from clients.bigcommerce.models import One, Several
from clients.errors import Refused, Unreadable

T = TypeVar("T")
ORDERS = "/v2/orders"
ORDER = "/v2/orders/{id}"
SHIPMENTS = "/v2/orders/{id}/shipments"
SHIPMENT = "/v2/orders/{id}/shipments/{sub}"
REFUNDS = "/v3/orders/{id}/payment_actions/refunds"
PART = 50  # the documented page of V2's lists; asked for by name, so that a shorter page is the last one
BATCH = 250
MODIFIED = 10

_ORDER = TypeAdapter(models.Order)
_ORDERS = TypeAdapter(tuple[models.Order, ...])
_PRODUCTS = TypeAdapter(tuple[models.OrderProduct, ...])
_ADDRESSES = TypeAdapter(tuple[models.ShippingAddress, ...])
_MODIFIERS = TypeAdapter(Several[models.ProductModifiers])
_ADDRESS = TypeAdapter(models.ShippingAddress)
_STATUSES = TypeAdapter(tuple[models.OrderStatus, ...])
_COUNT = TypeAdapter(models.OrderCount)
_SHIPMENT = TypeAdapter(models.Shipment)
_SHIPMENTS = TypeAdapter(tuple[models.Shipment, ...])
_QUOTE = TypeAdapter(One[models.RefundQuote])
_REFUND = TypeAdapter(One[models.Refund])
_REFUNDS = TypeAdapter(Several[models.Refund])


class Orders:
    """The part of a store that is orders."""

    _gateway: Gateway

    def orders(
        self,
        *,
        min_id: int | None = None,
        max_id: int | None = None,
        status_id: int | None = None,
        created_min: datetime | None = None,
        created_max: datetime | None = None,
        modified_min: datetime | None = None,
        modified_max: datetime | None = None,
        sort: str = "id",
        page: int = 1,
        limit: int = BATCH,
    ) -> tuple[models.Order, ...]:
        """One page; V2 tells no totals, so a walk ends at an empty page (reference 5.1)."""
        asked = {
            "min_id": min_id,
            "max_id": max_id,
            "status_id": status_id,
            "min_date_created": moment(created_min),
            "max_date_created": moment(created_max),
            "min_date_modified": moment(modified_min),
            "max_date_modified": moment(modified_max),
        }
        query: dict[str, object] = {"sort": sort, "page": page, "limit": limit}
        query |= {name: value for name, value in asked.items() if value is not None}
        return self._gateway.read_list(ORDERS, _ORDERS, query)

    def find_orders(self, external_order_id: str, external_source: str = "") -> list[models.Order]:
        """Every order that carries the marketplace's number. BigCommerce refuses no second one (reference 5.2): look
        here before creating, and before creating again."""
        found = list(self._pages(ORDERS, _ORDERS, {"external_order_id": external_order_id, "sort": "id"}))
        if any(order.external_order_id != external_order_id for order in found):
            # A filter that was ignored would make every order look new, or somebody else's look like ours.
            raise Unreadable(
                "orders with another external number than asked for",
                platform="bigcommerce",
                method="GET",
                path=self._gateway.path(ORDERS),
                status=200,
            )
        return [order for order in found if not external_source or order.external_source == external_source]

    def order(self, order_id: int) -> models.Order | None:
        """None when the store has no such order."""
        try:
            return self._gateway.read(ORDER, _ORDER, id=order_id)
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise

    def create_order(self, body: Mapping[str, Any]) -> models.Order:
        """Not idempotent: after an answer that never came, `find_orders` tells. 200 and 201 both mean done."""
        return self._write("POST", ORDERS, _ORDER, body)

    def update_order(self, order_id: int, body: Mapping[str, Any]) -> models.Order:
        """Only what the body names is changed; a line with quantity 0 is removed."""
        return self._write("PUT", ORDER, _ORDER, body, id=order_id)

    def archive_order(self, order_id: int) -> None:
        self._gateway.send("DELETE", ORDER, id=order_id)

    def order_products(self, order_id: int) -> list[models.OrderProduct]:
        return list(self._pages("/v2/orders/{id}/products", _PRODUCTS, {}, id=order_id))

    def order_addresses(self, order_id: int) -> list[models.ShippingAddress]:
        return list(self._pages("/v2/orders/{id}/shipping_addresses", _ADDRESSES, {}, id=order_id))

    def update_order_address(self, order_id: int, address_id: int, fields: Mapping[str, str]) -> models.ShippingAddress:
        """Only what is named is changed."""
        template = "/v2/orders/{id}/shipping_addresses/{sub}"
        return self._write("PUT", template, _ADDRESS, fields, id=order_id, sub=address_id)

    def products_with_modifiers(self, product_ids: Sequence[int]) -> tuple[models.ProductModifiers, ...]:
        """What these products demand of an order; at most ten: with modifiers a page shrinks (reference 3.2)."""
        if len(product_ids) > MODIFIED:
            raise ValueError(f"at most {MODIFIED} products, not {len(product_ids)}")
        asked = ",".join(str(int(number)) for number in product_ids)
        query = {"id:in": asked, "include": "modifiers", "include_fields": "name", "limit": MODIFIED}
        return self._gateway.read("/v3/catalog/products", _MODIFIERS, query).data

    def order_statuses(self) -> tuple[models.OrderStatus, ...]:
        return self._gateway.read_list("/v2/order_statuses", _STATUSES)

    def order_count(self) -> models.OrderCount:
        return self._gateway.read("/v2/orders/count", _COUNT)

    def shipments(self, order_id: int) -> list[models.Shipment]:
        return list(self._pages(SHIPMENTS, _SHIPMENTS, {}, id=order_id))

    def create_shipment(
        self,
        order_id: int,
        order_address_id: int,
        items: Sequence[tuple[int, int]],
        **fields: str,
    ) -> models.Shipment:
        """`items` are (order product, quantity); `fields` are tracking_number, shipping_provider, tracking_carrier,
        tracking_link, shipping_method, comments. Moves the order's status and mails the customer."""
        rows = [{"order_product_id": product, "quantity": quantity} for product, quantity in items]
        body = {"order_address_id": order_address_id, "items": rows, **fields}
        return self._write("POST", SHIPMENTS, _SHIPMENT, body, id=order_id)

    def update_shipment(self, order_id: int, shipment_id: int, **fields: str) -> models.Shipment:
        """Everything but the items, which cannot be changed (reference 5.5)."""
        return self._write("PUT", SHIPMENT, _SHIPMENT, fields, id=order_id, sub=shipment_id)

    def delete_shipment(self, order_id: int, shipment_id: int) -> None:
        """Gone afterwards, also when it was gone before. The order's status does not move back."""
        try:
            self._gateway.send("DELETE", SHIPMENT, id=order_id, sub=shipment_id)
        except Refused as refusal:
            if refusal.status != 404:
                raise

    def refund_quote(
        self, order_id: int, items: Sequence[Mapping[str, Any]], override: Mapping[str, float] | None = None
    ) -> models.RefundQuote:
        """`override`: total_amount and total_tax as the merchant calculated them (reference 5.6)."""
        template = "/v3/orders/{id}/payment_actions/refund_quotes"
        body = {"items": list(items), **_overriding(override)}
        return self._write("POST", template, _QUOTE, body, id=order_id).data

    def create_refund(
        self,
        order_id: int,
        items: Sequence[Mapping[str, Any]],
        payments: Sequence[Mapping[str, Any]],
        reason: str = "",
        override: Mapping[str, float] | None = None,
    ) -> models.Refund:
        """One at a time per order; the amounts must come out as a quote would. Puts no stock back (reference 5.6)."""
        said = {"reason": reason} if reason else {}
        body = {"items": list(items), "payments": list(payments), **said, **_overriding(override)}
        return self._write("POST", REFUNDS, _REFUND, body, id=order_id).data

    def refunds(self, order_id: int) -> tuple[models.Refund, ...]:
        return self._gateway.read(REFUNDS, _REFUNDS, id=order_id).data

    def _write(
        self, method: str, template: str, kind: TypeAdapter[T], body: Mapping[str, Any], id: int = 0, sub: int = 0
    ) -> T:
        answer = self._gateway.send(method, template, body=body, id=id, sub=sub)
        return self._gateway.understand(answer, kind, method, self._gateway.path(template, id, sub))

    def _pages(
        self, template: str, kind: TypeAdapter[tuple[T, ...]], query: Mapping[str, object], id: int = 0
    ) -> Iterator[T]:
        page = 1
        while True:
            rows = self._gateway.read_list(template, kind, {**query, "page": page, "limit": PART}, id=id)
            yield from rows
            if len(rows) < PART:
                return
            page += 1


def _overriding(override: Mapping[str, float] | None) -> dict[str, Any]:
    return {"merchant_calculated_override": dict(override)} if override else {}
