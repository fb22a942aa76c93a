"""Packages, labels, tracking, carriers (reference 6, 3.3, 3.4)."""

from typing import Any

from tests.clients.tiktok.case import Case

F = "/fulfillment/202309"
OWN = {"tracking_number": "1Z", "shipping_provider_id": "117"}
PACKAGE: dict[str, Any] = {
    "package_id": "1152", "package_status": "TO FULFILL", "orders": [{"id": "576"}], "order_line_item_ids": ["577"],
    "weight": {"value": "1.2", "unit": "POUND"}, "pickup_slot": {"start_time": 1, "end_time": 2},
}  # fmt: skip
WEIGHT, BOX = {"value": "1", "unit": "POUND"}, {"length": "9", "width": "4", "height": "4", "unit": "INCH"}
PART = {"ship_type": "2", "order_id": "576", "order_line_item": [{"order_line_id": "577"}], "weight": WEIGHT}
BOTH = {"ship_type": "3", "order_list_ids": ["576", "578"], "shipping_service_id": "5"}
GIVEN = [{"id": "1152", "delivery_type": "DELIVERY_SUCCESS"}]
REFUSED = {"errors": [{"code": 21011028, "message": "no", "detail": {"package_id": "1152"}}]}

CASES = [
    Case(
        "search_packages", lambda t: [(p.id, p.orders[0].id) for p in t.search_packages(update_time_ge=5).packages],
        "POST", F + "/packages/search", {"page_size": "50", "sort_field": "update_time", "sort_order": "ASC"},
        {"update_time_ge": 5}, {"packages": [{"id": "1152", "orders": [{"id": "576", "skus": []}]}]}, [("1152", "576")],
    ),
    Case(
        "package", lambda t: (p := t.package("1152"), (p.state, p.pickup_slot and p.pickup_slot.end_time))[1], "GET",
        F + "/packages/1152", {}, None, PACKAGE, ("TO_FULFILL", 2),
    ),
    Case(
        "ship_package", lambda t: t.ship_package("1152", handover_method="PICKUP", pickup_slot=(1, 2)), "POST",
        F + "/packages/1152/ship", {},
        {"handover_method": "PICKUP", "pickup_slot": {"start_time": 1, "end_time": 2}}, {}, None, True,
    ),
    Case(
        "ship_package_by_oneself",
        lambda t: t.ship_package("1152", tracking_number="1Z", shipping_provider_id="117"), "POST",
        F + "/packages/1152/ship", {}, {"self_shipment": OWN}, {}, None, True,
    ),
    Case(
        "ship_packages", lambda t: [(e.code, e.subject) for e in t.ship_packages([{"id": "1152"}])], "POST",
        F + "/packages/ship", {}, {"packages": [{"id": "1152"}]}, REFUSED, [("21011028", "1152")], True,
    ),
    Case(
        "mark_shipped", lambda t: t.mark_shipped("576", ["577"], "1Z", "117").package_id, "POST",
        F + "/orders/576/packages", {}, {"order_line_item_ids": ["577"], **OWN},
        {"order_id": "576", "package_id": "1152", "warning": {"message": ""}}, "1152",
    ),
    Case(
        "update_package_shipping", lambda t: t.update_package_shipping("1152", "1Z", "117"), "POST",
        F + "/packages/1152/shipping_info/update", {}, OWN, {}, None, True,
    ),
    Case(
        "update_order_shipping", lambda t: t.update_order_shipping("576", "1Z", "117"), "POST",
        F + "/orders/576/shipping_info/update", {}, OWN, {}, None, True,
    ),
    Case(
        "handover_slots", lambda t: (s := t.handover_slots("1152"), (s.can_pickup, s.pickup_slots[0].available))[1],
        "GET", F + "/packages/1152/handover_time_slots", {}, None,
        {"can_pickup": True, "pickup_slots": [{"start_time": 1, "end_time": 2, "avaliable": True}]}, (True, True),
    ),
    Case(
        "shipping_document", lambda t: t.shipping_document("1152", "SHIPPING_LABEL", "A5").doc_url, "GET",
        F + "/packages/1152/shipping_documents", {"document_type": "SHIPPING_LABEL", "document_size": "A5"}, None,
        {"doc_url": "https://x/1.pdf", "tracking_number": "1Z"}, "https://x/1.pdf",
    ),
    Case(
        "split_attributes",
        lambda t: [(a.order_id, a.can_split, a.must_split_reasons[0].max_count) for a in t.split_attributes(["576"])],
        "GET", F + "/orders/split_attributes", {"order_ids": "576"}, None,
        {"split_attributes": [{
            "order_id": "576", "can_split": True, "must_split_reasons": [{"type": "X", "max_count": 3}],
        }]}, [("576", True, 3)],
    ),
    Case(
        "split_order", lambda t: [(p.splittable_group_id, p.id) for p in t.split_order("576", {"1": ["577"]})], "POST",
        F + "/orders/576/split", {}, {"splittable_groups": [{"id": "1", "order_line_item_ids": ["577"]}]},
        {"packages": [{"splittable_group_id": "1", "id": "1153"}]}, [("1", "1153")],
    ),
    Case(
        "combinable_packages", lambda t: [p.order_ids for p in t.combinable_packages().combinable_packages], "GET",
        F + "/combinable_packages/search", {"page_size": "50"}, None,
        {"combinable_packages": [{"id": "9", "order_ids": ["576", "578"]}], "total_count": 1}, [("576", "578")],
    ),
    Case(
        "combine_packages", lambda t: [e.code for e in t.combine_packages({"9": ["576", "578"]})], "POST",
        F + "/packages/combine", {}, {"combinable_packages": [{"id": "9", "order_ids": ["576", "578"]}]},
        {"packages": [], **REFUSED}, ["21011028"], True,
    ),
    Case(
        "uncombine_package", lambda t: [p.id for p in t.uncombine_package("9", ["578"])], "POST",
        F + "/packages/9/uncombine", {}, {"order_ids": ["578"]}, {"packages": [{"id": "10", "order_ids": ["578"]}]},
        ["10"],
    ),
    Case(
        "tracking", lambda t: [(e.action_code, e.update_time_millis) for e in t.tracking("576")], "GET",
        F + "/orders/576/tracking", {}, None,
        {"tracking": [{"description": "x", "update_time_millis": 1767225600000, "action_code": 30901}]},
        [("30901", 1767225600000)],
    ),
    Case(
        "shipping_services", lambda t: [s.id for s in t.shipping_services("576", ["577"], WEIGHT, BOX)], "POST",
        F + "/orders/576/shipping_services/query", {},
        {"order_line_item_ids": ["577"], "weight": WEIGHT, "dimension": BOX}, {"shipping_services": [{"id": "5"}]},
        ["5"],
    ),
    Case(
        "create_package_of_a_part",
        lambda t: t.create_package(["576"], line_ids=["577"], weight=WEIGHT).package_id, "POST",
        "/fulfillment/202512/packages", {}, PART, {"package_id": "1154"}, "1154",
    ),
    Case(
        "create_package_of_several", lambda t: t.create_package(["576", "578"], shipping_service_id="5").package_id,
        "POST", "/fulfillment/202512/packages", {}, BOTH, {"package_id": "1154"}, "1154",
    ),
    Case(
        "deliver", lambda t: [e.subject for e in t.deliver(GIVEN)], "POST", F + "/packages/deliver", {},
        {"packages": GIVEN}, REFUSED, ["1152"], True,
    ),
    Case(
        "delivery_options", lambda t: [(o.id, o.type) for o in t.delivery_options("7")], "GET",
        "/logistics/202309/warehouses/7/delivery_options", {}, None,
        {"delivery_options": [{"id": "4", "type": "SEND_BY_SELLER", "dimension_limit": {}}]}, [("4", "SEND_BY_SELLER")],
    ),
    Case(
        "shipping_providers", lambda t: [(p.id, p.name) for p in t.shipping_providers("4")], "GET",
        "/logistics/202309/delivery_options/4/shipping_providers", {}, None,
        {"shipping_providers": [{"id": "117", "name": "UPS"}]}, [("117", "UPS")],
    ),
]  # fmt: skip
