"""Uploading pictures to the sandbox's TikTok: each once, repaired before, and what happens to the unusable ones."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from clients.errors import Unreachable
from clients.tiktok.api import TikTok
from domain.draft import Draft, ImageDraft, SkuDraft
from domain.policy import Policy
from domain.rulepacks import pack_for
from models import Authorization, Picture, Store, db
from models.tenancy import tenant
from services import clock, measuring, pictures, platforms
from services.measuring import Look
from services.pictures import PictureUnfit, Uploaded
from services.publish_requests import ImageJob, Request
from services.secrets import seal
from tests.clients.loopback import read_request, serving
from tests.conftest import LiveSandbox

PACK = pack_for("US", date(2026, 11, 21))
FAR = datetime(2099, 1, 1, tzinfo=UTC)
ATTRIBUTE = "ATTRIBUTE_IMAGE"
SELLER_SHOP = "7495540735365777501"


def drawn(width: int, height: int, colour: str = "teal", format: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, format)
    return out.getvalue()


@dataclass
class PictureServer:
    """Somebody's server: pictures by path, and how often each was asked for. An int is a status."""

    base: str = ""
    files: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, content: bytes | int | list[bytes | int]) -> str:
        self.files[path] = content
        return f"{self.base}{path}"


@pytest.fixture
def server() -> Iterator[PictureServer]:
    shelf = PictureServer()

    def handle(connection: Any) -> None:
        path = read_request(connection).split(b" ")[1].decode()
        shelf.asked.append(path)
        found = shelf.files.get(path, 404)
        if isinstance(found, list):
            found = found.pop(0)
        status, body = (found, b"") if isinstance(found, int) else (200, found)
        connection.sendall(
            f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
        )

    with serving(handle) as base:
        shelf.base = base
        yield shelf


@dataclass
class Seller:
    store_id: int
    authorization_id: int
    client: TikTok
    media: Any

    def uploads(self) -> int:
        return len(self.media.images)


@pytest.fixture
def seller(app: Flask, sandbox: LiveSandbox) -> Iterator[Seller]:
    """A store with a TikTok authorization of the sandbox; its tenant is current."""
    shared = sandbox.app.extensions["tiktok"]
    grants = shared.authorizations
    token = grants.exchange(grants.issue_code(shared.shops[SELLER_SHOP]["seller_id"]))["access_token"]
    with app.app_context():
        store = Store(hash="abc123", installed_at=clock.now(), settings={}, wizard={})
        db.session.add(store)
        db.session.commit()
        with tenant(store.id):
            grant = Authorization(
                open_id="open",
                access_token=seal(token),
                access_expires_at=FAR,
                refresh_expires_at=FAR,
                connected_at=clock.now(),
                scopes=[],
            )
            db.session.add(grant)
            db.session.commit()
            yield Seller(store.id, grant.id, platforms.tiktok_seller(grant), shared.media)
        db.session.remove()


def request(
    mains: list[str], skus: dict[str, str] | None = None, known: dict[tuple[str, str], str] | None = None
) -> Request:
    known = known or {}
    return Request(
        1, "", {}, tuple(ImageJob(url, "MAIN_IMAGE", known.get((url, "MAIN_IMAGE"), "")) for url in mains),
        {sku: ImageJob(url, ATTRIBUTE, known.get((url, ATTRIBUTE), "")) for sku, url in (skus or {}).items()},
    )  # fmt: skip


def send(
    seller: Seller, server: PictureServer, wanted: Request, done: list[Uploaded], policy: Policy | None = None
) -> dict[tuple[str, str], str]:
    return pictures.upload_all(
        seller.client, wanted, policy or Policy(), PACK, server.base, done, authorization_id=seller.authorization_id
    )


def unfit(seller: Seller, server: PictureServer, wanted: Request, policy: Policy | None = None) -> PictureUnfit:
    with pytest.raises(PictureUnfit) as failure:
        send(seller, server, wanted, [], policy)
    assert failure.value.field == "images" and failure.value.text
    return failure.value


def draft(*urls: str) -> Draft:
    images = tuple(ImageDraft(str(number), url) for number, url in enumerate(urls))
    return Draft("US", "USD", "USD", images=images, skus=(SkuDraft("1", "A", image=images[0] if images else None),))


