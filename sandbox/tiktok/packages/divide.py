"""Split orders into packages, combine orders in one (reference 6.1 to 6.3)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.listing import pages
from sandbox.tiktok.orders import machine
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.orders.status import active, with_lines
from sandbox.tiktok.orders.store import PACKAGE_BASE
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.packages.rules import COMBINE_BEFORE, PARAMETERS, SPLIT_BEFORE, by_seller, own_package, shippable
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import FULFILMENT, PACKAGES

Document = dict[str, Any]

WHOLE_SKUS = SPLIT_BEFORE - {"JP"}


def why_not(call: Call, order: Document) -> tuple[int, str]:
    """(0, "") when the order can be split before it is shipped."""
    if call.shop["region"] not in SPLIT_BEFORE:
        return 21011035, "Orders of this market are split while they are shipped"
    if order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        return 21008025, "TikTok fulfils this order"
    if order["status"] != "AWAITING_SHIPMENT":
        return 21011035, f"An order that is {order['status']} cannot be split"
    packages = call.platform.orders.packages_in(order)
    if any(row["tag"] == "COMBINE" for row in packages):
        return 21011035, "The order is combined with others"
    units = {line["sku_id"] for line in active(order)}
    if call.shop["region"] not in WHOLE_SKUS:
        units = {line["id"] for line in active(order)}
    if len(units) < 2:
        return 21011035, "There is nothing to split"
    return 0, ""


@endpoints.add("GET", "fulfillment/orders/split_attributes", "202309", FULFILMENT)
def attributes(call: Call) -> Document:
    ids = [number for number in call.query.get("order_ids", "").split(",") if number]
    if not 1 <= len(ids) <= 50:
        raise Refusal(PARAMETERS, "order_ids takes 1 to 50")
    found = []
    for number in ids:
        code, reason = why_not(call, own_order(call, number))
        found.append(
            {
                "order_id": number,
                "can_split": not code,
                "reason": reason,
                "must_split": False,
                "must_split_reasons": [],
            }
        )
    return {"split_attributes": found}


@endpoints.add("POST", "fulfillment/orders/{order_id}/split", "202309", PACKAGES)
def split(call: Call) -> Document:
    """Every line into one of at least two groups; each group becomes a package."""
    with Turn(call.platform) as turn:
        order = own_order(call, call.params["order_id"])
        code, reason = why_not(call, order)
        if code:
            raise Refusal(code, reason)
        shippable(call, order)
        groups = _groups(call, order)
        for package in turn.store.packages_in(order):
            if package["status"] == "TO_FULFILL":
                turn.store.put_package({**package, "gone": True, "status": "CANCELLED", "update_time": turn.now})
        made = [(key, machine.new_package(turn, order, lines, turn.now, tag="SPLIT")) for key, lines in groups.items()]
        turn.save(turn.order(order["id"]))
        _tell(turn, call.shop_id, "SPLIT", [package for _, package in made])
    return {"packages": [{"splittable_group_id": key, "id": package["id"]} for key, package in made]}


def _groups(call: Call, order: Document) -> dict[str, list[str]]:
    name = "splittable_groups_v2" if call.body.get("splittable_groups_v2") else "splittable_groups"
    sent = call.rows(name, 50, PARAMETERS)
    groups: dict[str, list[str]] = {}
    for row in sent:
        lines = row.get("order_line_item_ids") if isinstance(row, dict) else None
        if not isinstance(lines, list) or not lines or not row.get("id") or str(row["id"]) in groups:
            raise Refusal(PARAMETERS, "Each group needs an id of its own and order_line_item_ids")
        groups[str(row["id"])] = [str(number) for number in lines]
    own = {line["id"]: line["sku_id"] for line in active(order)}
    named = [number for lines in groups.values() for number in lines]
    if not set(named) <= set(own):
        raise Refusal(21011005, "A line is not one of this order")
    if len(groups) < 2 or sorted(named) != sorted(own):
        raise Refusal(PARAMETERS, "Every line belongs in one of at least two groups")
    if call.shop["region"] in WHOLE_SKUS:
        homes: dict[str, set[str]] = {}
        for key, lines in groups.items():
            for number in lines:
                homes.setdefault(own[number], set()).add(key)
        if any(len(keys) > 1 for keys in homes.values()):
            raise Refusal(21011036, "The units of a SKU stay together in this market")
    return groups


def _alike(call: Call, order: Document) -> tuple[Any, ...] | None:
    """What orders must share to be combined; None when an order cannot be combined at all."""
    if call.shop["region"] not in COMBINE_BEFORE or order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        return None
    packages = call.platform.orders.packages_in(order)
    if order["status"] != "AWAITING_SHIPMENT" or order["is_buyer_request_cancel"]:
        return None
    if len(packages) != 1 or packages[0]["status"] != "TO_FULFILL" or len(packages[0]["order_ids"]) > 1:
        return None
    address = order["address"]
    return order["buyer"]["user_id"], address["full_address"], order["shipping_type"], order["warehouse_id"]


@endpoints.add("GET", "fulfillment/combinable_packages/search", "202309", FULFILMENT)
def combinable(call: Call) -> Document:
    """Orders of one buyer to one address from one place, under an id that combining them will use."""
    store = call.platform.orders
    groups: dict[tuple[Any, ...], list[str]] = {}
    for order in store.orders_of(call.shop_id):
        if order["status"] == "AWAITING_SHIPMENT" and (key := _alike(call, order)) is not None:
            groups.setdefault(key, []).append(order["id"])
    found = []
    with call.platform.box.state.lock:
        for order_ids in groups.values():
            if len(order_ids) > 1:
                name = "|".join(order_ids)
                if name not in store.combinable:
                    store.combinable[name] = {"id": store.number(PACKAGE_BASE), "order_ids": order_ids}
                found.append(store.combinable[name])
    page, total, following = pages(call, found, fields=("id",), maximum=50, code=PARAMETERS)
    return {"combinable_packages": page, "total_count": total, "next_page_token": following}


@endpoints.add("POST", "fulfillment/packages/combine", "202309", PACKAGES)
def combine(call: Call) -> Document:
    sent = call.rows("combinable_packages", 50, PARAMETERS)
    if not sent or not all(isinstance(row, dict) for row in sent):
        raise Refusal(PARAMETERS, "combinable_packages is needed")
    packages, errors = [], []
    for row in sent:
        try:
            with Turn(call.platform) as turn:
                package = _combine(call, turn, row)
                packages.append({"id": package["id"], "order_ids": package["order_ids"]})
        except Refusal as refusal:
            detail = {"package_id": str(row.get("id", "")), "order_ids": row.get("order_ids") or []}
            errors.append({"code": refusal.code, "message": refusal.message, "detail": detail})
    return {"packages": packages, "errors": errors}


def _combine(call: Call, turn: Turn, row: Document) -> Document:
    sent = row.get("order_ids")
    ids = [str(number) for number in sent] if isinstance(sent, list) else []
    if len(set(ids)) < 2:
        raise Refusal(PARAMETERS, "At least two orders are needed")
    orders = [own_order(call, number, 21011028, 21011028) for number in ids]
    alike = {_alike(call, order) for order in orders}
    if len(alike) != 1 or alike == {None}:
        raise Refusal(21011031, "The orders cannot be combined")
    known = {entry["id"] for entry in turn.store.combinable.values()}
    number = str(row.get("id") or "")
    if number not in known or number in turn.store.packages:
        number = turn.store.number(PACKAGE_BASE)
    for order in orders:
        for package in turn.store.packages_in(order):
            turn.store.put_package({**package, "gone": True, "status": "CANCELLED", "update_time": turn.now})
    lines = [line["id"] for order in orders for line in active(order)]
    package = machine.new_package(turn, orders[0], lines, turn.now, id=number, order_ids=ids, tag="COMBINE")
    _belong(turn, package)
    _tell(turn, call.shop_id, "COMBINE", [package])
    return package


def _belong(turn: Turn, package: Document) -> None:
    """The lines of every order in a package know it."""
    for order_id in package["order_ids"]:
        order = turn.order(order_id)
        own = {line["id"] for line in order["lines"]} & set(package["line_ids"])
        turn.save(with_lines(order, own, package_id=package["id"]))


@endpoints.add("POST", "fulfillment/packages/{package_id}/uncombine", "202309", PACKAGES)
def uncombine(call: Call) -> Document:
    """Take orders out; each gets a package of its own again, and so does the last one that is left."""
    with Turn(call.platform) as turn:
        package = own_package(call, call.params["package_id"])
        out = [str(number) for number in call.rows("order_ids", 50, PARAMETERS)] or package["order_ids"]
        if not set(out) <= set(package["order_ids"]):
            raise Refusal(21011029, "An order is not in this package")
        if package["tag"] != "COMBINE" or package["status"] != "TO_FULFILL":
            raise Refusal(21011005, "The package is not a combined one that waits")
        left = [number for number in package["order_ids"] if number not in out]
        if len(left) == 1:
            out, left = package["order_ids"], []
        kept = {line["id"] for number in left for line in turn.order(number)["lines"]}
        changes: Document = {
            "order_ids": left or package["order_ids"],
            "line_ids": [number for number in package["line_ids"] if number in kept],
        }
        if not left:
            changes = {"gone": True, "status": "CANCELLED"}
        turn.store.put_package({**package, **changes, "update_time": turn.now})
        made = []
        for number in out:
            order = turn.order(number)
            by_seller(order)
            made.append(machine.new_package(turn, order, [line["id"] for line in active(order)], turn.now))
            turn.save(turn.order(number))
        found = [*([turn.store.packages[package["id"]]] if left else []), *made]
        _tell(turn, call.shop_id, "CANCEL_COMBINE", found)
    return {"packages": [{"id": row["id"], "order_ids": row["order_ids"]} for row in found]}


def _tell(turn: Turn, shop_id: str, kind: str, packages: list[Document]) -> None:
    """Webhook 4."""
    turn.tell(
        shop_id,
        "PACKAGE_UPDATE",
        {
            "sc_type": kind,
            "role_type": "SELLER",
            "package_list": [{"package_id": row["id"], "order_id_list": row["order_ids"]} for row in packages],
            "update_time": turn.now,
        },
    )
