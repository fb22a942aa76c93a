"""The Listings workspace as a signed-in person sees it: list, one listing, saving fields, the other store."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from blueprints.listings import bulk, editing, single
from domain.tabs import Tab
from models import Category, Listing, Product, Shop, Store, db
from services import listing_pages, listings, publishing, readiness, verdicts
from services.actor import system
from tests.blueprints.conftest import SignIn, inside, make_store
from tests.pages import PageClient
from tests.services.listing_rows import MUGS, SHIRTS, UNREAD, add_listing, add_product, add_shop


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """Six listings: 1 to 4 ready, 5 without a weight, 6 with two pictures and three variants."""
    with inside(app, store):
        shop = add_shop()
        for number in range(1, 5):
            add_listing(shop, number)
        add_listing(shop, 5, weight=None)
        pictures = [{"id": 61, "url": "https://cdn.example/p6.jpg"}, {"id": 62, "url": "https://cdn.example/p6b.jpg"}]
        add_listing(shop, 6, 3, images=pictures, custom_fields={})
    return store


Find = Callable[[int], Listing]


@pytest.fixture
def find(app: Flask, store: Store) -> Find:
    """find(5): the listing of BigCommerce's product 5, as it is in the database now."""

    def read(number: int) -> Listing:
        with inside(app, store):
            row = db.session.scalars(select(Listing).where(Listing.title.endswith(f"number {number}"))).one()
            row.skus, row.product  # noqa: B018 - loaded while the session is there
            db.session.expunge_all()
            return row

    return read


