"""Categories, attributes, certificates, brands, pictures and files: one change, exactly this code (reference 11.3)."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import GB, US, Document, picture
from tests.sandbox.tiktok.must_reject import UPLOAD, Act, Case, Change, World, creating, prove, set_, skus

CATEGORIES, BRANDS = "/product/202309/categories", "/product/202309/brands"
COLOUR = {"id": "100000", "value_id": "1000000001"}
MUG, LAMP, CREAM, TOY, SWIMSUIT, PET_FOOD = "600123", "600031", "600711", "600811", "600341", "600915"


def reading(kind: str, category: str, version: str = "v2", shop_id: str = US) -> Act:
    def act(world: World) -> TestResponse:
        query = {"category_version": version}
        answer: TestResponse = world.shop(shop_id).send("GET", f"{CATEGORIES}/{category}/{kind}", query=query)
        return answer

    return act


def tree(version: str | None) -> Act:
    def act(world: World) -> TestResponse:
        answer: TestResponse = world.us.send("GET", CATEGORIES, query={"category_version": version})
        return answer

    return act


def beside_the_main_category(body: Document, world: World) -> None:
    world.shared.change_shop(US, failing=["NON_MAIN_CATEGORY"])
    body["category_id"] = PET_FOOD


def attributes(*rows: tuple[str, list[Document]]) -> list[Document]:
    return [{"id": number, "values": values} for number, values in rows]


def attribute(number: str, *values: Document) -> Change:
    return set_(product_attributes=attributes((number, list(values))))


def lamp(*rows: tuple[str, list[Document]]) -> Change:
    return set_(category_id=LAMP, product_attributes=attributes(*rows))


MAINS, BATTERY = ("100601", [{"name": "Mains"}]), ("100601", [{"id": "1006010003"}])
WARRANTY, KIND, CAPACITY = (
    ("100604", [{"name": "No Warranty"}]),
    ("100602", [{"name": "NiMH"}]),
    ("100603", [{"name": "1200"}]),
)


def toy(age: str) -> Change:
    return set_(
        category_id=TOY,
        product_attributes=attributes(("100801", [{"name": age}]), ("100802", [{"name": "No"}])),
    )


def cream(**certificate: object) -> Change:
    """A face cream with its safety report; the arguments change the report, None takes a part of it away."""

    def change(body: Document, world: World) -> None:
        rows = (("100702", [{"name": "12 Months"}]), ("100703", [{"name": "Water"}]), ("100704", [{"name": "No"}]))
        body |= {"category_id": CREAM, "product_attributes": attributes(*rows)}
        tomorrow = str(world.shared.now() + 86_400)
        report = {"id": "800003", "images": body["main_images"], "expiration_date": tomorrow, **certificate}
        body["certifications"] = [{name: value for name, value in report.items() if value is not None}]

    return change


def no_certificate(body: Document, world: World) -> None:
    cream()(body, world)
    del body["certifications"]


def past(body: Document, world: World) -> None:
    cream(expiration_date=str(world.shared.now() - 1))(body, world)


def swimsuit(chart: Document | None) -> Change:
    def change(body: Document, world: World) -> None:
        rows = (("100159", [{"name": "Nylon"}]), ("100403", [{"name": "Hand Wash"}]))
        body |= {"category_id": SWIMSUIT, "product_attributes": attributes(*rows)}
        if chart is not None:
            body["size_chart"] = chart

    return change


def charted(body: Document, world: World) -> None:
    uri = world.upload(picture(1024, 1200), "SIZE_CHART_IMAGE")
    swimsuit({"image": {"uri": uri}})(body, world)


def brand(name: str, already: int = 0, day: str = "") -> Act:
    """Create a brand when the seller has made so many already; `day` empty means today."""

    def act(world: World) -> TestResponse:
        seller = world.us.row["seller_id"]
        today = world.shared.box.clock.moment().date().isoformat()
        for index in range(already):
            world.shared.brands[f"x{index}"] = {"name": f"Own {index:03d}", "seller_id": seller, "day": day or today}
        answer: TestResponse = world.us.send("POST", BRANDS, {"name": name}, cipher=False)
        return answer

    return act


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def upload(content: bytes, use_case: str = "MAIN_IMAGE") -> Act:
    def act(world: World) -> TestResponse:
        files = {"data": (io.BytesIO(content), "a.png"), "use_case": use_case}
        answer: TestResponse = world.us.send("POST", UPLOAD, cipher=False, files=files)
        return answer

    return act


def no_data(world: World) -> TestResponse:
    answer: TestResponse = world.us.send("POST", UPLOAD, cipher=False, files={"use_case": "MAIN_IMAGE"})
    return answer


def file(content: bytes, name: str) -> Act:
    def act(world: World) -> TestResponse:
        files = {"data": (io.BytesIO(content), "file"), "name": name}
        answer: TestResponse = world.us.send("POST", "/product/202309/files/upload", cipher=False, files=files)
        return answer

    return act


def main_picture(width: int, height: int) -> Change:
    return lambda body, world: body.update(main_images=[{"uri": world.picture(width, height)}])


def sku_picture(width: int, height: int) -> Change:
    return lambda body, world: skus([{**COLOUR, "sku_img": {"uri": world.picture(width, height)}}])(body, world)


def ten(body: Document, world: World) -> None:
    body["main_images"] *= 10


def nine(body: Document, world: World) -> None:
    body["main_images"] *= 9


CREATED = (
    creating("11.3-1", "category unknown", set_(category_id="999999"), 12052023),
    creating("11.3-1", "category not a leaf", set_(category_id="600120"), 12052024),
    creating("11.3-1", "category prohibited", set_(category_id="601811"), 12052220),
    creating("11.3-1", "category restricted", set_(category_id="600831"), 12052223),
    creating("11.3-1", "not the main category", beside_the_main_category, 12052225),
    creating("4.9", "category missing", set_(category_id=None), 12052002),
    creating("4.9", "category a word", set_(category_id="mugs"), 12052002),
    creating("11.3-2", "v1 where v2 is needed", set_(category_version="v1"), 12052217),
    creating("11.3-2", "no version where v2 is needed", set_(category_version=None), 12052217),
    creating("11.3-2", "id of the other tree", set_(category_id="500123"), 12052230),
    creating("11.3-2", "id of the new tree", set_(category_version="v1"), 12052230, GB),
    creating("11.3-3", "complete", lamp(MAINS, WARRANTY), 0),
    creating("11.3-3", "required attribute missing", lamp(MAINS), 12052104),
    creating("11.3-3", "conditional attribute missing", lamp(BATTERY, WARRANTY), 12052182),
    creating("11.3-3", "conditional attribute given", lamp(BATTERY, WARRANTY, KIND, CAPACITY), 0),
    creating("11.3-3", "attribute must stay empty", lamp(MAINS, WARRANTY, CAPACITY), 12052183),
    creating("11.3-4", "custom where allowed", attribute("100157", {"name": "Moon dust"}), 0),
    creating("11.3-4", "custom where not allowed", attribute("100507", {"name": "Atlantis"}), 12052247),
    creating("11.3-4", "two where one", attribute("100507", {"name": "China"}, {"name": "India"}), 12052246),
    creating("11.3-5", "unknown attribute", attribute("1", {"name": "x"}), 12052527),
    creating("11.3-5", "unknown value", attribute("100157", {"id": "1"}), 12052529),
    creating("11.3-5", "unknown sales attribute", skus([{"id": "7", "value_name": "x"}]), 12052527),
    creating("11.3-5", "unknown sales value", skus([{**COLOUR, "value_id": "7"}]), 12052529),
    creating(
        "11.3-5",
        "attribute twice",
        set_(product_attributes=attributes(*[("100157", [{"name": "Glass"}])] * 2)),
        12052254,
    ),
    creating("11.3-5", "value twice", attribute("100157", {"name": "Glass"}, {"name": "Glass"}), 12052253),
    creating("4.9", "attribute empty", attribute("100157"), 12052248),
    creating("4.9", "value empty", attribute("100157", {"name": " "}), 12052248),
    creating("4.9", "value of 2,001", attribute("100157", {"name": "x" * 2001}), 12052249),
    creating("4.9", "value not a number", lamp(BATTERY, WARRANTY, KIND, ("100603", [{"name": "much"}])), 12052256),
    creating("11.3-6", "certificate given", cream(), 0),
    creating("11.3-6", "certificate missing", no_certificate, 12052105),
    creating("11.3-6", "certificate without an id", cream(id=None), 12052655),
    creating("11.3-6", "certificate without a picture", cream(images=None), 12052105),
    creating("11.3-6", "certificate required by age", toy("1-3 Years"), 12052105),
    creating("11.3-6", "no certificate at that age", toy("12+ Years"), 0),
    creating("11.3-6", "unknown certificate", set_(certifications=[{"id": "5"}]), 12052655),
    creating("11.3-6", "expired", past, 12052385),
    creating("11.3-6", "no expiry", cream(expiration_date=None), 12052385),
    creating("11.3-6", "expiry not a time", cream(expiration_date="soon"), 12052385),
    creating("11.3-6", "expiry before all time", cream(expiration_date="-99999999999999999"), 12052385),
    creating("4.9", "certificate picture unknown", cream(images=[{"uri": "none"}]), 12052650),
    creating("4.9", "certificate file unknown", cream(files=[{"id": "none"}]), 12052658),
    creating("4.9", "certificate twice", set_(certifications=[{"id": "5"}] * 2), 12052656),
    creating("4.9", "eleven certificates", set_(certifications=[{"id": str(n)} for n in range(11)]), 12052657),
    creating("11.3-7", "size chart given", charted, 0),
    creating("11.3-7", "size chart missing", swimsuit(None), 12052673),
    creating("11.3-7", "size chart empty", swimsuit({}), 12052673),
    creating("11.3-8", "unknown brand", set_(brand_id="1"), 12052026),
    creating("11.3-8", "T1 brand", set_(brand_id="7082100000000000001"), 12052201),
    creating("11.3-8", "T1 brand with a right", set_(brand_id="7082100000000000004"), 0),
    creating("11.3-8", "unauthorized brand is hidden, not refused", set_(brand_id="7082000000000000002"), 0),
    creating("11.3-12", "main image of 3:1 unconverted", main_picture(900, 300), 12052305),
    creating("11.3-12", "main image of 4:3", main_picture(800, 600), 0),
    creating("11.3-12", "SKU image of 3:1 unconverted", sku_picture(900, 300), 12052524),
    creating("11.3-14", "main image of 299", main_picture(299, 300), 12052301),
    creating("4.9", "main image of 4,001", main_picture(4001, 3100), 12052302),
    creating("11.3-15", "never uploaded", set_(main_images=[{"uri": "tos-sandbox-i-0001/none"}]), 12052722),
    creating("11.3-15", "foreign URL", set_(main_images=[{"uri": "https://x.example/a.png"}]), 12052300),
    creating("11.3-15", "no uri", set_(main_images=[{}]), 12052300),
    creating("11.3-15", "SKU image never uploaded", skus([{**COLOUR, "sku_img": {"uri": "none"}}]), 12052520),
    creating("11.3-15", "size chart never uploaded", swimsuit({"image": {"uri": "none"}}), 12052670),
    creating("4.9", "video never uploaded", set_(video={"id": "v1"}), 12052360),
    creating("11.3-16", "no main image", set_(main_images=[]), 12052028),
    creating("11.3-16", "nine main images", nine, 0),
    creating("11.3-16", "ten main images", ten, 12052306),
)

LEAF_READ = tuple(
    Case(row, f"{name} read by {kind}", str(code), reading(kind, category, version, shop_id))
    for row, name, category, version, code, shop_id in (
        ("11.3-1", "category unknown", "999999", "v2", 12052023, US),
        ("11.3-1", "category not a leaf", "600120", "v2", 12052024, US),
        ("11.3-1", "category prohibited", "601811", "v2", 12052220, US),
        ("11.3-2", "v1 where v2 is needed", MUG, "v1", 12052217, US),
        ("11.3-2", "id of the other tree", "500123", "v2", 12052230, US),
        ("11.3-2", "id of the new tree", MUG, "v1", 12052230, GB),
        ("11.3-2", "old tree where it is allowed", "500123", "v1", 0, GB),
        ("4.2", "unknown version", MUG, "v9", 98001004, US),
    )
    for kind in ("rules", "attributes")
)
READ = (
    *LEAF_READ,
    Case("11.3-1", "category restricted read by rules", "12052223", reading("rules", "600831")),
    Case("11.3-2", "tree v1 where v2 is needed", "12052217", tree("v1")),
    Case("11.3-2", "tree without a version", "12052217", tree(None)),
    Case("11.3-9", "brand of one character", "12052189", brand("x")),
    Case("11.3-9", "brand of 31 characters", "12052190", brand("x" * 31)),
    Case("11.3-9", "brand exists", "12052205", brand("kestrel")),
    Case("11.3-9", "50th brand today", "0", brand("One more", 49)),
    Case("11.3-9", "51st brand today", "12052202", brand("One more", 50)),
    Case("11.3-9", "51st brand, earlier days", "0", brand("One more", 50, "2020-01-01")),
    Case("11.3-9", "1,001st brand", "12052203", brand("One more", 1000, "2020-01-01")),
    Case("4.5", "brand in Chinese", "12052191", brand("品牌名")),
    Case("4.5", "brand with five digits", "12052192", brand("No 12345")),
)

UPLOADED = (
    Case("11.3-10", "empty image", "12038002", upload(b"")),
    Case("11.3-10", "no image", "12038002", no_data),
    Case("11.3-10", "text", "12038004", upload(b"hello")),
    Case("11.3-10", "cut off", "12038004", upload(picture(kind="JPEG", colour="red")[:400])),
    Case("11.3-10", "no pixels", "12038004", upload(png_header(600, 600))),
    Case("11.3-10", "GIF", "12038015", upload(picture(kind="GIF"))),
    Case("11.3-11", "over 10 MB", "12038005", upload(b"\x89PNG" + b"0" * (10 * 1024 * 1024))),
    Case("11.3-11", "side of 99", "12019116", upload(picture(99, 200), "DESCRIPTION_IMAGE")),
    Case("11.3-11", "side of 100", "0", upload(picture(100, 200), "DESCRIPTION_IMAGE")),
    Case("11.3-11", "side of 20,001", "12019116", upload(png_header(20_001, 300), "DESCRIPTION_IMAGE")),
    Case("11.3-11", "main image of 299", "12038014", upload(picture(299, 300))),
    Case("11.3-11", "main image of 300", "0", upload(picture(300, 300))),
    Case("11.3-11", "main image of 4,001", "12038014", upload(png_header(4001, 4000))),
    Case("11.3-12", "aspect of 9:4 is converted", "0", upload(picture(900, 400))),
    Case("11.3-13", "size chart of 1,023", "12038014", upload(picture(1023, 2000), "SIZE_CHART_IMAGE")),
    Case("11.3-13", "size chart of 1,024", "0", upload(picture(1024, 1024), "SIZE_CHART_IMAGE")),
    Case("4.6", "unknown use", "11050001", upload(picture(), "BANNER")),
    Case("11.3-17", "PDF", "0", file(b"%PDF-1.7 x", "report.pdf")),
    Case("11.3-17", "video", "0", file(b"\0\0\0\x18ftypmp42", "film.mp4")),
    Case("11.3-17", "empty file", "12019103", file(b"", "report.pdf")),
    Case("11.3-17", "no name", "12019104", file(b"%PDF-1.7", "")),
    Case("11.3-17", "two dots", "12019104", file(b"%PDF-1.7", "a.b.pdf")),
    Case("11.3-17", "not a PDF", "12019105", file(b"hello", "report.pdf")),
    Case("11.3-17", "other type", "12019105", file(b"hello", "report.doc")),
)


@pytest.mark.parametrize("case", (*CREATED, *READ, *UPLOADED), ids=str)
def test_refused(case: Case, http: FlaskClient, shared: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    prove(case, World(http, shared, monkeypatch))