def test_a_picture_is_uploaded_once_for_two_listings(seller: Seller, server: PictureServer) -> None:
    one, two = server.put("/one.png", drawn(800, 800)), server.put("/two.png", drawn(800, 500, "red"))
    done: list[Uploaded] = []
    assert pictures.uploaded(seller.authorization_id, [draft(one, two)]) == {}
    uris = send(seller, server, request([one, two]), done)
    assert set(uris) == {(one, "MAIN_IMAGE"), (two, "MAIN_IMAGE")} and seller.uploads() == 2
    # TikTok keeps what it got: it was square before.
    assert [(row["width"], row["height"]) for row in seller.media.images.values()] == [(800, 800), (800, 800)]
    assert [(up.width, up.height, up.format, up.steps) for up in done] == [
        (800, 800, "PNG", ()),
        (800, 500, "PNG", ("pad_to_square",)),
    ]

    pictures.remember(seller.authorization_id, done)
    pictures.remember(seller.authorization_id, done)
    db.session.commit()
    server.asked.clear()
    known = pictures.uploaded(seller.authorization_id, [draft(one), draft(two)])
    assert known == uris
    later: list[Uploaded] = []
    assert send(seller, server, request([two, one], known=known), later) == uris
    assert later == [] and server.asked == [] and seller.uploads() == 2


def test_uploads_belong_to_one_seller_one_use_and_one_store(seller: Seller, server: PictureServer, app: Flask) -> None:
    url = server.put("/one.png", drawn(800, 800))
    pictures.remember(seller.authorization_id, [Uploaded(url, "MAIN_IMAGE", "tos/1", 800, 800, 10, "PNG")])
    pictures.remember(seller.authorization_id, [Uploaded(url, "ATTRIBUTE_IMAGE", "tos/2", 800, 800, 10, "PNG")])
    db.session.commit()
    assert pictures.uploaded(seller.authorization_id, [draft(url)]) == {
        (url, "MAIN_IMAGE"): "tos/1",
        (url, "ATTRIBUTE_IMAGE"): "tos/2",
    }
    assert pictures.uploaded(seller.authorization_id + 1, [draft(url)]) == {}
    other = Store(hash="other", installed_at=clock.now(), settings={}, wizard={})
    db.session.add(other)
    db.session.commit()
    with tenant(other.id):
        assert pictures.uploaded(seller.authorization_id, [draft(url)]) == {}
        assert measuring.measured_among([url]) == set()


@contextmanager
def threads(count: int) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(count) as pool:
        yield pool


def test_listings_sent_at_the_same_time_share_an_upload(seller: Seller, server: PictureServer) -> None:
    shared = server.put("/logo.png", drawn(900, 600))
    own = [server.put(f"/{number}.png", drawn(600, 600, f"#{number:02}4488")) for number in range(8)]
    lists: list[list[Uploaded]] = [[] for _ in own]
    with threads(8) as pool:
        jobs = [
            pool.submit(send, seller, server, request([url, shared]), done)
            for url, done in zip(own, lists, strict=True)
        ]
        uris = {job.result()[shared, "MAIN_IMAGE"] for job in jobs}
    assert len(uris) == 1 and server.asked.count("/logo.png") == 1 and seller.uploads() == 9
    pictures.remember(seller.authorization_id, [up for done in lists for up in done])
    assert len(pictures.uploaded(seller.authorization_id, [draft(shared, *own)])) == 9


def test_one_picture_of_many_variants_is_fetched_and_uploaded_once(seller: Seller, server: PictureServer) -> None:
    main, red = server.put("/main.png", drawn(800, 800)), server.put("/red.png", drawn(700, 700, "red"))
    uris = send(seller, server, request([main], {"R-S": red, "R-M": red, "R-L": red}), [])
    assert set(uris) == {(main, "MAIN_IMAGE"), (red, "ATTRIBUTE_IMAGE")} and server.asked.count("/red.png") == 1


def test_a_later_picture_that_cannot_be_used_is_left_out_and_noted(seller: Seller, server: PictureServer) -> None:
    good, gone, text = server.put("/a.png", drawn(800, 800)), server.put("/b.png", 404), server.put("/c.png", b"<html>")
    done: list[Uploaded] = []
    uris = send(seller, server, request([good, gone, text]), done)
    assert set(uris) == {(good, "MAIN_IMAGE")}
    assert [(up.url, bool(up.uri), bool(up.fault)) for up in done] == [
        (good, True, False),
        (gone, False, True),
        (text, False, True),
    ]
    pictures.remember(seller.authorization_id, done)
    rows = {row.url: row for row in db.session.scalars(select(Picture))}
    assert rows[gone].fault and rows[good].tiktok_uri and not rows[gone].tiktok_uri
    assert not any(row.measured_at for row in rows.values())
    assert set(pictures.uploaded(seller.authorization_id, [draft(good, gone, text)])) == {(good, "MAIN_IMAGE")}


@pytest.mark.parametrize(("content", "code"), [
    (404, "images.unreadable"), (503, "images.unreachable"), (b"<html>", "images.unreadable"),
    (drawn(200, 200), "images.too_small"), (drawn(800, 800)[:400], "12038004"),
])  # fmt: skip
def test_the_first_picture_must_be_usable(
    seller: Seller, server: PictureServer, content: bytes | int, code: str
) -> None:
    first, second = server.put("/a.png", content), server.put("/b.png", drawn(800, 800))
    assert unfit(seller, server, request([first, second])).code == code
    assert seller.uploads() == 0


