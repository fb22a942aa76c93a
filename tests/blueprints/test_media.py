"""Documents, size chart, video, previews and pictures of variants in pages."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.media import DOCUMENT_KINDS
from models import Category, Listing, MediaFile, MediaUse, PictureLook, Product, Store, Variant, db
from services import drafts, readiness
from services.draft_facts import url_hash
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import MUGS, NEEDS, add_listing, add_shop
from tests.services.media.samples import film, pdf, picture

PAPER = {
    "id": "800003",
    "name": "Safety report",
    "required": True,
    "conditions": [],
    "expires": True,
    "details": "Of a lab.",
}
DAY = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"SANDBOX_URL": ""}


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """Two listings whose category asks for a document and a size chart."""
    with inside(app, store):
        shop = add_shop()
        for row in db.session.scalars(select(Category).where(Category.tiktok_id == MUGS)):
            row.needs = {**NEEDS, "certifications": [PAPER], "size_chart_required": True, "size_chart_supported": True}
        db.session.commit()
        for number in (1, 2):
            add_listing(shop, number, 3)
        db.session.commit()
    return store


def ids(app: Flask, store: Store) -> list[int]:
    with inside(app, store):
        return list(db.session.scalars(select(Listing.id).order_by(Listing.id)))


def brought(data: bytes, name: str, **form: Any) -> dict[str, Any]:
    return {**form, "brought": (io.BytesIO(data), name)}


def codes(app: Flask, store: Store, listing_id: int) -> set[str]:
    with inside(app, store):
        listing = db.session.get_one(Listing, listing_id)
        readiness.recheck(listing.shop, [listing_id])
        db.session.commit()
        return {row.code for row in readiness.problems([listing_id])[listing_id]}


def test_a_document_cures_the_listing_it_is_attached_to(app: Flask, store: Store, client: PageClient) -> None:
    first, second = ids(app, store)
    page = client.get(client.at(f"listings/{first}"))
    assert "Safety report" in page.text and "Of a lab." in page.text
    to = client.at(f"listings/{first}/media/document")
    answer = client.post(to, data=brought(pdf(), "../report.pdf", target="800003", expires_on=DAY))
    assert answer.status_code == 303
    assert "certifications.missing" not in codes(app, store, first)
    assert "certifications.missing" in codes(app, store, second)
    with inside(app, store):
        file = db.session.scalars(select(MediaFile)).one()
        assert (file.name, file.format, file.requirements) == ("report.pdf", "PDF", ["Safety report"])
        number = file.id
    assert "report.pdf" in client.get(client.at(f"listings/{second}")).text  # offered there, because it fits
    assert (
        client.post(
            client.at(f"listings/{second}/media/document"), data={"file": number, "target": "800003"}
        ).status_code
        == 303
    )
    assert "certifications.missing" not in codes(app, store, second)
    away = client.post(client.at(f"listings/{second}/media/document/remove"), data={"file": number, "target": "800003"})
    assert away.status_code == 303 and "certifications.missing" in codes(app, store, second)


def test_a_refused_file_leaves_the_form_with_the_reason(app: Flask, store: Store, client: PageClient) -> None:
    first = ids(app, store)[0]
    client.get(client.at(f"listings/{first}"))
    to = client.at(f"listings/{first}/media/document")
    for data in (b"MZ\x90\x00 a program", pdf(b"/S /JavaScript")):
        answer = client.post(to, data=brought(data, "report.pdf", target="800003"))
        assert answer.status_code == 422
    assert client.post(to, data=brought(pdf(), "a.pdf", target="1")).status_code == 422  # no such requirement
    assert client.post(client.at(f"listings/{first}/media/weapon"), data={}).status_code == 404
    with inside(app, store):
        assert db.session.scalar(select(MediaFile)) is None


def test_the_page_of_documents_attaches_to_all_that_wait(app: Flask, store: Store, client: PageClient) -> None:
    page = client.get(client.at("documents/"))
    assert "Safety report" in page.text and "2 listings" in page.text
    answer = client.post(
        client.at("documents/"),
        data=brought(pdf(), "all.pdf", requirement="Safety report", expires_on=DAY, note="lab 7"),
    )
    assert answer.status_code == 303
    shown = client.get(answer.location)
    assert "Attach to all 2" in shown.text
    with inside(app, store):
        file_id = db.session.scalars(select(MediaFile.id)).one()
        shop_id = db.session.scalars(select(Listing.shop_id)).first()
    form = {"shop": shop_id, "certification": "800003"}
    assert client.post(client.at(f"documents/{file_id}/attach"), data=form).status_code == 303
    assert (
        client.post(client.at(f"documents/{file_id}/attach"), data=form).status_code == 303
    )  # pressing twice does no harm
    with inside(app, store):
        assert len(db.session.scalars(select(MediaUse)).all()) == 2
    for listing_id in ids(app, store):
        assert "certifications.missing" not in codes(app, store, listing_id)
    client.get(client.at(f"documents/{file_id}"))
    assert client.post(client.at(f"documents/{file_id}/remove")).status_code == 409  # listings use it
    got = client.get(client.at(f"documents/{file_id}/file"))
    assert got.data == pdf() and got.headers["Content-Disposition"].startswith("attachment")
    assert got.mimetype == "application/octet-stream"


def test_the_thirteen_kinds_are_offered(store: Store, client: PageClient) -> None:
    page = client.get(client.at("documents/"))
    assert page.text.count('name="requirement"') == len(DOCUMENT_KINDS) + 1  # and what the category asks for
    assert len(DOCUMENT_KINDS) == 13


def test_what_is_said_about_a_document_can_be_changed(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("documents/"))
    assert client.post(client.at("documents/"), data=brought(pdf(), "x.pdf")).status_code == 422  # meets nothing
    assert client.post(client.at("documents/"), data={"requirement": "Safety report"}).status_code == 422  # no file
    client.get(client.at("documents/"))
    where = client.post(client.at("documents/"), data=brought(pdf(), "x.pdf", other="Something")).location
    client.get(where)
    to = {"requirement": "Safety report", "covers": "all", "expires_on": DAY}
    assert client.post(where, data=to).status_code == 303
    assert not {"certifications.missing"} & (
        codes(app, store, ids(app, store)[0]) | codes(app, store, ids(app, store)[1])
    )
    client.get(where)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert client.post(where, data=to | {"expires_on": yesterday}).status_code == 303
    assert "certifications.expired" in codes(app, store, ids(app, store)[0])
    client.get(where)
    assert client.post(where, data=to | {"expires_on": "31.12.2027"}).status_code == 422
    assert client.post(f"{where}/remove").status_code == 303
    assert "certifications.missing" in codes(app, store, ids(app, store)[0])


def test_size_chart_and_video(app: Flask, store: Store, client: PageClient) -> None:
    first = ids(app, store)[0]
    assert "size_chart.missing" in codes(app, store, first)
    client.get(client.at(f"listings/{first}"))
    for data, code in ((picture(600, 900), "size_chart.too_small"), (picture(1100, 1500), "")):
        assert (
            client.post(client.at(f"listings/{first}/media/size_chart"), data=brought(data, "s.png")).status_code == 303
        )
        assert {one for one in codes(app, store, first) if one.startswith("size_chart")} == ({code} if code else set())
    for data, code in ((film(90), "video.too_long"), (film(9, 1000, 3000), "video.bad_ratio"), (film(), "")):
        assert client.post(client.at(f"listings/{first}/media/video"), data=brought(data, "v.mp4")).status_code == 303
        assert {one for one in codes(app, store, first) if one.startswith("video")} == ({code} if code else set())
    page = client.get(client.at(f"listings/{first}"))
    assert "12 s, 720 x 1280" in page.text
    with inside(app, store):
        assert sorted(db.session.scalars(select(MediaUse.kind))) == ["size_chart", "video"]  # one of each


def test_pictures_of_variants_are_chosen_by_one_option(app: Flask, store: Store, client: PageClient) -> None:
    first = ids(app, store)[0]
    with inside(app, store):
        product = db.session.scalars(select(Product).order_by(Product.id)).first()
        assert product is not None
        product.images = [
            {"id": number, "url": f"https://cdn.example/c{number}.jpg", "description": ""} for number in (10, 11, 12)
        ]
        variant = db.session.scalars(select(Variant).where(Variant.product_id == product.id)).first()
        assert variant is not None
        variant.image_url = "https://cdn.example/red.jpg"
        db.session.commit()
    page = client.get(client.at(f"listings/{first}"))
    assert "By Color" in page.text
    form = {
        "option": "Color",
        "offered-0": "Size",
        "values-0": ["Small", "Large"],
        "picture-0-1": "13",
        "offered-1": "Color",
        "values-1": ["Red", "Blue", "Green"],
        "picture-1-1": "11",
        "picture-1-2": "12",
    }
    assert client.post(client.at(f"listings/{first}/variant-images"), data=form).status_code == 303
    with inside(app, store):
        listing = db.session.get_one(Listing, first)
        draft = drafts.prepare(listing.shop, [first])[first].draft
        pictures = {dict(sku.options)["Color"]: sku.image.url.rpartition("/")[2] for sku in draft.skus if sku.image}
        assert pictures == {"Red": "red.jpg", "Blue": "c11.jpg", "Green": "c12.jpg"}
    client.get(client.at(f"listings/{first}"))
    assert client.post(client.at(f"listings/{first}/variant-images"), data={"option": ""}).status_code == 303
    with inside(app, store):
        listing = db.session.get_one(Listing, first)
        assert not [sku for sku in drafts.prepare(listing.shop, [first])[first].draft.skus if sku.image]
    client.get(client.at(f"listings/{first}"))
    assert client.post(client.at(f"listings/{first}/variant-images"), data={"reset": "1"}).status_code == 303
    with inside(app, store):
        assert "variant_images" not in db.session.get_one(Listing, first).fields


def test_dragging_changes_the_order_and_nothing_else(app: Flask, store: Store, client: PageClient) -> None:
    first = ids(app, store)[0]
    with inside(app, store):
        product = db.session.scalars(select(Product).order_by(Product.id)).first()
        assert product is not None
        product.images = [
            {"id": number, "url": f"https://cdn.example/{number}.jpg", "description": ""} for number in (1, 2, 3)
        ]
        db.session.commit()
    client.get(client.at(f"listings/{first}"))
    to = client.at(f"listings/{first}/fields/images")
    assert client.post(to, data={"order": "3,1,2"}).status_code == 303
    for wrong in ("3,1", "3,1,1", "3,1,2,9", "x"):
        assert client.post(to, data={"order": wrong}).status_code == 422
    with inside(app, store):
        assert db.session.get_one(Listing, first).fields["images"] == ["3", "1", "2"]


def test_the_main_picture_is_shown_as_it_is_sent_with_its_numbers(app: Flask, store: Store, client: PageClient) -> None:
    first = ids(app, store)[0]
    page = client.get(client.at(f"listings/{first}"))
    assert "/pictures?asked=0" in page.text  # asks again while a worker looks
    assert "shows the front and the whole product" in page.text and "shows another side" in page.text
    with inside(app, store):
        url = db.session.scalars(select(Product.images).order_by(Product.id)).first()[0]["url"]  # type: ignore[index]
        look = PictureLook(
            url_hash=url_hash(url), ratio="auto_pad", width=1200, height=1200, ground="#c0c0c0", plain=980, fill=410,
            preview=b"\xff\xd8small", looked_at=datetime.now(UTC),
        )  # fmt: skip
        db.session.add(look)
        db.session.commit()
        number = look.id
    assert {"images.not_white", "images.small_product"} <= codes(app, store, first)
    page = client.get(client.at(f"listings/{first}"))
    assert "98 % of the border; the product covers 41 % of the frame" in page.text and "asked=" not in page.text
    got = client.get(client.at(f"listings/looks/{number}"))
    assert got.data == b"\xff\xd8small" and got.mimetype == "image/jpeg"
