"""Documents resolved per category, their dates, and files on their way to TikTok, on both databases."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clients.errors import Refused
from clients.tiktok.models import UploadedFile, UploadedImage
from models import (
    Activity,
    ActivityItem,
    Category,
    Listing,
    ListingProblem,
    MediaFile,
    MediaPart,
    MediaUpload,
    MediaUse,
    Notice,
    Shop,
    Store,
    db,
)
from models.tenancy import tenant
from services import clock, drafts, pictures, publish_requests, readiness
from services.actor import Actor
from services.errors import Invalid, ServiceError
from services.media import attaching, documents, files, uploads
from tests.services.listing_rows import MUGS, NEEDS, add_listing, add_shop, add_store
from tests.services.media.samples import film, pdf, picture

PAPER = {"id": "800003", "name": "Safety report", "required": True, "conditions": [], "expires": False, "details": ""}


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"SANDBOX_URL": ""}


class World:
    """A shop whose category asks for a safety report and takes a size chart; two listings."""

    def __init__(self) -> None:
        self.store = add_store()
        self.actor = Actor("Ann", self.store.id)

    def fill(self) -> None:
        self.shop = add_shop()
        row = db.session.scalars(select(Category).where(Category.tiktok_id == MUGS)).one()
        row.needs = {**NEEDS, "certifications": [PAPER], "size_chart_supported": True}
        db.session.commit()
        self.listings = [add_listing(self.shop, number) for number in (1, 2)]

    def add(self, data: bytes = b"", **more: Any) -> MediaFile:
        values: dict[str, Any] = {"requirements": ["safety REPORTS"], "expires_on": None, **more}
        return documents.add(self.actor, "report.pdf", io.BytesIO(data or pdf()), **values)[0]

    def codes(self, place: int = 0) -> set[str]:
        listing = self.listings[place]
        readiness.recheck(self.shop, [listing.id])
        db.session.commit()
        return {row.code for row in readiness.problems([listing.id])[listing.id]}

    def is_stale(self, place: int = 0) -> bool:
        return bool(db.session.scalar(select(Listing.is_stale).where(Listing.id == self.listings[place].id)))

    def request(self, place: int = 0) -> publish_requests.Request:
        listing = db.session.get_one(Listing, self.listings[place].id)
        one = drafts.prepare(self.shop, [listing.id])[listing.id]
        known = pictures.uploaded(self.shop.authorization_id, [one.draft])
        return publish_requests.request(self.shop, listing, one, known, one.policy)


@pytest.fixture
def world(app: Flask) -> Any:
    with app.app_context():
        made = World()
        with tenant(made.store.id):
            made.fill()
            yield made
        db.session.remove()


class Desk:
    """TikTok's media store; what it was given."""

    def __init__(self, refuse: str = "") -> None:
        self.taken: list[str] = []
        self.refuse = refuse

    def upload_file(self, data: bytes, name: str) -> UploadedFile:
        if self.refuse:
            raise Refused("format", code=self.refuse)
        self.taken.append(name)
        return UploadedFile(id=f"v{len(self.taken)}")

    def upload_image(self, data: bytes, use: str, name: str) -> UploadedImage:
        self.taken.append(use)
        return UploadedImage(uri=f"tos/{len(self.taken)}")


def upload(world: World, desk: Desk, file: MediaFile) -> None:
    step = uploads.prepare(desk, world.shop, file.id)  # type: ignore[arg-type]
    assert step is not None
    uploads.remember(world.shop, file.id, uploads.send(step))


def test_a_document_goes_with_the_listing_or_with_all_that_ask(world: World) -> None:
    assert {"certifications.missing"} == {code for code in world.codes() if code.startswith("cert")}
    file = world.add()
    attaching.attach(world.actor, world.listings[0], file, "800003")
    assert "certifications.missing" not in world.codes() and "certifications.missing" in world.codes(1)
    documents.change(world.actor, file, file.requirements, None, covers_all=True, shop_id=None)
    assert world.is_stale(1)
    assert "certifications.missing" not in world.codes(1)
    documents.change(world.actor, file, ["something else"], None, covers_all=True, shop_id=None)
    assert "certifications.missing" in world.codes(1)
    assert "certifications.missing" not in world.codes(), "attached by hand for exactly this"


def test_the_same_file_is_kept_once_and_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE", 64)
    first = world.add(requirements=["One"])
    again = world.add(requirements=["Two"])
    assert first.id == again.id and again.requirements == ["One", "Two"]
    assert files.body(first.id) == pdf() and len(db.session.scalars(select(MediaPart)).all()) > 1


def test_attaching_wherever_one_is_missing(world: World) -> None:
    world.codes(), world.codes(1)
    assert attaching.wanting() == [("Safety report", str(world.shop.id), "800003", 2)]
    file = world.add()
    assert attaching.attach_missing(world.actor, world.shop, file, "800003") == 2
    assert attaching.attach_missing(world.actor, world.shop, file, "800003") == 0
    assert not {"certifications.missing"} & (world.codes() | world.codes(1))
    assert attaching.wanting() == []
    with pytest.raises(ServiceError):
        documents.remove(world.actor, file)
    for listing in world.listings:
        attaching.detach(world.actor, listing, file.id, "800003")
    documents.remove(world.actor, file)
    assert not [
        db.session.scalars(select(kind)).first()
        for kind in (MediaFile, MediaPart, MediaUse)
        if db.session.scalars(select(kind)).first()
    ]


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (400, ""),
        (31, ""),
        (29, "certifications.expires_soon"),
        (0, "certifications.expired"),
        (-9, "certifications.expired"),
    ],
)
def test_dates(world: World, days: int, code: str) -> None:
    file = world.add(expires_on=files.today() + timedelta(days=days))
    attaching.attach(world.actor, world.listings[0], file, "800003")
    assert {one for one in world.codes() if one.startswith("cert")} == ({code} if code else set())
    assert ("certifications" in world.request().body) == (code != "certifications.expired")


