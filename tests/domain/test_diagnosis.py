"""The doctor's rules: a healthy connection has no finding, and each broken precondition alone exactly its own."""

from dataclasses import replace

import pytest

from domain import diagnosis
from domain.diagnosis import DANGER, OK, AccountFacts, Finding, Place, ShopFacts, Surroundings

APP = "https://app.example.com"
AROUND = Surroundings(
    hosts={"api.example": True, "auth.example": True}, broken={}, skew=1.0, app_url=APP, origin=APP, production=True
)
ACCOUNT = AccountFacts("Harbor", True, "", 3600, 200)
MAIN = Place("Main", "SALES_WAREHOUSE", "ENABLED", "DOMESTIC_WAREHOUSE", True)
SPARE = Place("Spare", "SALES_WAREHOUSE", "ENABLED", "DOMESTIC_WAREHOUSE", False)
SHOP = ShopFacts("Oak", 1, False, False, "normal", places=(MAIN, SPARE))
OVERSEA = Place("Oversea", "SALES_WAREHOUSE", "ENABLED", "CB_OVERSEA_WAREHOUSE", False)
DIRECT = Place("Direct", "SALES_WAREHOUSE", "ENABLED", "CB_DIRECT_SHIPPING_WAREHOUSE", True)


def wrong(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found if finding.level != OK]


def test_a_healthy_connection_has_nothing_to_do() -> None:
    found = [*diagnosis.surroundings(AROUND), *diagnosis.account(ACCOUNT), *diagnosis.shop(SHOP)]
    assert wrong(found) == [] and len(found) == 9
    assert not any(finding.do for finding in found)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"hosts": {"api.example": False, "auth.example": True}}, ["dns"]),
        ({"hosts": {"api.example": False}, "broken": {"api.example": "no name"}}, ["dns"]),
        ({"broken": {"api.example": "certificate verify failed"}}, ["tls"]),
        ({"broken": {"api.example": "timed out"}}, ["reach"]),
        ({"skew": 31.0}, ["clock"]),
        ({"skew": -301.0}, ["clock"]),
        ({"skew": -299.0}, []),
        ({"skew": None}, ["clock"]),
        ({"app_url": "http://app.example.com", "origin": "http://app.example.com"}, ["redirect"]),
        ({"origin": "https://other.example.com"}, ["redirect"]),
        ({"bigcommerce": "401"}, ["bigcommerce"]),
        ({"bigcommerce_missing": ["store_v2_orders"]}, ["bigcommerce_scopes"]),
        ({"bigcommerce_hooks": ["store/product/*"]}, ["bigcommerce_webhooks"]),
    ],
)
def test_surroundings(change: dict[str, object], codes: list[str]) -> None:
    found = list(diagnosis.surroundings(replace(AROUND, **change)))  # type: ignore[arg-type]
    assert wrong(found) == codes
    assert all(finding.do for finding in found if finding.level == DANGER)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"active": False, "reason": "105001", "days": 3}, ["token"]),
        ({"refused": "not allowed", "code": "36009004"}, ["owner"]),
        ({"refused": "scope", "code": "105005", "missing": [("Orders", "none")]}, ["scope"]),
        ({"silent": "timed out"}, ["reach"]),
        ({"access_seconds": -1.0}, ["token_age"]),
        ({"missing": [("Read orders", "no orders arrive")]}, ["scope"]),
        ({"days": 29}, ["consent_end"]),
        ({"days": 30}, []),
    ],
)
def test_accounts(change: dict[str, object], codes: list[str]) -> None:
    found = list(diagnosis.account(replace(ACCOUNT, **change)))  # type: ignore[arg-type]
    assert wrong(found) == codes and all(finding.do for finding in found if finding.level != OK)


def place(**change: str) -> tuple[Place, ...]:
    return (replace(MAIN, **change), SPARE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"waits": True, "state": "refused"}, []),
        ({"state": "inactive", "places": place(status="DISABLED")}, ["shop_state"]),
        ({"state": "gone"}, ["shop_gone"]),
        ({"state": "unreachable", "reason": "timed out"}, ["shop_answer"]),
        ({"failed": [("Tax information", "Fill it in.")]}, ["shop_check"]),
        ({"hooks": ["PRODUCT_STATUS_CHANGE"]}, ["webhooks"]),
        ({"read": False}, ["warehouses_unread"]),
        ({"places": ()}, ["no_warehouse"]),
        ({"locked": False}, ["unmapped"]),
        ({"places": place(status="DISABLED")}, ["warehouse_status"]),
        ({"places": place(status="REMOVED")}, ["warehouse_status"]),
        ({"places": place(status="RESTRICTED")}, ["warehouse_restricted"]),
        ({"warehouse_errors": 4}, ["warehouse_errors"]),
        ({"cross_border": True, "places": (MAIN, OVERSEA)}, ["warehouse_kind"]),
        ({"cross_border": True, "places": (DIRECT, OVERSEA)}, []),
        ({"cross_border": False, "places": (MAIN, OVERSEA)}, []),
    ],
)
def test_shops(change: dict[str, object], codes: list[str]) -> None:
    found = list(diagnosis.shop(replace(SHOP, **change)))  # type: ignore[arg-type]
    assert wrong(found) == codes and all(finding.do for finding in found if finding.level != OK)


@pytest.mark.parametrize(
    ("facts", "step", "word"),
    [
        (replace(SHOP, places=place(status="DISABLED")), 0, "Main"),
        (replace(SHOP, before={"Main": "DISABLED"}), 1, "Main"),
        (replace(SHOP, places=place(status="REMOVED")), 2, "Main"),
        (replace(SHOP, cross_border=True, places=(MAIN, OVERSEA)), 3, "Oversea"),
    ],
)
def test_the_four_steps_say_what_each_of_them_found(facts: ShopFacts, step: int, word: str) -> None:
    [finding] = diagnosis.warehouses(facts)
    assert len(finding.steps) == 4 and word in finding.steps[step][1]


def test_a_closed_shop_is_told_apart_from_its_warehouses() -> None:
    [finding] = diagnosis.shop(replace(SHOP, state="inactive", places=place(status="DISABLED"), warehouse_errors=3))
    assert finding.code == "shop_state" and "warehouses" in finding.text