def bell(bells: list[tuple[Any, ...]]) -> Callable[..., bool]:
    def ring(*args: Any) -> bool:
        bells.append(args)
        return True

    return ring


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was rung for, instead of ringing."""
    bells: list[tuple[Any, ...]] = []
    for module in (editing, bulk, single):
        monkeypatch.setattr(module, "ring_job", bell(bells))
    return bells


def tab_count(page: str, word: str) -> int:
    found = re.search(rf"{word}\s*<span class=\"tab-count\">([\d,]+)</span>", page)
    assert found, word
    return int(found[1].replace(",", ""))


def test_the_first_tab_that_asks_for_something_is_shown(client: PageClient) -> None:
    page = client.get(client.at("listings/")).text
    assert tab_count(page, "Incomplete") == 2 and tab_count(page, "Ready to publish") == 4
    assert page.count('name="id"') == 2 and "Scheduled" not in page
    assert "No package weight" in page and "Attribute missing" in page


def test_an_empty_workspace_says_what_it_is_for(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_store(app, "bare1", "Bare"))
    page = client.get(client.at("listings/")).text
    assert "Choose products" in page


def test_a_chip_filters_and_lets_go(client: PageClient) -> None:
    page = client.get(client.at("listings/?tab=incomplete&problem=weight.missing")).text
    assert page.count('name="id"') == 1 and "number 5" in page
    assert 'aria-current="true"' in page


@pytest.mark.parametrize("tab", [*Tab, "all", "nonsense"])
def test_every_tab_opens(client: PageClient, tab: str) -> None:
    assert client.get(client.at(f"listings/?tab={tab}")).status_code == 200


def test_search_answers_the_list_to_htmx(client: PageClient) -> None:
    client.get(client.at("listings/?tab=all"))
    part = client.get(client.at("listings/?tab=all&q=MUG-3-0"), htmx=True).text
    assert "<html" not in part and 'id="workspace"' in part and part.count('name="id"') == 1
    nothing = client.get(client.at("listings/?tab=ready&q=nothing")).text
    assert "Search all tabs" in nothing


@pytest.mark.parametrize(
    "query", ["before=x", "after=99999999999999999999", "problem=%27;", "category_filter=7", "before=0"]
)
def test_what_cannot_be_read_does_not_break_the_page(client: PageClient, query: str) -> None:
    assert client.get(client.at(f"listings/?tab=all&{query}")).status_code == 200


def test_keyset_pages(app: Flask, store: Store, client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_pages, "PAGE", 25)
    with inside(app, store):
        for number in range(10, 40):
            add_product(number)
        shop = db.session.scalars(select(Shop)).one()
        listings.stage(system(store.id), shop, select(Product.id))
    first = client.get(client.at("listings/?tab=all")).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following and first.count('name="id"') == 25
    second = client.get(html.unescape(following[1])).text
    assert second.count('name="id"') == 11 and 'rel="next"' not in second
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back and client.get(html.unescape(back[1])).text.count('name="id"') == 25


def test_the_pulse_asks_again_only_while_something_moves(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("listings/"))
    assert "hx-trigger" not in client.get(client.at("listings/pulse"), htmx=True).text
    with inside(app, store):
        readiness.mark_stale(Listing.store_id == store.id)
    page = client.get(client.at("listings/pulse?seen=inc2-rea4"), htmx=True)
    assert "Rechecking 6 listings" in page.text and "every 2s" in page.text and "HX-Trigger" not in page.headers
    with inside(app, store):
        readiness.recheck_stale()
    gone = client.get(client.at("listings/pulse?seen=something"), htmx=True)
    assert "hx-trigger" not in gone.text and "listings-changed" in gone.headers["HX-Trigger"]


def test_a_listing_shows_values_with_their_origin_and_problems_at_their_field(client: PageClient, find: Find) -> None:
    page = client.get(client.at(f"listings/{find(5).id}")).text
    weight = page[page.index('id="field-weight"') : page.index('id="field-dimensions"')]
    assert "problem-blocking" in weight and "Empty" in weight
    title = page[page.index('id="field-title"') : page.index('id="field-images"')]
    assert "BigCommerce" in title and 'value="Stoneware mug with a wide handle, number 5"' in title
    assert "+" in page[page.index("What would raise the score") :]


def test_saving_a_field_htmx_swaps_the_part_and_tells_the_rest(client: PageClient, find: Find) -> None:
    number = find(5).id
    client.get(client.at(f"listings/{number}"))
    data = {"weight": "1.25", "unit": "POUND", "version": "1"}
    answer = client.post(client.at(f"listings/{number}/fields/weight"), data=data, htmx=True)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'id="field-weight"' in answer.text and "Set here" in answer.text and "hx-swap-oob" in answer.text
    assert "listings-changed" in answer.headers["HX-Trigger"]
    assert find(5).tab == Tab.READY and find(5).fields == {"weight": {"value": "1.25", "unit": "POUND"}}


def test_saving_without_script_comes_back_to_the_field(client: PageClient, find: Find) -> None:
    number = find(5).id
    answer = client.post(
        client.at(f"listings/{number}/fields/weight"), data={"weight": "1", "unit": "POUND", "version": "1"}
    )
    assert answer.status_code == 303 and answer.location.endswith(f"/listings/{number}#field-weight")
    reset = client.post(client.at(f"listings/{number}/fields/weight"), data={"reset": "1", "version": "2"})
    assert reset.status_code == 303 and find(5).fields == {} and find(5).tab == Tab.INCOMPLETE


def test_a_value_that_cannot_be_comes_back_with_the_form(client: PageClient, find: Find) -> None:
    number = find(5).id
    client.get(client.at(f"listings/{number}"))
    for htmx in (True, False):
        answer = client.post(
            client.at(f"listings/{number}/fields/weight"), data={"weight": "heavy", "unit": "POUND"}, htmx=htmx
        )
        assert answer.status_code == 422 and 'value="heavy"' in answer.text and "form-error" in answer.text
    assert find(5).fields == {}


def test_the_second_of_two_people_is_told(client: PageClient, find: Find) -> None:
    number = find(1).id
    url = client.at(f"listings/{number}/fields/description")
    assert client.post(url, data={"description": "<p>One</p>", "version": "1"}).status_code == 303
    assert client.post(url, data={"description": "<p>Two</p>", "version": "1"}).status_code == 409
    # The page that saved knows the newer version from its head.
    assert (
        client.post(url, data={"description": "<p>Three</p>", "version": "1", "seen_version": "2"}).status_code == 303
    )
    assert find(1).fields["description"] == "<p>Three</p>"


def test_attributes_are_saved_together_and_only_what_changed(client: PageClient, find: Find) -> None:
    number = find(6).id
    page = client.get(client.at(f"listings/{number}")).text
    assert 'name="attribute-101"' in page and 'name="attribute-103"' not in page
    data = {"attribute-101": "2", "was-101": "", "attribute-102": "", "was-102": "", "version": "1"}
    answer = client.post(client.at(f"listings/{number}/fields/attributes"), data=data, htmx=True)
    assert find(6).fields == {"attributes.101": [{"id": "2", "text": "Glass"}]}
    assert "Required by what you chose elsewhere" in answer.text and 'name="attribute-103"' in answer.text
    data = {"attribute-103": "21", "was-103": "", "attribute-101": "2", "was-101": "2", "version": "2"}
    client.post(client.at(f"listings/{number}/fields/attributes"), data=data, htmx=True)
    assert find(6).fields["attributes.103"] == [{"id": "21", "text": "Borosilicate"}] and find(6).tab == Tab.READY
    client.post(client.at(f"listings/{number}/fields/attributes"), data={"reset": "103", "version": "3"}, htmx=True)
    assert set(find(6).fields) == {"attributes.101"}


def test_a_brand_by_name(client: PageClient, find: Find) -> None:
    url = client.at(f"listings/{find(1).id}/fields/brand")
    client.post(url, data={"brand": "harbor"})
    assert find(1).fields["brand"] == {"id": "7001", "name": "Harbor"}
    client.post(url, data={"brand": ""})
    assert find(1).fields["brand"] == {"id": "", "name": ""} and find(1).tab == Tab.READY


def test_pictures_are_moved_and_left_out(client: PageClient, find: Find, rung: list[Any]) -> None:
    number = find(6).id
    url = client.at(f"listings/{number}/fields/images")
    client.get(client.at(f"listings/{number}"))
    for move, order in (
        ("first:62", ["62", "61"]),
        ("down:62", ["61", "62"]),
        ("out:61", ["62"]),
        ("in:61", ["62", "61"]),
    ):
        assert client.post(url, data={"move": move}, htmx=True).status_code == 200
        assert find(6).fields["images"] == order
    assert client.post(url, data={"move": "up:99"}, htmx=True).status_code == 422
    client.post(url, data={"move": "reset"})
    assert "images" not in find(6).fields
    assert ("bulk", "jobs.pictures.measure", find(6).store_id) in rung  # one of them was never measured


def test_variants_are_edited_and_left_out(client: PageClient, find: Find) -> None:
    listing = find(6)
    line = listing.skus[1].id
    client.get(client.at(f"listings/{listing.id}"))
    form = client.get(client.at(f"listings/{listing.id}/skus/{line}"), htmx=True).text
    assert 'name="was-price"' in form and 'name="quantity"' not in form
    assert 'name="was-price"' in client.get(client.at(f"listings/{listing.id}?sku={line}")).text
    url = client.at(f"listings/{listing.id}/skus/{line}")
    data = {"sku": "MUG-6-1", "was-sku": "MUG-6-1", "price": "20", "was-price": "13.50", "code": "", "was-code": ""}
    client.post(url, data=data, htmx=True)
    assert find(6).skus[1].fields == {"price": "20"}
    wrong = client.post(url, data={"price": "-1", "was-price": "20"}, htmx=True)
    assert wrong.status_code == 422 and 'value="-1"' in wrong.text
    client.post(url, data={"price": "", "was-price": "20"}, htmx=True)
    client.post(url, data={"included": "0"}, htmx=True)
    assert find(6).skus[1].fields == {"included": False}
    assert "Sell it too" in client.get(client.at(f"listings/{listing.id}")).text
    client.post(url, data={"included": "1"})
    assert find(6).skus[1].fields == {}


def test_choosing_a_category_that_was_read(client: PageClient, find: Find) -> None:
    number = find(1).id
    for path in ("", "?find=apron", "?in=600100"):
        assert "Aprons" in client.get(client.at(f"listings/{number}/category{path}")).text or not path
    client.get(client.at(f"listings/{number}"))
    answer = client.post(client.at(f"listings/{number}/fields/category"), data={"category": SHIRTS}, htmx=True)
    assert answer.headers["HX-Retarget"] == "#listing" and 'id="listing"' in answer.text
    assert find(1).fields == {"category": SHIRTS} and find(1).tab == Tab.READY


def test_a_category_that_was_not_read_is_read_by_a_worker(
    app: Flask, store: Store, client: PageClient, find: Find, rung: list[Any]
) -> None:
    listing = find(1)
    client.get(client.at(f"listings/{listing.id}"))
    answer = client.post(client.at(f"listings/{listing.id}/fields/category"), data={"category": UNREAD}, htmx=True)
    assert "every 1500ms" in answer.text
    assert ("live", "jobs.needs.read", store.id, listing.shop_id, UNREAD) in rung
    waiting = client.get(client.at(f"listings/{listing.id}/needs?asked=1"), htmx=True)
    assert "every 1500ms" in waiting.text and "HX-Retarget" not in waiting.headers
    assert "every" not in client.get(client.at(f"listings/{listing.id}/needs?asked=99"), htmx=True).text
    assert client.post(client.at(f"listings/{listing.id}/needs"), htmx=True).status_code == 200 and len(rung) == 2
    with inside(app, store):
        rows = db.session.scalars(select(Category.needs).where(Category.tiktok_id == MUGS)).one()
        db.session.execute(update(Category).where(Category.tiktok_id == UNREAD).values(needs=rows))
    arrived = client.get(client.at(f"listings/{listing.id}/needs?asked=2"), htmx=True)
    assert arrived.headers["HX-Retarget"] == "#listing" and 'name="attribute-101"' in arrived.text


def test_a_held_back_listing_is_not_published(client: PageClient, find: Find) -> None:
    number = find(1).id
    client.post(client.at(f"listings/{number}/enabled"), data={"enabled": "0"})
    assert find(1).is_enabled is False
    page = client.get(client.at(f"listings/publish?id={number}&tab=ready")).text
    assert "held back" in page


def test_an_unknown_field_and_an_unknown_listing(client: PageClient, find: Find) -> None:
    assert client.post(client.at(f"listings/{find(1).id}/fields/colour"), data={"colour": "red"}).status_code == 404
    assert client.post(client.at(f"listings/{find(1).id}/fields/skus"), data={}).status_code == 404
    assert client.get(client.at("listings/999999")).status_code == 404


def test_platform_problems_and_evidence_show(app: Flask, store: Store, client: PageClient, find: Find) -> None:
    from clients.errors import Refused

    number = find(2).id
    with inside(app, store):
        shop = db.session.scalars(select(Shop)).one()
        listing = listings.get(number)
        publishing.start(system(store.id), shop, select(Listing.id).where(Listing.id == listing.id))
        verdicts.refused(listing, Refused("Title looks like spam", code="12052261"))
    page = client.get(client.at(f"listings/{find(2).id}")).text
    assert "Publish again" in page and "Title looks like spam" in page and "What was done" in page
    failed = client.get(client.at("listings/?tab=failed")).text
    assert "TikTok refused the title (12052261)" in failed and "Publish again" in failed


def test_the_other_store_sees_nothing(app: Flask, client: PageClient, find: Find, sign_in: SignIn) -> None:
    other = make_store(app, "zzz999", "Other Store")
    with inside(app, other):
        shop = add_shop("Other shop", "7490000000000000777")
        add_listing(shop, 1, title="Somebody else's secret listing, number 77")
    stranger = sign_in(other)
    mine = find(5)
    for path in (
        f"listings/{mine.id}", f"listings/{mine.id}/category", f"listings/{mine.id}/needs", f"listings/{mine.id}/head",
        f"listings/{mine.id}/skus/{mine.skus[0].id}",
    ):  # fmt: skip
        assert stranger.get(stranger.at(path)).status_code == 404
    for path in ("fields/title", f"skus/{mine.skus[0].id}", "enabled", "needs"):
        assert stranger.post(stranger.at(f"listings/{mine.id}/{path}"), data={"title": "Taken over"}).status_code == 404
    assert stranger.get(stranger.at(f"listings/publish?id={mine.id}")).status_code == 422
    assert stranger.post(stranger.at("listings/bulk/remove"), data={"id": mine.id}).status_code == 422
    assert "secret" not in client.get(client.at("listings/?tab=all")).text
    assert find(5).fields == {}