def test_the_daily_look_moves_documents_on_and_tells(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file = world.add(expires_on=files.today() + timedelta(days=40))
    attaching.attach(world.actor, world.listings[0], file, "800003")
    assert documents.look_at_dates() == 0 and db.session.scalar(select(Notice)) is None
    now = clock.now()
    for later, state, level in ((20, "soon", "warning"), (41, "expired", "danger")):
        moment = now + timedelta(days=later)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert documents.look_at_dates() == 1
        assert file.expiry == state and world.is_stale()
        notice = db.session.scalars(select(Notice)).one()
        assert (notice.level, notice.resolved_at) == (level, None)
        world.codes()
    documents.change(world.actor, file, file.requirements, date(2199, 1, 1), covers_all=False, shop_id=None)
    documents.look_at_dates()
    assert db.session.scalars(select(Notice)).one().resolved_at is not None


def test_files_are_uploaded_once_before_the_listing_is_sent(world: World) -> None:
    day = files.today() + timedelta(days=300)
    paper = world.add(expires_on=day)
    scan = world.add(picture(), requirements=["Safety report"])
    chart = files.keep(world.actor, "size_chart", "sizes.png", io.BytesIO(picture(1200, 1600)))[0]
    movie = files.keep(world.actor, "video", "film.mp4", io.BytesIO(film()))[0]
    for file in (paper, scan, chart, movie):
        attaching.attach(world.actor, world.listings[0], file, "800003" if file.kind == "document" else "")
    attaching.attach(world.actor, world.listings[1], paper, "800003")
    assert set(world.request().files_missing) == {paper.id, scan.id, chart.id, movie.id}
    uploads.order(world.shop, world.request().files_missing)
    uploads.order(world.shop, world.request(1).files_missing)
    db.session.commit()
    activity = db.session.scalars(select(Activity).where(Activity.kind == uploads.KIND)).one()
    items = db.session.scalars(select(ActivityItem.subject_id).where(ActivityItem.activity_id == activity.id)).all()
    waiting = sorted(number for number in items if number)
    assert waiting == sorted([paper.id, scan.id, chart.id, movie.id]), "the shared one waits once"
    desk = Desk()
    for file in (paper, scan, chart, movie):
        upload(world, desk, file)
    assert sorted(desk.taken) == sorted(
        [f"{paper.digest[:24]}.pdf", "CERTIFICATION_IMAGE", "SIZE_CHART_IMAGE", f"{movie.digest[:24]}.mp4"]
    )
    assert uploads.prepare(desk, world.shop, paper.id) is None  # type: ignore[arg-type]
    request = world.request()
    assert request.files_missing == ()
    body = request.body
    assert body["video"] == {"id": "v4"} and body["size_chart"] == {"image": {"uri": "tos/3"}}
    (certificate,) = body["certifications"]
    assert certificate["id"] == "800003" and certificate["images"] == [{"uri": "tos/2"}]
    assert certificate["files"] == [{"id": "v1", "name": "report.pdf", "format": "PDF"}]
    assert certificate["expiration_date"] > 1_700_000_000
    assert world.request(1).body["certifications"][0]["files"] == certificate["files"]


def test_what_tiktok_does_not_take_is_a_problem_of_the_listing(world: World) -> None:
    file = world.add()
    attaching.attach(world.actor, world.listings[0], file, "800003")
    upload(world, Desk("12019105"), file)
    assert "certifications.refused" in world.codes() and world.request().files_missing == ()
    uploads.again(file)
    assert "certifications.refused" not in world.codes()
    with pytest.raises(Refused):
        upload(world, Desk("36009003"), file)  # not about the file


def test_a_document_changes_what_is_sent_and_a_day_passing_does_not(world: World) -> None:
    file = world.add(expires_on=files.today() + timedelta(days=200))
    plain = drafts.prepare(world.shop, [world.listings[0].id])[world.listings[0].id].hash
    attaching.attach(world.actor, world.listings[0], file, "800003")
    with_paper = drafts.prepare(world.shop, [world.listings[0].id])[world.listings[0].id].hash
    assert not drafts.same_content(plain, with_paper)


def test_another_shop_s_listing_keeps_its_own_upload(world: World) -> None:
    file = world.add(covers_all=True)
    other = add_shop("Second", "7490000000000000002")
    upload(world, Desk(), file)
    assert {row.authorization_id for row in db.session.scalars(select(MediaUpload))} == {world.shop.authorization_id}
    step = uploads.prepare(Desk(), db.session.get_one(Shop, other.id), file.id)  # type: ignore[arg-type]
    assert step is not None and step.use == "FILE"


@pytest.mark.parametrize("text", ["31.12.2027", "2027-13-01", "0001-01-01", "x"])
def test_last_days_that_are_none(text: str) -> None:
    with pytest.raises(Invalid):
        attaching.last_day(text)


def test_no_problem_is_left_behind(world: World) -> None:
    world.codes()
    attaching.attach_missing(world.actor, world.shop, world.add(), "800003")
    world.codes()
    left = select(ListingProblem.code).where(ListingProblem.listing_id == world.listings[0].id)
    assert "certifications.missing" not in set(db.session.scalars(left))


def test_stores_keep_apart(world: World, app: Flask) -> None:
    file = world.add()
    number = file.id
    db.session.commit()
    other = Store(hash="other9", installed_at=clock.now(), settings={}, wizard={})
    db.session.add(other)
    db.session.commit()
    other_id = other.id
    db.session.remove()
    with tenant(other_id), pytest.raises(ServiceError):
        files.get(number)
