"""The preview of what is done to products on TikTok, and its start."""

import pytest
from flask import Flask
from sqlalchemy import select

from models import Activity, ActivityItem, Listing, Shop, Store, db
from services import tabs
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """Listing 1 is live, 2 deactivated, 3 frozen, 4 deleted, 5 was never sent."""
    with inside(app, store):
        shop = add_shop()
        listings = [add_listing(shop, number) for number in range(1, 6)]
        states = ("ACTIVATE", "SELLER_DEACTIVATED", "FREEZE", "DELETED")
        for number, (listing, status) in enumerate(zip(listings[:4], states, strict=True)):
            listing.tiktok_id, listing.platform_status, listing.audit_status = str(900 + number), status, "APPROVED"
        tabs.retab(listings[:4])
    return store


@pytest.mark.parametrize(
    ("name", "count", "out"),
    [("activate", 1, 4), ("deactivate", 1, 4), ("delete", 2, 3), ("recover", 1, 4), ("sync_status", 4, 1)],
)
def test_the_preview_says_what_happens_and_what_stays_out(
    app: Flask, store: Store, client: PageClient, name: str, count: int, out: int
) -> None:
    page = client.get(client.at(f"listings/action/{name}?all=1&tab=all"))
    assert page.status_code == 200
    assert f"<b>{count}</b>" in page.text and "never sent to TikTok Shop" in page.text
    with inside(app, store):
        assert db.session.scalar(select(Activity.id)) is None, "a preview changes nothing"
        assert db.session.scalar(select(Listing.id).where(Listing.intent != "")) is None


def test_confirming_starts_the_activity_of_those_that_allow_it(app: Flask, store: Store, client: PageClient) -> None:
    client.post(client.at("listings/action/delete"), data={"all": "1", "tab": "all"})
    with inside(app, store):
        activity = db.session.scalars(select(Activity)).one()
        assert (activity.kind, activity.total) == ("delete", 2)
        marked = db.session.scalars(select(Listing.platform_status).where(Listing.intent == "delete")).all()
        assert sorted(marked) == ["ACTIVATE", "SELLER_DEACTIVATED"]


def test_a_listing_offers_what_its_state_allows(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        rows = {row.platform_status: row.id for row in db.session.scalars(select(Listing))}
    for status, offered in (
        ("ACTIVATE", {"deactivate", "delete", "sync_status"}),
        ("SELLER_DEACTIVATED", {"activate", "delete", "sync_status"}),
        ("FREEZE", {"sync_status"}),
        ("DELETED", {"recover", "sync_status"}),
        ("", set()),
    ):
        text = client.get(client.at(f"listings/{rows[status]}")).text
        every = ("activate", "deactivate", "delete", "recover", "sync_status")
        assert {name for name in every if f"/action/{name}?" in text} == offered


def test_a_shop_that_tiktok_runs_refuses_with_the_reason(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        db.session.scalars(select(Shop)).one().kind = "semi_consignment"
    page = client.get(client.at("listings/action/deactivate?all=1&tab=all"))
    shown = page.text.partition('id="action"')[2].partition("</section>")[0]
    assert "Ask your TikTok account manager" in shown and "<form" not in shown
    assert client.post(client.at("listings/action/deactivate"), data={"all": "1", "tab": "all"}).status_code == 403


def test_what_is_not_on_tiktok_yet_is_marked_and_can_be_compared_alone(
    app: Flask, store: Store, client: PageClient
) -> None:
    with inside(app, store):
        for number, row in enumerate(db.session.scalars(select(Listing).order_by(Listing.id)).all()[:2]):
            row.sent_hash = row.draft_hash if number else "0" * 32
            if number == 0:
                changed = row.id
    assert client.get(client.at("listings/?tab=live")).text.count("changes not on TikTok yet") == 1
    assert "changes not on TikTok yet" not in client.get(client.at("listings/?tab=deactivated")).text
    form = client.get(client.at("listings/changes?all=1&tab=all")).text
    assert "1 has changes that are not on TikTok yet" in form and "Only the 1 with changes" in form
    assert "campaign-note" in client.last.ids, "an edit during a campaign throws the product out of it"
    client.post(client.at("listings/changes"), data={"all": "1", "tab": "all", "only": "unsent"})
    with inside(app, store):
        assert db.session.scalars(select(ActivityItem.subject_id)).all() == [changed]


def test_a_comparison_is_started_read_and_sent(app: Flask, store: Store, client: PageClient) -> None:
    form = client.get(client.at("listings/changes?all=1&tab=all")).text
    assert "<b>2</b>" in form and "3 stay out" in form
    answer = client.post(client.at("listings/changes"), data={"all": "1", "tab": "all"})
    assert client.get(answer.location).status_code == 200, "while it moves"
    change = {"field": "title", "kind": "content", "label": "Title", "ours": "<b>New</b>", "theirs": "Old"}
    with inside(app, store):
        activity = db.session.scalars(select(Activity)).one()
        first, second = db.session.scalars(select(ActivityItem).order_by(ActivityItem.id))
        first.state = second.state = "done"
        first.args = {"changes": [change], "digests": {"all": "d1"}, "waits": False}
        second.args = {"changes": [], "digests": {"all": "d2"}, "waits": False}
        activity.state, activity.notes = "finished", {"changes": 1, "listings": 1, "content": 1}
        activity.waiting, activity.done = 0, 2
        number, subject = activity.id, first.subject_id
    page = client.get(client.at(f"listings/changes/{number}")).text
    assert "&lt;b&gt;New&lt;/b&gt;" in page and "Send the changes of 1 listing" in page
    client.post(client.at(f"listings/changes/{number}/send"))
    with inside(app, store):
        sending = db.session.scalars(select(Activity).where(Activity.kind == "resend")).one()
        [item] = db.session.scalars(select(ActivityItem).where(ActivityItem.activity_id == sending.id))
        assert (item.subject_id, item.args) == (subject, {"digest": "d1"})
        other = sending.id
    assert client.post(client.at(f"listings/changes/{number}/send")).status_code == 409, "it is on its way"
    assert client.get(client.at(f"listings/changes/{other}")).status_code == 404


def test_the_list_can_be_narrowed_to_unsent_changes(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        rows = db.session.scalars(select(Listing).order_by(Listing.id)).all()
        for number, row in enumerate(rows[:2]):
            row.sent_hash = row.draft_hash if number else "0" * 32
        title, other = rows[0].title, rows[1].title
    text = client.get(client.at("listings/?tab=all&unsent=1")).text
    assert title in text and other not in text
    form = client.get(client.at("listings/changes?all=1&tab=all&unsent=1")).text
    assert "<b>1</b> listing will be compared" in form