def test_the_merchant_s_ratio_policy_is_obeyed(seller: Seller, server: PictureServer) -> None:
    wide = server.put("/wide.png", drawn(1000, 500))
    assert unfit(seller, server, request([wide]), Policy(image_ratio="strict_square")).code == "images.not_square"
    assert unfit(seller, server, request([wide]), Policy(image_ratio="allow_3_4_to_4_3")).code == "images.bad_ratio"
    assert unfit(seller, server, request([])).code == "images.none"
    assert send(seller, server, request([wide]), [])


def test_a_hiccup_of_the_picture_s_server_costs_nothing(seller: Seller, server: PictureServer) -> None:
    url = server.put("/a.png", [503, drawn(800, 800)])
    assert send(seller, server, request([url]), [])


def test_variants_have_pictures_all_or_none(seller: Seller, server: PictureServer) -> None:
    main, red, blue = (
        server.put("/main.png", drawn(800, 800)),
        server.put("/red.png", drawn(700, 700, "red")),
        server.put("/blue.png", 404),
    )
    done: list[Uploaded] = []
    known = {(red, "ATTRIBUTE_IMAGE"): "tos/known"}
    assert set(send(seller, server, request([main], {"R": red, "B": blue}, known), done)) == {(main, "MAIN_IMAGE")}
    assert [up.url for up in done if up.fault] == [blue]


def test_a_platform_that_is_away_is_no_fault_of_the_picture(
    seller: Seller, server: PictureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.put("/a.png", drawn(800, 800))

    def away(*_: Any) -> Any:
        raise Unreachable("away")

    with monkeypatch.context() as broken:
        broken.setattr(seller.client, "upload_image", away)
        with pytest.raises(Unreachable):
            send(seller, server, request([url]), [])
    assert send(seller, server, request([url]), [])  # and nothing of the failure is remembered


# -- measures ------------------------------------------------------------------------------------------------------


def test_a_look_needs_only_the_first_bytes_and_falls_back_to_all(server: PictureServer) -> None:
    grain = io.BytesIO()
    Image.effect_noise((900, 700), 80).convert("RGB").save(grain, "JPEG", quality=95)
    assert len(grain.getvalue()) > measuring.HEAD_BYTES
    plain = measuring.look(server.put("/plain.jpg", grain.getvalue()), server.base)
    late = io.BytesIO()
    Image.new("RGB", (640, 480)).save(late, "JPEG", icc_profile=bytes(120_000))  # the size stands behind the profile
    behind = measuring.look(server.put("/late.jpg", late.getvalue()), server.base)
    known = [look.measured for look in (plain, behind)]
    assert [(one.width, one.height, one.size, one.format) for one in known if one] == [
        (900, 700, len(grain.getvalue()), "JPEG"), (640, 480, len(late.getvalue()), "JPEG")]  # fmt: skip
    assert server.asked == ["/plain.jpg", "/late.jpg", "/late.jpg"]


def test_a_look_tells_lasting_faults_from_passing_ones(server: PictureServer) -> None:
    gone, away, text = (
        measuring.look(server.put(f"/{name}", content), server.base)
        for name, content in (("gone", 404), ("away", 503), ("text", b"<html>"))
    )
    assert (gone.later, away.later, text.later) == (False, True, False)
    assert all(look.fault and not look.fault.endswith(".") and look.measured is None for look in (gone, away, text))
    assert measuring.look("http://10.0.0.1/a.png", server.base).later is False


def test_measures_are_kept_beside_uploads_and_faults_can_be_forgotten(seller: Seller) -> None:
    urls = [f"http://shop.test/{number}.png" for number in range(3)]
    pictures.remember(seller.authorization_id, [Uploaded(urls[0], "MAIN_IMAGE", "tos/1", 1, 1, 1, "PNG")])
    assert measuring.measured_among(urls) == set()
    from services.image_doctor import Measured

    looks = [
        Look(urls[0], Measured(800, 600, 1234, "JPEG")),
        Look(urls[1], fault="gone"),
        Look(urls[2], fault="away", later=True),
    ]
    measuring.record(looks)
    measuring.record(looks)
    db.session.commit()
    assert measuring.measured_among(urls) == set(urls[:2])
    row = db.session.scalars(select(Picture).where(Picture.measured_at.is_not(None), Picture.fault == "")).one()
    assert (row.width, row.height, row.size, row.format, row.authorization_id) == (800, 600, 1234, "JPEG", 0)
    measuring.forget_faults(urls)
    assert measuring.measured_among(urls) == {urls[0]}
    assert pictures.uploaded(seller.authorization_id, [draft(*urls)]) == {(urls[0], "MAIN_IMAGE"): "tos/1"}
