"""Spreadsheets in pages: export, download, import, what would change, apply; categories and their lock."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from jobs.drain import drain
from models import Activity, Category, Listing, Sheet, Store, db
from services.spreadsheets import archive, files
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import MUGS, UNREAD, add_listing, add_shop


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"SANDBOX_URL": ""}


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    with inside(app, store):
        shop = add_shop()
        for number in (1, 2):
            add_listing(shop, number)
        for row in db.session.scalars(select(Category).where(Category.tiktok_id == UNREAD)):
            row.permissions = ["INVITE_ONLY"]
    return store


def work(app: Flask, store: Store) -> None:
    with app.app_context():
        while drain("bulk", store.id, None):
            pass


def newest(app: Flask, store: Store) -> Sheet:
    with inside(app, store):
        sheet = db.session.scalars(select(Sheet).order_by(Sheet.id.desc())).first()
        assert sheet is not None
        db.session.expunge(sheet)
        return sheet


def export(app: Flask, store: Store, client: PageClient, **form: Any) -> bytes:
    client.get(client.at("spreadsheets/"))
    answer = client.post(client.at("spreadsheets/export"), data={"kind": "listings", "format": "csv", **form})
    assert answer.status_code == 303, answer.text
    assert client.get(answer.location).status_code == 200
    work(app, store)
    page = client.get(answer.location)
    key = newest(app, store).key
    assert f"/spreadsheets/{key}/file" in page.text
    got = client.get(client.at(f"spreadsheets/{key}/file"))
    assert got.headers["Content-Disposition"].startswith("attachment") and got.headers["Cache-Control"] == "no-store"
    return bytes(got.data)


def send(app: Flask, store: Store, client: PageClient, body: bytes, name: str = "back.csv", **form: Any) -> str:
    """Brings a file; the address of its page."""
    client.get(client.at("spreadsheets/"))
    data = {"kind": "listings", "file": (io.BytesIO(body), name), **form}
    answer = client.post(client.at("spreadsheets/import"), data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    assert client.get(answer.location).status_code == 200
    work(app, store)
    return str(answer.location)


def test_out_and_back_by_hand(app: Flask, store: Store, client: PageClient) -> None:
    head, first, *_ = csv.reader(io.StringIO(export(app, store, client).decode("utf-8-sig")))
    first[head.index("Title")] = "A mug that <b>was</b> renamed"
    edited = io.StringIO()
    csv.writer(edited).writerows([head, first])
    where = send(app, store, client, edited.getvalue().encode())
    page = client.get(where)
    assert "A mug that &lt;b&gt;was&lt;/b&gt; renamed" in page.text and "Apply 1 change" in page.text
    key = newest(app, store).key
    assert client.post(client.at(f"spreadsheets/{key}/apply")).status_code == 303
    assert "Apply 1 change" not in client.get(where).text
    work(app, store)
    assert "Take back" in client.get(where).text
    with inside(app, store):
        titles = [fields.get("title") for fields in db.session.scalars(select(Listing.fields).order_by(Listing.id))]
        assert titles == ["A mug that <b>was</b> renamed", None]
    assert client.post(client.at(f"spreadsheets/{key}/apply")).status_code == 409, "a file is applied once"
    assert client.post(client.at(f"spreadsheets/{key}/undo")).status_code == 303
    work(app, store)
    with inside(app, store):
        assert not any("title" in fields for fields in db.session.scalars(select(Listing.fields)))


def test_the_selection_of_the_list_is_exported(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        second = db.session.scalars(select(Listing.id).order_by(Listing.id.desc())).first()
    body = export(app, store, client, **{"from": "listings", "id": str(second)}).decode("utf-8-sig")
    assert [line.split(",")[0] for line in body.splitlines()[1:]] == [str(second)]
    body = export(app, store, client, **{"from": "listings", "all": "1", "tab": "all", "q": "number 1"}).decode(
        "utf-8-sig"
    )
    assert len(body.splitlines()) == 2


def test_errors_name_sheet_row_and_column(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        first = db.session.scalars(select(Listing.id).order_by(Listing.id)).first()
    where = send(app, store, client, f"Listing,Package weight\n{first},heavy\n77777,1\n".encode())
    page = client.get(where)
    text = " ".join(client.last.text)
    assert "B, Package weight" in text and "A, Listing" in text and "Apply" not in page.text
    assert client.get(where + "?show=changes").status_code == 200


def test_what_is_no_spreadsheet_is_refused_in_words(app: Flask, store: Store, client: PageClient) -> None:
    where = send(app, store, client, b"PK\x03\x04 nothing", "x.xlsx")
    assert newest(app, store).state == "refused"
    assert newest(app, store).note in client.get(where).text.replace("&#34;", '"')
    client.get(client.at("spreadsheets/"))
    assert client.post(client.at("spreadsheets/import"), data={"kind": "listings"}).status_code == 422
    large = {"kind": "listings", "file": (io.BytesIO(b"x" * (archive.LARGEST + 100_000)), "x.csv")}
    answer = client.post(client.at("spreadsheets/import"), data=large, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_a_name_that_a_stranger_gave_stays_a_name(app: Flask, store: Store, client: PageClient) -> None:
    send(app, store, client, b"Listing,Title\n1,x\n", '../../"\r\nX: y<script>.csv')
    sheet = newest(app, store)
    assert "/" not in sheet.name
    got = client.get(client.at(f"spreadsheets/{sheet.key}/file"))
    assert got.status_code == 200 and "X" not in got.headers
    assert "<script>.csv" not in client.get(client.at("spreadsheets/")).text


def test_another_store_sees_no_file(app: Flask, store: Store, client: PageClient, other_store: Store) -> None:
    export(app, store, client)
    key = newest(app, store).key
    assert len(key) >= 32
    stranger = app.test_client()
    assert stranger.get(f"/s/{store.hash}/spreadsheets/{key}/file").status_code == 401
    assert client.get(f"/s/{other_store.hash}/spreadsheets/{key}/file").status_code == 404
    other = "y" if key.endswith("x") else "x"
    assert client.get(client.at(f"spreadsheets/{key[:-1]}{other}/file")).status_code == 404


def test_a_file_can_be_removed(app: Flask, store: Store, client: PageClient) -> None:
    export(app, store, client)
    key = newest(app, store).key
    assert client.post(client.at(f"spreadsheets/{key}/remove")).status_code == 303
    assert client.get(client.at(f"spreadsheets/{key}")).status_code == 404


def test_before_the_migration_the_page_says_so(
    app: Flask, store: Store, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "has_table", lambda model: False)
    assert client.get(client.at("spreadsheets/")).status_code == 200
    assert client.post(client.at("spreadsheets/export"), data={"kind": "tags", "format": "csv"}).status_code == 503


def test_categories_show_lock_last_reading_and_tree(app: Flask, store: Store, client: PageClient) -> None:
    page = client.get(client.at("categories/"))
    text = " ".join(client.last.text)
    assert "last read" in text and "By invitation" in text and "Kitchen › Pots" in text
    assert client.get(client.at("categories/?in=600100")).status_code == 200
    assert MUGS in " ".join(client.last.text)
    assert client.get(client.at("categories/?find=mug")).status_code == 200
    assert MUGS in " ".join(client.last.text)
    assert 'd="M5 9h10v7H5z' in page.text, "the lock"


def test_reading_categories_is_an_activity(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("categories/"))
    assert client.post(client.at("categories/read")).status_code == 303
    assert client.post(client.at("categories/read")).status_code == 303
    with inside(app, store):
        assert [one.kind for one in db.session.scalars(select(Activity))] == ["read_categories"]
    assert "They are being read." in client.get(client.at("categories/")).text


def test_categories_are_exported_with_names_and_numbers(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("categories/"))
    answer = client.post(client.at("categories/export"), data={"format": "csv"})
    assert answer.status_code == 303
    work(app, store)
    got = client.get(client.at(f"spreadsheets/{newest(app, store).key}/file")).data.decode("utf-8-sig")
    assert f"{MUGS},Mugs,600100,Kitchen,Kitchen > Mugs,yes,Open to every shop" in got
    assert f"{UNREAD},Pots,600100,Kitchen,Kitchen > Pots,yes,By invitation" in got


def test_tags_by_selection_and_the_filter_that_finds_them(app: Flask, store: Store, client: PageClient) -> None:
    """S2-56, S2-57: a tag on some, then the filter selects all of them."""
    with inside(app, store):
        first, second = db.session.scalars(select(Listing).order_by(Listing.id)).all()
        products = [str(first.product_id), str(second.product_id)]
        one = str(first.id)
    page = client.get(client.at(f"tags/?from=products&id={products[0]}"))
    assert "Tags of 1 product" in page.text
    data = {"from": "products", "id": products[:1], "tags": "Dog toys, <b>bold</b>"}
    assert client.post(client.at("tags/"), data=data).status_code == 303
    page = client.get(client.at("products/?tag=Dog+toys"))
    assert "number 1" in page.text and "number 2" not in page.text and "&lt;b&gt;bold" in page.text
    page = client.get(client.at("listings/?tab=all&tag_filter=Dog+toys"))
    assert "number 1" in page.text and "number 2" not in page.text and "Select all 1 " in page.text
    body = export(app, store, client, **{"from": "listings", "all": "1", "tab": "all", "tag_filter": "Dog toys"})
    assert len(body.decode("utf-8-sig").splitlines()) == 2
    data = {"from": "listings", "all": "1", "tab": "all", "tag_filter": "Dog toys", "tags": "dog TOYS", "take_off": "1"}
    assert client.post(client.at("tags/"), data=data).status_code == 303
    assert "number 1" not in client.get(client.at("listings/?tab=all&tag_filter=Dog+toys")).text
    assert client.post(client.at("tags/"), data={"from": "listings", "id": one, "tags": " , "}).status_code == 422
    assert client.post(client.at("tags/"), data={"from": "listings", "tags": "x"}).status_code == 422


def test_a_selection_says_what_it_can_be_exported_as(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        first = db.session.scalars(select(Listing).order_by(Listing.id)).first()
        assert first is not None
        here = client.at(f"spreadsheets/choose?from=listings&id={first.id}")
        there = client.at(f"spreadsheets/choose?from=products&id={first.product_id}")
    assert "Prices" in client.get(here).text and "Tags" not in [one for one in client.last.text if one == "Tags"]
    assert 'value="tags"' in client.get(there, htmx=True).text
    assert client.get(client.at("spreadsheets/choose?from=listings")).status_code == 422
