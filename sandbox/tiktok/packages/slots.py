"""When the platform's carrier comes (reference 6.2)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call, word
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.packages.rules import PARAMETERS, own_package
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import PACKAGES

Document = dict[str, Any]

DAY, HOUR = 86400, 3600
OPENS, LASTS, DAYS = 9 * HOUR, 4 * HOUR, 3


def slots(call: Call) -> list[Document]:
    """Mornings and afternoons of the next three days."""
    midnight = call.platform.now() // DAY * DAY + DAY
    return [
        {
            "start_time": midnight + day * DAY + start,
            "end_time": midnight + day * DAY + start + LASTS,
            "avaliable": True,
        }
        for day in range(DAYS)
        for start in (OPENS, OPENS + LASTS)
    ]


def check_slot(call: Call, package: Document, given: Document) -> tuple[str, Document]:
    method = word(given.get("handover_method")) or "DROP_OFF"
    if method not in {"PICKUP", "DROP_OFF"}:
        raise Refusal(PARAMETERS, "handover_method must be PICKUP or DROP_OFF")
    slot = given.get("pickup_slot")
    if method == "DROP_OFF" or not slot:
        return method, {}
    if not isinstance(slot, dict):
        raise Refusal(PARAMETERS, "pickup_slot must be an object")
    wanted = {"start_time": slot.get("start_time"), "end_time": slot.get("end_time")}
    if not any(wanted.items() <= row.items() for row in slots(call)):
        raise Refusal(21011053, "The slot is not offered")
    return method, wanted


@endpoints.add("GET", "fulfillment/packages/{package_id}/handover_time_slots", "202309", PACKAGES)
def time_slots(call: Call) -> Document:
    package = own_package(call, call.params["package_id"])
    if package["shipping_type"] != "TIKTOK":
        raise Refusal(21011004, "The seller ships this package")
    return {
        "can_pickup": True,
        "can_drop_off": True,
        "can_van_collection": call.shop["region"] == "GB",
        "drop_off_point_url": "",
        "pickup_slots": slots(call),
    }
