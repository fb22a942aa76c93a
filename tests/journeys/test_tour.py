"""The guided tour, walked: a merchant does what it says, and it sees what it promised."""

from typing import Any

import pytest
import requests

from tests.journeys.road import Merchant

pytestmark = [pytest.mark.engines("sqlite"), pytest.mark.long]


@pytest.fixture
def sandbox_settings() -> dict[str, Any]:
    return {"products": 12, "review_seconds": 0.5}


def finding(merchant: Merchant, step: str) -> str:
    """`seen`, `waiting` or `wrong`, as the tour's page says it."""
    page = requests.get(f"{merchant.sandbox.control_panel_url}/control/tour/{step}/live", timeout=10)
    assert page.status_code == 200
    return page.text.partition('class="tour-finding ')[2].partition('"')[0]


def begin(merchant: Merchant, step: str) -> None:
    assert (
        requests.post(f"{merchant.sandbox.control_panel_url}/control/tour/{step}/begin", timeout=30).status_code == 200
    )
    assert finding(merchant, step) == "waiting"


def sees(merchant: Merchant, step: str) -> None:
    merchant.until(f"{step} is seen", lambda: finding(merchant, step) == "seen", 60)


def publish(merchant: Merchant, count: int) -> None:
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:count]
    assert len(ready) == count
    merchant.publish(ready)


@pytest.mark.timeout(240)
def test_the_tour_sees_what_it_promised(merchant: Merchant) -> None:
    assert finding(merchant, "install") == finding(merchant, "connect") == "waiting"
    merchant.settle_in()
    for step in ("install", "connect", "profile"):
        sees(merchant, step)
    publish(merchant, 2)
    sees(merchant, "publish")
    merchant.reaches("live", 2)  # before reviews refuse

    begin(merchant, "refusal")
    publish(merchant, 1)
    sees(merchant, "refusal")

    begin(merchant, "lost")
    publish(merchant, 2)
    sees(merchant, "lost")
    merchant.over("publish", 3)
    merchant.nothing_doubled()

    begin(merchant, "limit")
    publish(merchant, 3)
    sees(merchant, "limit")

    begin(merchant, "token")
    merchant.control("clock", advance=86_400)  # what the limit held back goes on, with a token that has ended
    sees(merchant, "token")
    merchant.over("publish", 4)

    begin(merchant, "writer")
    sees(merchant, "writer")
