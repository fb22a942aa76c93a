"""What BigCommerce refuses: one change to a sound request, exactly this status, in the documented form of an error
(reference 1, 3, 4, 7, 8 and 10)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from sandbox.bigcommerce import parts
from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST, SECOND
from tests.sandbox.bigcommerce.conftest import Api, exchange, installed

PRODUCTS, VARIANTS = "/v3/catalog/products", "/v3/catalog/variants"
ABSOLUTE, RELATIVE = "/v3/inventory/adjustments/absolute", "/v3/inventory/adjustments/relative"
SOUND = {"name": "Another", "type": "physical", "weight": 1, "price": 1}
HOOK = {"scope": "store/product/updated", "destination": "https://shop.example/hook"}
OWNER = 7351
Act = Callable[[Api], TestResponse]


@dataclass(frozen=True)
class Case:
    """`fields` are the keys of `errors` that must be named; `row` is a row of ROWS."""

    row: str
    name: str
    status: int
    act: Act
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.row} {self.name}".replace(" ", "-")


def platform_of(api: Api) -> BigCommerce:
    found: BigCommerce = api.app.extensions["bigcommerce"]
    return found


# Installing: a code for a token


def exchanged(**changes: Any) -> Act:
    def act(api: Api) -> TestResponse:
        platform = platform_of(api)
        body = exchange(platform, FIRST, platform.issue_code(FIRST, OWNER))
        return api.app.test_client().post("/oauth2/token", json={**body, **changes})

    return act


def code_used_twice(api: Api) -> TestResponse:
    platform = platform_of(api)
    body = exchange(platform, FIRST, platform.issue_code(FIRST, OWNER))
    assert api.app.test_client().post("/oauth2/token", json=body).status_code == 200
    return api.app.test_client().post("/oauth2/token", json=body)


def code_too_old(api: Api) -> TestResponse:
    platform = platform_of(api)
    body = exchange(platform, FIRST, platform.issue_code(FIRST, OWNER))
    platform.box.clock.advance(601)
    return api.app.test_client().post("/oauth2/token", json=body)


INSTALLING = (
    Case("1.2-1", "code used twice", 400, code_used_twice),
    Case("1.2-1", "code too old", 400, code_too_old),
    Case("1.2-1", "unknown code", 400, exchanged(code="x")),
    Case("1.2-1", "no code", 400, exchanged(code=None)),
    Case("1.2-2", "wrong secret", 401, exchanged(client_secret="wrong")),
    Case("1.2-2", "wrong client", 401, exchanged(client_id="wrong")),
    Case("1.2-3", "other redirect_uri", 400, exchanged(redirect_uri="http://127.0.0.1:9/other")),
    Case("1.2-3", "other store", 400, exchanged(context=f"stores/{SECOND}")),
    Case("1.2-3", "other scope", 400, exchanged(scope="default")),
    Case("1.2-3", "other grant_type", 400, exchanged(grant_type="password")),
)

# The gate: token, scope, quota, media types, addresses


def replaced(api: Api) -> TestResponse:
    installed(api.app, FIRST)
    return api.get("/v3/hooks")


def uninstalled(api: Api) -> TestResponse:
    platform_of(api).uninstall(FIRST)
    return api.get("/v3/hooks")


def scoped(granted: str, method: str, path: str) -> Act:
    def act(api: Api) -> TestResponse:
        tokens = platform_of(api).tokens
        tokens[api.token] = {**tokens[api.token], "scope": granted}
        return api.call(method, path, json=[] if method == "PUT" else None)

    return act


def used_up(api: Api) -> TestResponse:
    store = platform_of(api).stores[FIRST]
    platform_of(api).quota.burden(FIRST, store["quota"], store["quota"])
    answer = api.get("/v2/store")
    assert answer.headers["X-Rate-Limit-Requests-Left"] == "0"
    assert 0 < int(answer.headers["X-Rate-Limit-Time-Reset-Ms"]) <= 30_000
    assert 0 < int(answer.headers["X-Retry-After"]) <= 30
    return answer


def failing(kind: str, **more: Any) -> Act:
    def act(api: Api) -> TestResponse:
        rule = {"platform": "bigcommerce", "match": "GET *", "kind": kind, **more}
        assert api.app.test_client().post("/control/api/faults", json=rule).status_code == 200
        answer = api.get("/v3/hooks")
        assert answer.status_code != 429 or "X-Rate-Limit-Time-Reset-Ms" not in answer.headers
        return answer

    return act


def get(path: str, **headers: str) -> Act:
    return lambda api: api.get(path, headers=headers)


def raw(body: bytes, content_type: str) -> Act:
    return lambda api: api.call("POST", PRODUCTS, data=body, content_type=content_type)


def not_allowed(method: str, path: str) -> Act:
    def act(api: Api) -> TestResponse:
        answer = api.call(method, path)
        assert "GET" in answer.headers["Allow"]
        return answer

    return act


GATE = (
    Case("8.2-1", "no token", 401, get("/v3/hooks", **{"X-Auth-Token": ""})),
    Case("8.2-1", "wrong token", 401, get("/v3/hooks", **{"X-Auth-Token": "x"})),
    Case("8.2-1", "token of another store", 401, lambda api: Api(api.app, SECOND, api.token).get("/v3/hooks")),
    Case("8.2-1", "unknown store", 401, lambda api: Api(api.app, "nothere", api.token).get("/v3/hooks")),
    Case("8.2-1", "wrong token of V2", 401, get("/v2/store", **{"X-Auth-Token": "x"})),
    Case("8.2-1", "token replaced by a newer one", 401, replaced),
    Case("8.2-1", "token after uninstalling", 401, uninstalled),
    Case("8.2-2", "products without a scope", 403, scoped("default", "GET", PRODUCTS)),
    Case("8.2-2", "brands without a scope", 403, scoped("default", "GET", "/v3/catalog/brands")),
    Case("8.2-2", "categories without a scope", 403, scoped("default", "GET", "/v3/catalog/trees/categories")),
    Case("8.2-2", "writing with a read-only scope", 403, scoped("store_v2_products_read_only", "PUT", PRODUCTS)),
    Case("8.2-2", "stock without a scope", 403, scoped("store_v2_products", "GET", "/v3/inventory/items")),
    Case("8.2-2", "locations without a scope", 403, scoped("store_inventory", "GET", "/v3/inventory/locations")),
    Case("8.2-2", "adjusting with a read-only scope", 403, scoped("store_inventory_read_only", "PUT", ABSOLUTE)),
    Case("8.2-2", "the store without a scope", 403, scoped("default", "GET", "/v2/store")),
    Case("8.1-1", "quota used up", 429, used_up),
    Case("8.1-2", "store overloaded", 429, failing("throttle")),
    Case("8.2-9", "internal error", 500, failing("error_before", amount=500)),
    Case("8.2-9", "unavailable", 503, failing("error_before", amount=503)),
    Case("8.2-3", "unknown address", 404, get("/v3/nothing")),
    Case("8.2-3", "unknown product", 404, get(f"{PRODUCTS}/999999")),
    Case("8.2-3", "images of an unknown product", 404, get(f"{PRODUCTS}/999999/images")),
    Case("8.2-3", "unknown brand", 404, get("/v3/catalog/brands/999999")),
    Case("8.2-3", "unknown tree", 404, get("/v3/catalog/trees/9/categories")),
    Case("8.2-3", "unknown location", 404, get("/v3/inventory/locations/99/items")),
    Case("8.2-3", "unknown hook", 404, get("/v3/hooks/999999")),
    Case("8.2-3", "unknown hook deleted", 404, lambda api: api.call("DELETE", "/v3/hooks/999999")),
    Case("8.2-4", "PATCH of products", 405, not_allowed("PATCH", PRODUCTS)),
    Case("8.2-4", "POST of the hooks' id", 405, not_allowed("POST", "/v3/hooks/1")),
    Case("8.2-5", "XML asked for", 406, get(PRODUCTS, Accept="application/xml")),
    Case("8.2-6", "XML sent", 415, raw(b"<product/>", "application/xml")),
    Case("8.2-6", "form sent", 415, raw(b"name=x", "application/x-www-form-urlencoded")),
    Case("8.2-7", "no JSON", 400, raw(b"{", "application/json")),
    Case("8.2-7", "a list for an object", 400, raw(b"[]", "application/json")),
    Case("8.2-7", "an object for a list", 400, lambda api: api.put(PRODUCTS, {})),
    Case("8.2-7", "numbers for products", 400, lambda api: api.put(PRODUCTS, [1])),
)

# Reading the catalog and the stock


def unreadable(*paths: str) -> tuple[Case, ...]:
    return tuple(
        Case(
            "3.1-1" if path.partition("?")[2].startswith(("page", "limit")) else "3.1-2",
            path.removeprefix("/v3/"),
            422,
            get(path),
            (path.partition("?")[2].partition("=")[0],),
        )
        for path in paths
    )


READING = unreadable(
    *(
        f"{path}?{query}"
        for path, most in (
            (PRODUCTS, 250),
            ("/v3/catalog/brands", 250),
            ("/v3/catalog/trees/categories", 250),
            (VARIANTS, 250),
            ("/v3/inventory/items", 1000),
            ("/v3/inventory/locations", 1000),
            ("/v3/hooks", 250),
        )
        for query in (f"limit={most + 1}", "limit=0", "limit=-1", "limit=x", "page=0", "page=x")
    ),
    f"{PRODUCTS}?include=bogus",
    f"{PRODUCTS}?include=variants,bogus",
    f"{PRODUCTS}?sort=colour",
    f"{PRODUCTS}?id:in=a",
    f"{PRODUCTS}?id:greater=a",
    f"{PRODUCTS}?date_modified:min=soon",
    f"{PRODUCTS}?is_visible=maybe",
    "/v3/catalog/brands?id:in=a",
    "/v3/catalog/trees/categories?category_id:in=a",
    "/v3/inventory/items?location_id:in=a",
    "/v3/inventory/items?variant_id:in=a",
    "/v3/inventory/items?product_id:in=a",
)

# Writing products


def taken(**fields: Any) -> Act:
    """A product beside one with the name Harbor Test, the SKU HAR-1 and the variant SKU HAR-S."""

    def act(api: Api) -> TestResponse:
        api.new("Harbor Test", sku="HAR-1", variants=[sized("HAR-S")])
        return api.post(PRODUCTS, {**SOUND, **fields})

    return act


def new(**fields: Any) -> Act:
    return lambda api: api.post(PRODUCTS, {**SOUND, **fields})


def lacking(name: str) -> Act:
    return lambda api: api.post(PRODUCTS, {key: value for key, value in SOUND.items() if key != name})


def sized(sku: str, label: object = "S") -> dict[str, Any]:
    return {"sku": sku, "option_values": [{"option_display_name": "Size", "label": label}]}


def to_variants(*rows: dict[str, Any]) -> Act:
    """POST these variants to a new product, one after the other; the answer to the last."""

    def act(api: Api) -> TestResponse:
        product = api.new("Shirt", sku="SH")
        api.new("Taken", sku="TAKEN-1")
        answers = [api.post(f"{PRODUCTS}/{product['id']}/variants", row) for row in rows]
        assert all(answer.status_code == 200 for answer in answers[:-1])
        return answers[-1]

    return act


def child(path: str, *bodies: Any, **fields: Any) -> Act:
    """POST to a sub-resource of a new product; the answer to the last body."""

    def act(api: Api) -> TestResponse:
        product = api.new("Parent", **fields)
        answers = [api.post(f"{PRODUCTS}/{product['id']}/{path}", body) for body in bodies]
        assert all(answer.status_code == 200 for answer in answers[:-1])
        return answers[-1]

    return act


def picture(name: str, content: bytes) -> Act:
    def act(api: Api) -> TestResponse:
        product = api.new("Pictured")
        files = {"image_file": (io.BytesIO(content), name)}
        return api.call("POST", f"{PRODUCTS}/{product['id']}/images", data=files, content_type="multipart/form-data")

    return act


def full(name: str, act: Act) -> Act:
    """With a limit of one, so that the second is too many."""

    def limited(api: Api) -> TestResponse:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(parts, name, 1)
            return act(api)

    return limited


def changed(**fields: Any) -> Act:
    """A refused PUT leaves the product as it was."""

    def act(api: Api) -> TestResponse:
        api.new("Harbor Test", sku="HAR-1")
        product = api.new("Mine", sku="MINE-1")
        before = api.get(f"{PRODUCTS}/{product['id']}?include=images,custom_fields").get_json()["data"]
        answer = api.put(f"{PRODUCTS}/{product['id']}", fields)
        assert api.get(f"{PRODUCTS}/{product['id']}?include=images,custom_fields").get_json()["data"] == before
        return answer

    return act


def partly(api: Api) -> TestResponse:
    one, two = api.new("One"), api.new("Two")
    answer = api.put(PRODUCTS, [{"id": one["id"], "price": 5}, {"id": two["id"], "name": "one"}])
    assert [row["price"] for row in answer.get_json()["data"]] == [5]
    return answer


def batch_of_variants(api: Api) -> TestResponse:
    one = api.new("One")
    answer = api.put(VARIANTS, [{"id": one["base_variant_id"], "price": 4}, {"id": 1}, {"id": "x"}])
    assert [row["status"] for row in answer.get_json()["batch_errors"]] == [404, 422]
    return answer


def last_variant(api: Api) -> TestResponse:
    product = api.new("Shirt", variants=[sized("SH-S")])
    return api.call("DELETE", f"{PRODUCTS}/{product['id']}/variants/{product['variants'][0]['id']}")


def foreign_variant(api: Api) -> TestResponse:
    one, two = api.new("One"), api.new("Two")
    return api.get(f"{PRODUCTS}/{one['id']}/variants/{two['base_variant_id']}")


WRONG_FIELDS: dict[str, tuple[Any, ...]] = {
    "name": ("", "x" * 251, 5, None),
    "type": ("service", None),
    "sku": ("x" * 256, 5),
    "weight": (-1, "1", None, True),
    "price": (-0.01, "9.99"),
    "inventory_level": (-1, 1.5, 2_147_483_648),
    "inventory_tracking": ("sku",),
    "condition": ("used",),
    "availability": ("sold out",),
    "gtin": ("1" * 15, None),
    "upc": ("1" * 15,),
    "categories": (5, ["5"], [1] * 1001),
    "is_visible": ("yes", 1),
    "order_quantity_maximum": (10**9 + 1,),
    "page_title": ("x" * 256,),
    "variants": ("x", [1], [sized(f"V{n}", f"L{n}") for n in range(601)]),
    "images": ("x", [1]),
    "custom_fields": ("x", [1]),
    "modifiers": ("x", [1]),
}

WRITING = (
    Case("3.2-1", "name in other letters", 409, taken(name="HARBOR test"), ("name",)),
    Case("3.2-1", "SKU in other letters", 409, taken(sku="har-1"), ("sku",)),
    Case("3.2-1", "SKU of a variant", 409, taken(sku="HAR-S"), ("sku",)),
    Case("3.2-1", "variant with a product's SKU", 409, taken(variants=[sized("har-1")]), ("sku",)),
    Case("3.2-1", "same SKU on two variants", 409, taken(variants=[sized("V"), sized("v", "M")]), ("sku",)),
    Case("3.2-1", "unknown category", 409, taken(categories=[99999]), ("categories",)),
    Case("3.2-1", "unknown brand", 409, taken(brand_id=9999), ("brand_id",)),
    Case("3.2-1", "renamed to a taken name", 409, changed(name="harbor test", price=99), ("name",)),
    Case("3.2-1", "given a taken SKU", 409, changed(sku="HAR-1", price=99), ("sku",)),
    *(Case("3.2-2", f"no {name}", 422, lacking(name), (name,)) for name in SOUND),
    *(
        Case("3.2-2", f"{name} wrong {place}", 422, new(**{name: value}), (name,))
        for name, values in WRONG_FIELDS.items()
        for place, value in enumerate(values, 1)
    ),
    Case("3.2-2", "change of a wrong field", 422, changed(weight=-1, price=99), ("weight",)),
    Case("3.2-2", "change with a wrong image", 422, changed(price=99, images=[{}]), ("image_url",)),
    Case(
        "3.2-2", "change with a wrong custom field", 422, changed(price=99, custom_fields=[{"name": "x"}]), ("value",)
    ),
    Case("3.2-3", "batch of 11 products", 413, lambda api: api.put(PRODUCTS, [{"id": 1}] * 11)),
    Case("3.2-2", "batch without an id", 422, lambda api: api.put(PRODUCTS, [{"price": 1}]), ("id",)),
    Case("3.2-2", "batch with a text for an id", 422, lambda api: api.put(PRODUCTS, [{"id": "1"}]), ("id",)),
    Case("3.2-4", "one of two failed", 207, partly),
    Case("3.2-5", "deletion without a filter", 422, lambda api: api.call("DELETE", PRODUCTS)),
    Case("3.3-1", "batch of 51 variants", 413, lambda api: api.put(VARIANTS, [{"id": 1}] * 51)),
    Case("3.3-2", "some variants of a batch failed", 422, batch_of_variants),
    Case("3.3-3", "no SKU", 422, to_variants({"option_values": sized("x")["option_values"]}), ("sku",)),
    Case("3.3-3", "no option values", 422, to_variants({"sku": "SH-S"}), ("option_values",)),
    Case("3.3-3", "option values a text", 422, to_variants({"sku": "SH-S", "option_values": "S"}), ("option_values",)),
    Case("3.3-3", "label a number", 422, to_variants(sized("SH-S", 5)), ("label",)),
    Case("3.3-3", "wrong price", 422, to_variants({**sized("SH-S"), "price": "9.99"}), ("price",)),
    Case("3.3-4", "taken SKU", 409, to_variants(sized("taken-1")), ("sku",)),
    Case("3.3-4", "same option values", 409, to_variants(sized("A"), sized("B")), ("option_values",)),
    Case("3.3-5", "variant of another product", 404, foreign_variant),
    Case("3.3-5", "last variant deleted", 409, last_variant),
    Case("3.4-1", "option of no type", 422, child("options", {"display_name": "Size"}), ("type",)),
    Case("3.4-1", "unknown type", 422, child("options", {"display_name": "Size", "type": "wheel"}), ("type",)),
    Case("3.4-1", "no name", 422, child("options", {"type": "swatch"}), ("display_name",)),
    Case(
        "3.4-1",
        "name taken",
        409,
        child("options", *[{"display_name": name, "type": "swatch"} for name in ("Size", "size")]),
        ("display_name",),
    ),
    Case("3.4-2", "more values than an option has", 507, full("VALUES", to_variants(sized("A"), sized("B", "M")))),
    Case("3.5-1", "image of nothing", 422, child("images", {}), ("image_url",)),
    Case("3.5-1", "image address of 256", 422, child("images", {"image_url": "x" * 256}), ("image_url",)),
    Case("3.5-1", "image address a number", 422, child("images", {"image_url": 5}), ("image_url",)),
    Case("3.5-1", "sort order a text", 422, child("images", {"image_url": "x", "sort_order": "1"}), ("sort_order",)),
    Case("3.5-1", "image of another type", 422, picture("a.tiff", b"II*\0"), ("image_file",)),
    Case("3.5-2", "image over 8 MB", 413, picture("a.png", b"0" * (8 * 1024 * 1024 + 1))),
    Case("3.5-3", "more images than a product has", 507, full("IMAGES", child("images", *[{"image_url": "x"}] * 2))),
    Case("3.5-4", "custom field without a value", 422, child("custom-fields", {"name": "x"}), ("value",)),
    Case("3.5-4", "custom field empty", 422, child("custom-fields", {"name": "x", "value": ""}), ("value",)),
    Case("3.5-4", "value of 251", 422, child("custom-fields", {"name": "x", "value": "x" * 251}), ("value",)),
    Case("3.5-4", "same pair again", 422, child("custom-fields", *[{"name": "x", "value": "y"}] * 2), ("name",)),
    Case(
        "3.5-3",
        "more custom fields than a product has",
        507,
        full("CUSTOM_FIELDS", child("custom-fields", *[{"name": "x", "value": value} for value in "ab"])),
    ),
    Case(
        "3.7-1",
        "brand taken",
        409,
        lambda api: [api.post("/v3/catalog/brands", {"name": name}) for name in ("Own", "own")][1],
        ("name",),
    ),
    Case("3.7-1", "brand of no name", 422, lambda api: api.post("/v3/catalog/brands", {}), ("name",)),
    Case(
        "3.7-2",
        "category name of 51",
        422,
        lambda api: api.post("/v3/catalog/trees/categories", [{"name": "x" * 51}]),
        ("name",),
    ),
    Case(
        "3.7-2",
        "unknown parent",
        422,
        lambda api: api.post("/v3/catalog/trees/categories", [{"name": "x", "parent_id": 99999}]),
        ("parent_id",),
    ),
    Case(
        "3.7-2",
        "category taken beside its sisters",
        409,
        lambda api: api.post("/v3/catalog/trees/categories", [{"name": "x"}, {"name": "X"}]),
        ("name",),
    ),
    Case("3.7-2", "deletion without a filter", 422, lambda api: api.call("DELETE", "/v3/catalog/trees/categories")),
)

# Stock


def shirt(api: Api, tracking: str = "variant") -> dict[str, Any]:
    rows = [sized("SH-S"), sized("SH-M", "M")]
    return api.new("Shirt", sku="SH", inventory_tracking=tracking, variants=rows)


def adjust(*rows: Any, path: str = ABSOLUTE, tracking: str = "variant", first: int | None = None) -> Act:
    """Adjust a shirt of two sizes; `first` sets the stock of both before. What is refused changes nothing."""

    def act(api: Api) -> TestResponse:
        product = shirt(api, tracking)
        if first is not None:
            known = [{"location_id": 1, "sku": sku, "quantity": first} for sku in ("SH-S", "SH-M")]
            assert api.put(ABSOLUTE, {"items": known}).status_code == 200
        before = api.get(f"/v3/inventory/items?product_id:in={product['id']}").get_json()["data"]
        made = [row(product) if callable(row) else row for row in rows]
        answer = api.call("PUT" if path == ABSOLUTE else "POST", path, json={"items": made})
        assert api.get(f"/v3/inventory/items?product_id:in={product['id']}").get_json()["data"] == before
        assert answer.mimetype == "application/problem+json"
        return answer

    return act


def item(**changes: Any) -> dict[str, Any]:
    row = {"location_id": 1, "sku": "SH-S", "quantity": 1, **changes}
    return {name: value for name, value in row.items() if value is not None}


def whole(product: dict[str, Any]) -> dict[str, Any]:
    return item(sku=None, product_id=product["id"])


STOCK = (
    Case("4.1-1", "no items", 422, adjust()),
    Case("4.1-1", "items no objects", 422, adjust(1)),
    Case("4.1-1", "2,001 entries", 422, adjust(*[item()] * 2001)),
    Case("4.1-2", "unknown location", 422, adjust(item(location_id=99))),
    Case("4.1-2", "no location", 422, adjust(item(location_id=None))),
    Case("4.1-2", "unknown item", 422, adjust(item(sku="NONE"))),
    Case("4.1-2", "no quantity", 422, adjust(item(quantity=None))),
    Case("4.1-2", "quantity a text", 422, adjust(item(quantity="1"))),
    Case("4.1-2", "quantity below zero", 422, adjust(item(quantity=-1))),
    Case("4.1-2", "quantity too large", 422, adjust(item(quantity=2_147_483_648))),
    Case("4.1-2", "no identity", 422, adjust(item(sku=None))),
    Case("4.1-2", "two identities", 422, adjust(item(variant_id=5))),
    Case("4.1-2", "identity of the wrong type", 422, adjust(item(sku=None, variant_id=[1]))),
    Case("4.1-3", "SKU where the product is tracked", 422, adjust(item(), tracking="product")),
    Case("4.1-3", "product where variants are tracked", 422, adjust(whole)),
    Case("4.1-4", "relative before absolute", 422, adjust(item(), path=RELATIVE)),
    Case("4.1-5", "one of two below zero", 422, adjust(item(), item(sku="SH-M", quantity=-9), path=RELATIVE, first=4)),
    Case("4.1-5", "together below zero", 422, adjust(*[item(quantity=-2)] * 3, path=RELATIVE, first=4)),
)

# Webhooks


def hook(**changes: Any) -> Act:
    body = {name: value for name, value in {**HOOK, **changes}.items() if value is not None}
    return lambda api: api.post("/v3/hooks", body)


def hook_twice(api: Api) -> TestResponse:
    assert api.post("/v3/hooks", HOOK).status_code == 200
    return api.post("/v3/hooks", HOOK)


def eleventh_hook(api: Api) -> TestResponse:
    for number in range(10):
        assert api.post("/v3/hooks", {**HOOK, "destination": f"https://shop.example/{number}"}).status_code == 200
    return api.post("/v3/hooks", HOOK)


def hook_of_another_store(api: Api) -> TestResponse:
    number = installed(api.app, SECOND).post("/v3/hooks", HOOK).get_json()["data"]["id"]
    return api.call("DELETE", f"/v3/hooks/{number}")


HOOKS = (
    Case("7.1-1", "not HTTPS", 422, hook(destination="http://shop.example/hook"), ("destination",)),
    Case("7.1-1", "other port", 422, hook(destination="https://shop.example:8443/hook"), ("destination",)),
    Case("7.1-1", "no such port", 422, hook(destination="https://shop.example:99999/hook"), ("destination",)),
    Case("7.1-1", "no URL", 422, hook(destination="https://["), ("destination",)),
    Case("7.1-1", "no host", 422, hook(destination="/hook"), ("destination",)),
    Case("7.1-2", "no destination", 422, hook(destination=None), ("destination",)),
    Case("7.1-2", "no scope", 422, hook(scope=None), ("scope",)),
    Case("7.1-2", "scope empty", 422, hook(scope=""), ("scope",)),
    Case("7.1-2", "is_active a text", 422, hook(is_active="true"), ("is_active",)),
    Case("7.1-2", "headers a list", 422, hook(headers=["x"]), ("headers",)),
    Case("7.1-2", "header a number", 422, hook(headers={"X-Secret": 5}), ("headers",)),
    Case("7.1-3", "same hook again", 422, hook_twice, ("destination",)),
    Case("7.1-3", "eleventh of a scope", 422, eleventh_hook, ("scope",)),
    Case("7.1-4", "hook of another store", 404, hook_of_another_store),
)

TABLES = (*INSTALLING, *GATE, *READING, *WRITING, *STOCK, *HOOKS)

# Row -> (what is refused, statuses).
ROWS: dict[str, tuple[str, set[int]]] = {
    "1.2-1": ("code used, expired or unknown", {400}),
    "1.2-2": ("client id or secret wrong", {401}),
    "1.2-3": ("redirect URI, context, scope or grant type are not the code's", {400}),
    "3.1-1": ("page or limit out of range; a limit above the maximum is not settled: 422 here", {422}),
    "3.1-2": ("filter, sort or include that cannot be read", {422}),
    "3.2-1": ("duplicate name or SKU without regard to case; unknown category or brand", {409}),
    "3.2-2": ("invalid or missing field, by name", {422}),
    "3.2-3": ("batch of more than 10 products", {413}),
    "3.2-4": ("batch of which a part failed", {207}),
    "3.2-5": ("deleting without a filter", {422}),
    "3.2-6": ("duplicate URL, unknown tax class, bulk price rules", {409}),
    "3.2-7": ("limits of the plan: brands, categories, depth", {403, 507}),
    "3.3-1": ("batch of more than 50 variants", {413}),
    "3.3-2": ("batch of which a part failed: batch_errors", {422}),
    "3.3-3": ("variant without SKU or option values", {422}),
    "3.3-4": ("duplicate SKU or combination", {409}),
    "3.3-5": ("variant of another product; the last one", {404, 409}),
    "3.4-1": ("option without name or type; name taken", {422, 409}),
    "3.4-2": ("more than 250 values", {507}),
    "3.5-1": ("image without a source, of another type", {422}),
    "3.5-2": ("image of more than 8 MB", {413}),
    "3.5-3": ("more than 1,000 images or 200 custom fields", {507}),
    "3.5-4": ("custom field empty, too long, twice", {422}),
    "3.6-1": ("metafields", {409, 422}),
    "3.7-1": ("brand without a name, or taken", {409, 422}),
    "3.7-2": ("category name too long, taken, unknown parent", {409, 422}),
    "4.1-1": ("no entries, more than 2,000", {422}),
    "4.1-2": ("location, quantity or identity wrong", {422}),
    "4.1-3": ("identity does not fit what is tracked", {422}),
    "4.1-4": ("relative before absolute", {422}),
    "4.1-5": ("below the safety stock: nothing changes", {422}),
    "7.1-1": ("destination not HTTPS on port 443", {422}),
    "7.1-2": ("scope, destination or headers wrong", {422}),
    "7.1-3": ("same hook again; more than 10 of a scope", {422}),
    "7.1-4": ("hook of somebody else", {404}),
    "8.1-1": ("quota used up, with the headers", {429}),
    "8.1-2": ("store overloaded, without the headers", {429}),
    "8.2-1": ("token missing, wrong or revoked", {401}),
    "8.2-2": ("scope missing", {403}),
    "8.2-3": ("unknown address or object", {404}),
    "8.2-4": ("wrong method", {405}),
    "8.2-5": ("media type asked for", {406}),
    "8.2-6": ("media type sent", {415}),
    "8.2-7": ("malformed body", {400}),
    "8.2-8": ("channels", {400, 409, 422}),
    "8.2-9": ("server errors", {500, 503}),
}

NOT_IN_USE = {
    "3.2-6": "nothing here writes product addresses, tax classes or bulk prices",
    "3.2-7": "a sandbox has no plan",
    "3.6-1": "no client uses metafields",
    "8.2-8": "the sandbox has no channels of its own",
}


@pytest.mark.parametrize("case", TABLES, ids=str)
def test_refused(api: Api, case: Case) -> None:
    answer = case.act(api)
    assert answer.status_code == case.status, answer.get_data()
    told = answer.get_json()
    if case.row.startswith("1.2"):
        assert told["error"] and told["error_description"]
    elif isinstance(told, list):
        assert told[0]["status"] == case.status and told[0]["message"]
    elif "batch_errors" in told:
        assert all({"status", "title", "type", "errors"} <= set(row) for row in told["batch_errors"])
    else:
        told = told["errors"] if case.status == 207 else told
        assert told["status"] == case.status and told["title"] and told["type"]
        assert isinstance(told["errors"], dict)
        assert set(case.fields) <= set(told["errors"])


def test_every_row_is_proved_or_not_in_use() -> None:
    proved: dict[str, set[int]] = {}
    for case in TABLES:
        proved.setdefault(case.row, set()).add(case.status)
    assert proved.keys() | NOT_IN_USE.keys() == ROWS.keys()
    assert not proved.keys() & NOT_IN_USE.keys()
    for row, statuses in proved.items():
        assert statuses == ROWS[row][1], row


def test_no_case_is_there_twice() -> None:
    names = [str(case) for case in TABLES]
    assert len(names) == len(set(names))
