"""Looks at pictures by workers: those of one listing, the walk over main pictures, and what a look that fails costs."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import select

from clients.fetch import FetchFailed
from jobs import looks as job
from models import Listing, ListingProblem, Picture, PictureLook, Product, db
from models.tenancy import tenant
from services import readiness
from services.media import looks
from tests.services.listing_rows import add_listing, add_shop, add_store

pytestmark = pytest.mark.engines("sqlite")  # the statements are those of test_documents and test_pictures


def drawn(ground: str = "white", size: tuple[int, int] = (900, 600), part: float = 0.3) -> bytes:
    image = Image.new("RGB", size, ground)
    width, height = (side * part for side in size)
    box = ((size[0] - width) / 2, (size[1] - height) / 2, (size[0] + width) / 2, (size[1] + height) / 2)
    ImageDraw.Draw(image).rectangle(box, fill="navy")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"SANDBOX_URL": ""}


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes | FetchFailed]:
    """Somebody's server: pictures by URL."""
    files: dict[str, bytes | FetchFailed] = {}

    class Got:
        def __init__(self, data: bytes) -> None:
            self.data = data

    def fetch(url: str, **_: object) -> Got:
        found = files[url]
        if isinstance(found, FetchFailed):
            raise found
        return Got(found)

    monkeypatch.setattr(looks, "fetch", fetch)
    monkeypatch.setattr("jobs.rechecks.ring", lambda store_id: True)
    return files


@pytest.fixture
def store_id(app: Flask) -> int:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            shop = add_shop()
            for number in (1, 2, 3):
                add_listing(shop, number)
            db.session.commit()
            return store.id


def inside(app: Flask, store_id: int, work: Callable[[], object]) -> object:
    with app.app_context(), tenant(store_id):
        found = work()
        db.session.rollback()
        return found


def test_one_listing_s_pictures_are_looked_at_and_judged(app: Flask, store_id: int, shelf: dict[str, object]) -> None:
    shelf["https://cdn.example/p1.jpg"] = drawn("silver")
    with app.app_context():
        with tenant(store_id):
            listing_id = db.session.scalars(select(Listing.id).order_by(Listing.id)).first()
        assert listing_id is not None and job.run_for(store_id, listing_id) == 1
        assert job.run_for(store_id, listing_id) == 0, "once is enough"
        with tenant(store_id):
            look = db.session.scalars(select(PictureLook)).one()
            assert (look.width, look.height, look.ground, look.is_white) == (900, 900, "#c0c0c0", False), (
                "as it is sent: padded"
            )
            assert look.plain == 1000 and look.fill is not None and 270 < look.fill < 330
            assert look.preview[:2] == b"\xff\xd8" and len(look.preview) < 20_000
            known = db.session.scalars(select(Picture).where(Picture.url == "https://cdn.example/p1.jpg")).one()
            assert (known.width, known.height, known.format) == (900, 600, "PNG"), "measured along the way"
            readiness.recheck(db.session.get_one(Listing, listing_id).shop, [listing_id])
            codes = set(db.session.scalars(select(ListingProblem.code).where(ListingProblem.listing_id == listing_id)))
            assert {"images.not_white", "images.small_product"} <= codes
            assert db.session.get_one(Listing, listing_id).is_ready, "advice never holds a listing back"


def test_the_walk_takes_every_main_picture_once(app: Flask, store_id: int, shelf: dict[str, object]) -> None:
    for number in (1, 2):
        shelf[f"https://cdn.example/p{number}.jpg"] = drawn(part=0.8)
    shelf["https://cdn.example/p3.jpg"] = FetchFailed("gone", temporary=False)
    with app.app_context():
        assert job.walk(store_id) == 3
        assert job.walk(store_id) == 0
        with tenant(store_id):
            rows = db.session.scalars(select(PictureLook).order_by(PictureLook.id)).all()
            assert sorted(bool(row.fault) for row in rows) == [False, False, True]
            assert sum(row.preview == b"" for row in rows) == 1


def test_what_may_go_well_later_is_not_kept(app: Flask, store_id: int, shelf: dict[str, object]) -> None:
    for number in (1, 2, 3):
        shelf[f"https://cdn.example/p{number}.jpg"] = FetchFailed("away", temporary=True)
    with app.app_context():
        assert job.walk(store_id) == 3
        assert job.walk(store_id) == 0, "they rest for a while"
        with tenant(store_id):
            assert db.session.scalars(select(PictureLook)).all() == []


@pytest.mark.parametrize("data", [b"", b"<html>", drawn()[:400], b"\x89PNG\r\n\x1a\n" + b"\x00" * 60])
def test_damaged_pictures_are_a_fault_and_no_accident(
    app: Flask, store_id: int, shelf: dict[str, object], data: bytes
) -> None:
    for number in (1, 2, 3):
        shelf[f"https://cdn.example/p{number}.jpg"] = data
    with app.app_context():
        assert job.walk(store_id) == 3
        with tenant(store_id):
            assert all(row.fault for row in db.session.scalars(select(PictureLook)))
            assert db.session.scalars(select(Product)).first() is not None
