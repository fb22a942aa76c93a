"""A shop's packages: shipping, labels, splitting, combining, tracking (reference 6), and its carriers (3.3, 3.4)."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from clients.errors import ItemError
from clients.tiktok import fulfilment_models as models
from clients.tiktok.calls import Calls, given, present, rows, within

_PAGE = TypeAdapter(models.PackagePage)
_PACKAGE = TypeAdapter(models.Package)
_SHIPPED = TypeAdapter(models.Shipped)
_SLOTS = TypeAdapter(models.HandoverSlots)
_DOCUMENT = TypeAdapter(models.Document)
_COMBINABLE = TypeAdapter(models.CombinablePage)
_CREATED = TypeAdapter(models.CreatedPackage)


def parcel(tracking_number: str, shipping_provider_id: str) -> dict[str, str]:
    """What both shipping by oneself and every correction of it want."""
    return {"tracking_number": tracking_number, "shipping_provider_id": shipping_provider_id}


class Fulfilment(Calls):
    """The part of a shop that ships."""

    def search_packages(
        self,
        *,
        package_status: str = "",
        create_time_ge: int | None = None,
        create_time_lt: int | None = None,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        sort_field: str = "update_time",
        sort_order: str = "ASC",
        page_token: str = "",
        page_size: int = 50,
    ) -> models.PackagePage:
        body = given(
            package_status=package_status,
            create_time_ge=create_time_ge,
            create_time_lt=create_time_lt,
            update_time_ge=update_time_ge,
            update_time_lt=update_time_lt,
        )
        query = present(page_size=page_size, page_token=page_token, sort_field=sort_field, sort_order=sort_order)
        return self._post("search_packages", _PAGE, body, query=query)

    def package(self, package_id: str) -> models.Package:
        return self._get("package", _PACKAGE, {"package_id": package_id})

    def ship_package(
        self,
        package_id: str,
        *,
        handover_method: str = "",
        pickup_slot: tuple[int, int] | None = None,
        tracking_number: str = "",
        shipping_provider_id: str = "",
    ) -> None:
        """By the platform (`handover_method`, a slot as offered) or by oneself (tracking number and carrier)."""
        slot = {"start_time": pickup_slot[0], "end_time": pickup_slot[1]} if pickup_slot else None
        own = parcel(tracking_number, shipping_provider_id) if tracking_number else None
        body = given(handover_method=handover_method, pickup_slot=slot, self_shipment=own)
        self._change("ship_package", body, {"package_id": package_id})

    def ship_packages(self, packages: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        """The same for several, refused one by one."""
        return self._change("ship_packages", {"packages": list(packages)})

    def mark_shipped(
        self, order_id: str, line_ids: Sequence[str], tracking_number: str, shipping_provider_id: str
    ) -> models.Shipped:
        """Makes the package of a US, European or Japanese order shipped by oneself."""
        body = given(order_line_item_ids=tuple(line_ids)) | parcel(tracking_number, shipping_provider_id)
        return self._post("mark_shipped", _SHIPPED, body, {"order_id": order_id})

    def update_package_shipping(self, package_id: str, tracking_number: str, shipping_provider_id: str) -> None:
        """Corrects the tracking once, within the platform's time (reference 6.3)."""
        body = parcel(tracking_number, shipping_provider_id)
        self._change("update_package_shipping", body, {"package_id": package_id})

    def update_order_shipping(self, order_id: str, tracking_number: str, shipping_provider_id: str) -> None:
        body = parcel(tracking_number, shipping_provider_id)
        self._change("update_order_shipping", body, {"order_id": order_id})

    def handover_slots(self, package_id: str) -> models.HandoverSlots:
        return self._get("handover_slots", _SLOTS, {"package_id": package_id})

    def shipping_document(
        self, package_id: str, document_type: str, document_size: str = "", document_format: str = ""
    ) -> models.Document:
        query = present(document_type=document_type, document_size=document_size, document_format=document_format)
        return self._get("shipping_document", _DOCUMENT, {"package_id": package_id}, query)

    def split_attributes(self, order_ids: Sequence[str]) -> list[models.SplitAttribute]:
        kind = rows("split_attributes", models.SplitAttribute)
        return list(self._get("split_attributes", kind, query=present(order_ids=list(order_ids))).split_attributes)

    def split_order(self, order_id: str, groups: Mapping[str, Sequence[str]]) -> list[models.SplitPackage]:
        """`groups`: our own key to the lines of one package."""
        body = {"splittable_groups": [{"id": key, "order_line_item_ids": list(ids)} for key, ids in groups.items()]}
        return list(self._post("split_order", rows("packages", models.SplitPackage), body, _order(order_id)).packages)

    def combinable_packages(self, page_token: str = "", page_size: int = 50) -> models.CombinablePage:
        query = present(page_size=page_size, page_token=page_token)
        return self._get("combinable_packages", _COMBINABLE, query=query)

    def combine_packages(self, packages: Mapping[str, Sequence[str]]) -> list[ItemError]:
        """`packages`: the generated id of a combinable package to its orders. Refused one by one."""
        body = {"combinable_packages": [{"id": id, "order_ids": list(orders)} for id, orders in packages.items()]}
        return self._change("combine_packages", body)

    def uncombine_package(self, package_id: str, order_ids: Sequence[str]) -> list[models.CombinablePackage]:
        """Takes these orders out; the packages that there are now."""
        kind, ids = rows("packages", models.CombinablePackage), {"package_id": package_id}
        return list(self._post("uncombine_package", kind, {"order_ids": list(order_ids)}, ids).packages)

    def tracking(self, order_id: str) -> list[models.TrackingEvent]:
        return list(self._get("tracking", rows("tracking", models.TrackingEvent), _order(order_id)).tracking)

    def shipping_services(
        self, order_id: str, line_ids: Sequence[str], weight: Mapping[str, str], dimension: Mapping[str, str]
    ) -> list[models.ShippingService]:
        """What the platform offers for such a parcel (US, JP)."""
        body = {"order_line_item_ids": list(line_ids), "weight": dict(weight), "dimension": dict(dimension)}
        kind = rows("shipping_services", models.ShippingService)
        return list(self._post("shipping_services", kind, body, _order(order_id)).shipping_services)

    def create_package(
        self,
        order_ids: Sequence[str],
        *,
        line_ids: Sequence[str] = (),
        weight: Mapping[str, str] | None = None,
        dimension: Mapping[str, str] | None = None,
        shipping_service_id: str = "",
    ) -> models.CreatedPackage:
        """Buys the label of a whole order, of some of its lines, or of several orders at once (US, JP)."""
        lines = tuple({"order_line_id": line} for line in line_ids)
        body = given(
            ship_type="3" if len(order_ids) > 1 else "2" if lines else "1",
            order_id=order_ids[0] if len(order_ids) == 1 else "",
            order_list_ids=tuple(order_ids) if len(order_ids) > 1 else (),
            order_line_item=lines,
            weight=weight,
            dimension=dimension,
            shipping_service_id=shipping_service_id,
        )
        return self._post("create_package", _CREATED, body)

    def deliver(self, packages: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        """What an own fleet delivered or could not, refused one by one."""
        within("deliveries", packages, 100)
        return self._change("deliver", {"packages": list(packages)})

    def delivery_options(self, warehouse_id: str) -> list[models.DeliveryOption]:
        kind = rows("delivery_options", models.DeliveryOption)
        return list(self._get("delivery_options", kind, {"warehouse_id": warehouse_id}).delivery_options)

    def shipping_providers(self, delivery_option_id: str) -> list[models.ShippingProvider]:
        """The carriers a tracking number may be given for. Refused where TikTok ships itself."""
        kind, ids = rows("shipping_providers", models.ShippingProvider), {"delivery_option_id": delivery_option_id}
        return list(self._get("shipping_providers", kind, ids).shipping_providers)


def _order(order_id: str) -> dict[str, str]:
    return {"order_id": order_id}
