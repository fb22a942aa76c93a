"""Verdicts: what TikTok says about listings in review is written, and one shop's trouble stops no other."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from clients.errors import ClientError, Refused, Throttled, Unauthorised, Unreachable
from clients.tiktok.models import Product
from jobs import reviews
from models import Activity, ActivityItem, Authorization, Listing, db
from models.tenancy import tenant
from tests.jobs.engine import make_shop, make_store

NOW = datetime(2026, 11, 21, tzinfo=UTC)
Says = Callable[[str], Product | ClientError]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> dict[str, Product | ClientError]:
    """What TikTok answers, by product id; live by default."""
    answers: dict[str, Product | ClientError] = {}

    def get_product(tiktok_id: str) -> Product:
        answer = answers.get(tiktok_id, Product(id=tiktok_id, status="ACTIVATE"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("services.platforms.tiktok", lambda *_: SimpleNamespace(get_product=get_product))
    return answers


def in_review(store_id: int, shop_id: int, *tiktok_ids: str) -> None:
    with tenant(store_id):
        for tiktok_id in tiktok_ids:
            db.session.add(
                Listing(
                    shop_id=shop_id, tiktok_id=tiktok_id, platform_status="PENDING", tab="in_review", fields={},
                    is_ready=True, checked_at=NOW, changed_at=NOW, published_at=NOW,
                )
            )  # fmt: skip
        db.session.commit()


def tabs_now() -> dict[str, str]:
    db.session.rollback()
    return {listing.tiktok_id: listing.tab for listing in db.session.scalars(select(Listing))}


def test_verdicts_are_written_once(place: int, shop: int, says: dict[str, Any]) -> None:
    in_review(place, shop, "1", "2", "3")
    says["2"] = Product(id="2", status="FAILED")
    says["3"] = Product(id="3", status="PENDING")
    assert reviews.poll() == 2
    assert tabs_now() == {"1": "live", "2": "failed", "3": "in_review"}
    assert reviews.poll() == 0


def test_a_product_that_is_gone_is_deactivated(place: int, shop: int, says: dict[str, Any]) -> None:
    in_review(place, shop, "1", "2")
    says["1"] = Refused("unknown product", code="12052032")
    says["2"] = Refused("something else", code="999")
    reviews.poll()
    assert tabs_now() == {"1": "deactivated", "2": "in_review"}


@pytest.mark.parametrize("error", [Throttled("slow"), Unreachable("timeout"), Unauthorised("ended", expired=True)])
def test_a_named_product_that_was_not_read_is_asked_for_again(
    place: int, shop: int, says: dict[str, Any], error: ClientError
) -> None:
    in_review(place, shop, "1", "2")
    says["1"] = error
    with pytest.raises(reviews.Unread):
        reviews.ask(place, shop, ["1", "2"])
    assert tabs_now() == {"1": "in_review", "2": "live"}
    assert reviews.poll() == 0, "the poll itself just comes again"
    assert db.session.scalars(select(Authorization.state)).one() == "active"


def test_rejected_credentials_stop_the_asking(place: int, shop: int, says: dict[str, Any]) -> None:
    in_review(place, shop, "1")
    says["1"] = Unauthorised("revoked")
    reviews.poll()
    assert db.session.scalars(select(Authorization.state)).one() == "needs_reauthorisation"
    says.clear()
    assert reviews.poll() == 0 and tabs_now() == {"1": "in_review"}


def test_one_shops_trouble_stops_no_other(
    place: int, shop: int, says: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_store("engine2")
    theirs = make_shop(other, "7492")
    in_review(place, shop, "1")
    in_review(other, theirs, "2")
    real = reviews.ask

    def ask(store_id: int, shop_id: int, tiktok_ids: Any = ()) -> int:
        if shop_id == shop:
            raise RuntimeError("this shop's row cannot be opened")
        return real(store_id, shop_id, tiktok_ids)

    monkeypatch.setattr(reviews, "ask", ask)
    assert reviews.poll() == 1
    with tenant(other):
        assert tabs_now() == {"2": "live"}


def test_many_stuck_ones_do_not_hide_the_rest(
    place: int, shop: int, says: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "AT_ONCE", 8)
    in_review(place, shop, *[str(number) for number in range(30)])
    for number in range(10):
        says[str(number)] = Product(id=str(number), status="PENDING")
    for _ in range(40):
        reviews.poll()
    assert sum(tab == "live" for tab in tabs_now().values()) == 20


def sending(store_id: int, shop_id: int, state: str) -> None:
    with tenant(store_id):
        activity = Activity(shop_id=shop_id, kind="publish", title="Publish", state="running", created_at=NOW)
        db.session.add(activity)
        db.session.flush()
        db.session.add(ActivityItem(activity_id=activity.id, state=state, due_at=NOW, args={}))
        db.session.commit()


@pytest.mark.parametrize("state", ["claimed", "sending", "unknown"])
def test_a_verdict_faster_than_our_own_record_is_read_again(
    place: int, shop: int, says: dict[str, Any], state: str
) -> None:
    in_review(place, shop, "1")
    sending(place, shop, state)
    with pytest.raises(reviews.Unread) as early:
        reviews.ask(place, shop, ["1", "2"])
    assert early.value.ids == {"2"} and tabs_now() == {"1": "live"}
    in_review(place, shop, "2")
    assert reviews.ask(place, shop, ["2"]) == 1


@pytest.mark.parametrize("state", ["done", "waiting", "refused"])
def test_a_product_that_is_nobodys_is_read_once(place: int, shop: int, says: dict[str, Any], state: str) -> None:
    sending(place, shop, state)
    assert reviews.ask(place, shop, ["2"]) == 0
