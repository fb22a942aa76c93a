"""A shop's orders, what they cost, and their numbers elsewhere (reference 5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from clients.errors import ItemError
from clients.tiktok import order_models as models
from clients.tiktok.calls import Calls, given, present, rows, within

DETAILS = 50  # orders in one detail call
REFERENCES = 100
PLATFORM = "BIGCOMMERCE"

_PAGE = TypeAdapter(models.OrderPage)
_PRICES = TypeAdapter(models.PriceDetail)


class Orders(Calls):
    """The part of a shop that is orders."""

    def search_orders(
        self,
        *,
        order_status: str = "",
        create_time_ge: int | None = None,
        create_time_lt: int | None = None,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        shipping_type: str = "",
        is_buyer_request_cancel: bool | None = None,
        warehouse_ids: Sequence[str] = (),
        sort_field: str = "update_time",
        sort_order: str = "ASC",
        page_token: str = "",
        page_size: int = 100,
    ) -> models.OrderPage:
        """Rows near the upper bound of `update_time` may fall outside it, as orders move on meanwhile."""
        body = given(
            order_status=order_status,
            create_time_ge=create_time_ge,
            create_time_lt=create_time_lt,
            update_time_ge=update_time_ge,
            update_time_lt=update_time_lt,
            shipping_type=shipping_type,
            is_buyer_request_cancel=is_buyer_request_cancel,
            warehouse_ids=tuple(warehouse_ids),
        )
        query = present(page_size=page_size, page_token=page_token, sort_field=sort_field, sort_order=sort_order)
        return self._post("search_orders", _PAGE, body, query=query)

    def orders(self, order_ids: Sequence[str]) -> list[models.Order]:
        """At most 50. An unknown id may simply be left out of the answer: look what came back."""
        within("order details", order_ids, DETAILS)
        answer = self._get("orders", rows("orders", models.Order), query=present(ids=list(order_ids)))
        return list(answer.orders)

    def price_detail(self, order_id: str) -> models.PriceDetail:
        return self._get("price_detail", _PRICES, {"order_id": order_id})

    def put_external_orders(self, orders: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        """One record per order and platform; posting again overwrites (reference 5.5)."""
        within("external orders", orders, REFERENCES)
        return self._change("put_external_orders", {"orders": list(orders)})

    def external_orders(self, order_id: str, platform: str = PLATFORM) -> list[models.ExternalOrder]:
        kind = rows("external_orders", models.ExternalOrder)
        answer = self._get("external_orders", kind, {"order_id": order_id}, {"platform": platform})
        return list(answer.external_orders)

    def find_by_external_order(self, external_order_id: str, platform: str = PLATFORM) -> list[models.ReferredOrder]:
        query = {"platform": platform, "external_order_id": external_order_id}
        answer = self._post("find_by_external_order", rows("orders", models.ReferredOrder), {}, query=query)
        return list(answer.orders)
