"""The page of doubles: both sides, what to press, and nothing that is deleted by itself."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.listings import twins as pages
from models import Activity, Listing, ListingSku, Store, Twin, db
from services import activities, notices, twins
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    bells: list[tuple[Any, ...]] = []
    monkeypatch.setattr(pages, "ring_job", lambda *args: bells.append(args))
    return bells


@pytest.fixture
def store(app: Flask, store: Store, rung: list[tuple[Any, ...]]) -> Store:
    """Listing 1 knows product 101 and has the twin 102; listing 2 knows none and has the orphan 103."""
    with inside(app, store):
        shop = add_shop()
        for number, known, other in ((1, "101", "102"), (2, "", "103")):
            listing = add_listing(shop, number)
            listing.tiktok_id, listing.platform_status = known, "ACTIVATE" if known else ""
            line = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)).one()
            facts: dict[str, Any] = {
                "tiktok_id": other, "match": "both", "title": f"The other mug {number}", "status": "ACTIVATE",
                "image_url": f"https://cdn.example/t{number}.jpg", "created_at": MOMENT, "found_at": MOMENT,
                "skus": [{"id": f"9{other}", "seller_sku": f"T-{number}", "key": str(line.id)}], "seen_at": MOMENT,
            }  # fmt: skip
            db.session.add(Twin(shop_id=shop.id, listing_id=listing.id, **facts))
        db.session.flush()
        twins.tell(shop)
    return store


def finding(app: Flask, store: Store, tiktok_id: str) -> int:
    with inside(app, store):
        return db.session.scalars(select(Twin.id).where(Twin.tiktok_id == tiktok_id)).one()


def listing(app: Flask, store: Store, number: int) -> tuple[str, str]:
    with inside(app, store):
        rows = db.session.execute(select(Listing.tiktok_id, Listing.tab).order_by(Listing.id)).all()
        return rows[number - 1].tiktok_id, rows[number - 1].tab


def deletions(app: Flask, store: Store) -> list[dict[str, Any]]:
    with inside(app, store):
        found = db.session.scalars(select(Activity).where(Activity.kind == "delete_twin")).all()
        return [item.args for one in found for item in activities.items(one)]


def test_both_sides_are_shown_with_what_tells_them_apart(client: PageClient, other_store: Store) -> None:
    text = client.get(client.at("listings/twins")).text
    for shown in ("101", "102", "103", "MUG-1-0", "T-1", "T-2", "20 Nov 2026, 09:30", "Live", "cdn.example/t1.jpg",
                  "cdn.example/p1.jpg"):  # fmt: skip
        assert shown in text
    assert text.count("Keep this one, delete the other") == 2 and text.count("Adopt it") == 1


def test_the_notice_leads_here(app: Flask, client: PageClient, store: Store) -> None:
    with inside(app, store):
        url = next(one.url for one in notices.open_notices() if one.key.startswith("twins:"))
    assert client.get(client.at(url.lstrip("/"))).status_code == 200


@pytest.mark.parametrize(("which", "kept", "gone"), [("linked", "101", "102"), ("other", "102", "101")])
def test_one_is_kept_and_an_activity_deletes_the_other(
    app: Flask, client: PageClient, store: Store, which: str, kept: str, gone: str
) -> None:
    number = finding(app, store, "102")
    answer = client.post(client.at(f"listings/twins/{number}/keep"), data={"which": which})
    assert answer.status_code == 303 and "/activities/" in answer.headers["Location"]
    assert listing(app, store, 1)[0] == kept
    assert deletions(app, store) == [{"twin": number, "tiktok_id": gone}]
    assert "It is being deleted" in client.get(client.at("listings/twins")).text
    assert client.post(client.at(f"listings/twins/{number}/keep"), data={"which": which}).status_code == 409
    assert len(deletions(app, store)) == 1


@pytest.mark.parametrize("which", ["", "both"])
def test_what_stays_must_be_said(app: Flask, client: PageClient, store: Store, which: str) -> None:
    answer = client.post(client.at(f"listings/twins/{finding(app, store, '102')}/keep"), data={"which": which})
    assert answer.status_code == 422 and deletions(app, store) == []


def test_an_orphan_is_adopted_and_read_again(
    app: Flask, client: PageClient, store: Store, rung: list[tuple[Any, ...]]
) -> None:
    answer = client.post(client.at(f"listings/twins/{finding(app, store, '103')}/adopt"))
    assert answer.status_code == 303
    assert listing(app, store, 2) == ("103", "live")
    assert rung[-1][:2] == ("live", "jobs.reviews.ask") and rung[-1][-1] == ["103"]
    assert deletions(app, store) == []


def test_an_orphan_is_never_deleted(app: Flask, client: PageClient, store: Store) -> None:
    answer = client.post(client.at(f"listings/twins/{finding(app, store, '103')}/keep"), data={"which": "other"})
    assert answer.status_code == 409 and deletions(app, store) == []


def test_no_double_is_not_shown_again(app: Flask, client: PageClient, store: Store) -> None:
    number = finding(app, store, "102")
    answer = client.post(client.at(f"listings/twins/{number}/dismiss"), headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "102" not in answer.text and "103" in answer.text


def test_check_now_starts_one_check(app: Flask, client: PageClient, store: Store) -> None:
    for _ in range(2):
        assert client.post(client.at("listings/twins/check")).status_code == 303
    with inside(app, store):
        checks = db.session.scalars(select(Activity).where(Activity.kind == "find_twins")).all()
        assert [(one.state, one.actor) for one in checks] == [("queued", "owner@example.com")]
    assert "It is being looked through" in client.get(client.at("listings/twins")).text


def test_pages_of_findings(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 1)
    first = client.get(client.at("listings/twins"))
    assert "102" in first.text and "103" not in first.text and "1 of 2" in first.text
    following = next(url for _, _, url in client.last.addresses if "after=" in url)
    second = client.get(following)
    assert "102" not in second.text and "103" in second.text


def test_another_stores_finding_does_not_exist(app: Flask, client: PageClient, other_store: Store) -> None:
    with inside(app, other_store):
        other = add_shop(tiktok_id="7490000000000000077")
        row = add_listing(other, 5)
        twin = Twin(
            shop_id=other.id, listing_id=row.id, tiktok_id="999", match="both", title="Secret", found_at=MOMENT,
            seen_at=MOMENT, skus=[],
        )  # fmt: skip
        db.session.add(twin)
        db.session.flush()
        number = twin.id
    assert "Secret" not in client.get(client.at("listings/twins")).text
    for action in ("keep", "adopt", "dismiss"):
        assert client.post(client.at(f"listings/twins/{number}/{action}"), data={"which": "other"}).status_code == 404


def test_before_its_migration_the_page_says_so(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "has_table", lambda _model: False)
    assert client.get(client.at("listings/twins")).status_code == 503
    assert client.get(client.at("listings/")).status_code == 200
