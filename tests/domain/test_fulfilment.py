"""Rules of shipping, as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.fulfilment import carriers, routing, rules, third_parties, ways
from domain.fulfilment.routing import Parcel, Route
from domain.fulfilment.rules import Looked, OrderRule
from domain.fulfilment.settings import FulfilmentSettings
from domain.fulfilment.ways import Facts

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPEN = Facts("local", "US", "AWAITING_SHIPMENT", "SELLER", paid_at=NOW, lines=2, skus=2)
PROVIDERS = {"1": "USPS", "2": "UPS", "5": "Royal Mail"}


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, {"own"}), ({"shipping_type": "TIKTOK"}, {"platform"}), ({"status": "ON_HOLD"}, set()),
        ({"cancel_asked": True}, set()), ({"voided": True}, set()), ({"fulfillment": ways.BY_TIKTOK}, set()),
        ({"market": "ID"}, {"own", "split"}), ({"market": "ID", "skus": 1}, {"own"}),
        ({"market": "JP", "skus": 1}, {"own", "split"}), ({"market": "ID", "status": "PARTIALLY_SHIPPING"}, {"own"}),
        ({"market": "ID", "kind": "semi_consignment"}, {"own", "split"}), ({"status": "IN_TRANSIT"}, set()),
    ],
)  # fmt: skip
def test_what_may_be_done_and_every_no_says_why(change: dict[str, object], allowed: set[str]) -> None:
    facts = replace(OPEN, **change)  # type: ignore[arg-type]
    verdicts = {"own": ways.ship_own(facts), "platform": ways.ship_platform(facts), "split": ways.split(facts)}
    assert {name for name, verdict in verdicts.items() if verdict} == allowed
    assert all(verdict.reason for verdict in verdicts.values() if not verdict)


@pytest.mark.parametrize(
    ("market", "hours", "corrections", "status", "yes"),
    [
        ("US", 71, 0, "IN_TRANSIT", True), ("US", 73, 0, "IN_TRANSIT", False), ("DE", 200, 0, "IN_TRANSIT", True),
        ("DE", 1, 1, "IN_TRANSIT", False), ("US", 1, 0, "DELIVERED", False), ("MX", 9, 0, "IN_TRANSIT", True),
    ],
)  # fmt: skip
def test_corrections(market: str, hours: int, corrections: int, status: str, yes: bool) -> None:
    facts = replace(OPEN, market=market, status=status)
    assert ways.correct(facts, NOW - timedelta(hours=hours), corrections, NOW).yes is yes


@pytest.mark.parametrize(
    ("name", "number", "found", "how"),
    [
        ("usps", "", "1", "name"), ("US Postal Service", "", "1", "name"), ("UPSReady", "", "2", "name"),
        ("royalmail", "", "5", "name"), ("UPS Ground", "", "2", "name"), ("kangaroo", "1Z999AA10123456784", "", ""),
        ("", "1Z999AA10123456784", "2", "number"), ("", "9400 1118 9956 1234 5678 90", "1", "number"),
        ("", "1", "", ""),
        ("My van", "", "5", "map"),
    ],
)  # fmt: skip
def test_carriers(name: str, number: str, found: str, how: str) -> None:
    match = carriers.match(name, number, PROVIDERS, {"my van": "5", "gone": "77"})
    assert (match.provider_id, match.how) == (found, how) and bool(match.text) is not bool(match)


@pytest.mark.parametrize(("number", "good"), [("AB-1234", True), ("12345", False), ("", False), ("ä" * 8, False),
                                              ("1" * 41, False), (" 94 00 11 ", True)])  # fmt: skip
def test_numbers(number: str, good: bool) -> None:
    assert (carriers.number_problem(number) == "") is good


def test_routes() -> None:
    parcel = Parcel("US", "Oregon", "972 01", ("MUG-1",), 1, {1: True, 2: False, 3: True})
    west, mugs = Route("state", "oregon", 2), Route("sku", "mug", 3)
    assert routing.route(parcel, True, [mugs]).location_id == 1
    assert routing.route(parcel, False, [west, mugs]).location_id == 3, "not all is in stock at the first"
    assert routing.route(parcel, False, [replace(west, in_stock=False)]).differs
    assert routing.route(parcel, False, [Route("postcode", "97", 3)]).why == "Rule 1: the postcode begins with 97."
    assert routing.route(parcel, False, [], chosen=3).why == "Chosen by hand."
    assert routing.route(replace(parcel, suggested=None), True, []).location_id is None


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (("total_from", "50"), True), (("total_from", "50.01"), False), (("pieces_from", "3"), False),
        (("sku", "mug"), True), (("country", "us"), True), (("message", "birthday"), True), (("always", ""), True),
        (("total_from", "much"), False), (("sku", ""), False),
    ],
)  # fmt: skip
def test_rules(rule: tuple[str, str], fits: bool) -> None:
    order = Looked(Decimal(50), 2, ("MUG-1",), "US", "A Birthday present")
    one = OrderRule(*rule, "mark", "Look")  # type: ignore[arg-type]
    assert bool(rules.apply("local", order, [one, one])) is fits
    assert rules.apply("semi_consignment", order, [one]) == [] and rules.may("semi_consignment", "mark", False)


@pytest.mark.parametrize("service", list(third_parties.SERVICES))
def test_files_are_text_and_reports_are_found_by_their_headings(service: str) -> None:
    text = third_parties.write(service, [{"order": "1", "sku": "=cmd()", "quantity": "2"}])
    assert "'=cmd()" in text and len(text.splitlines()) == 2
    report = "Order ID;Tracking Number;Carrier Name\r\n'57;94001118;USPS\r\n;;\r\n"
    assert [(one.row, one.order, one.number, one.carrier) for one in third_parties.read(report)] == [
        (2, "57", "94001118", "USPS")
    ]
    for bad in ("", "a,b\n1,2", "order,x\n1,2"):
        with pytest.raises(third_parties.NotReadable):
            third_parties.read(bad)


def test_settings_survive_nonsense() -> None:
    kept = FulfilmentSettings(
        auto_pack="PICKUP", routes=(Route("state", "Oregon", 2),), rules=(OrderRule("always", "", "gift", "MUG"),)
    )
    assert FulfilmentSettings.from_json(kept.to_json()) == kept
    odd = {"auto_pack": "maybe", "routes": [{"when": "moon"}], "upload_tracking": "yes", "marks": 7}
    assert FulfilmentSettings.from_json(odd) == FulfilmentSettings()
