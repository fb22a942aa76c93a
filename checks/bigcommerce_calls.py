"""Everything the sandbox's BigCommerce half offers, called once or more as a careful app would."""

import itertools
from collections.abc import Callable
from typing import Any

from clients.bigcommerce.api import BigCommerce

Document = dict[str, Any]
Call = Callable[..., Any]
"""call(method, path, body=None, expect=200, wrong="") -> the answer's JSON or None; the path begins after the store's
hash. `wrong` names the place that the description, too, must find at fault."""

INCLUDE = "variants,images,custom_fields,bulk_pricing_rules,primary_image,modifiers,options,videos,parent_relations"


def product_client(client: BigCommerce) -> None:
    """Every method of the product's own client."""
    client.store()
    page = client.products(limit=5)
    client.products(id_min=page.items[1].id, id_max=page.items[3].id, after_id=page.items[0].id, limit=3)
    client.products(modified_min=page.items[0].date_modified, limit=2)
    client.product(page.items[0].id)
    client.product(99999999)
    client.products_total()
    client.max_product_id()
    for walk in (client.brands, client.categories):
        list(itertools.islice(walk(), 5))
    client.locations()
    client.inventory([page.items[0].variants[0].id])
    client.inventory([variant.id for product in page.items for variant in product.variants][:6])
    hook = client.create_hook("store/product/updated", "https://app.example/hooks", {"X-Own": "secret"})
    client.hooks()
    client.delete_hook(hook.id)
    client.delete_hook(hook.id)


def products(call: Call) -> None:
    rows = call("GET", f"/v3/catalog/products?limit=3&include={INCLUDE}")["data"]
    ids = ",".join(str(row["id"]) for row in rows)
    call("GET", f"/v3/catalog/products?id:in={ids}&sort=name&direction=desc&limit=2&page=1")
    call(
        "GET", "/v3/catalog/products?id:min=1&is_visible=true&availability=available&limit=2&exclude_fields=description"
    )
    call("GET", "/v3/catalog/products?keyword=a&include_fields=name,sku&limit=2")
    call("GET", f"/v3/catalog/products/{rows[0]['id']}?include={INCLUDE}")
    call("GET", "/v3/catalog/summary")
    call("GET", "/v3/catalog/products/99999999", expect=404)
    new = call("POST", "/v3/catalog/products", {
        "name": "Conformance mug", "type": "physical", "sku": "CONF-MUG", "weight": 0.4, "price": 12.5,
        "description": "<p>Mug</p>", "condition": "New", "brand_name": "Conformance brand",
        "upc": "036000291452", "mpn": "M-1", "gtin": "00036000291452", "inventory_tracking": "product",
        "inventory_level": 4,
        "custom_fields": [{"name": "Material", "value": "Clay"}],
        "images": [{"image_url": "https://pictures.example/mug.jpg", "is_thumbnail": True, "description": "Front"}],
    })["data"]  # fmt: skip
    number = new["id"]
    sound = {"name": "Conformance", "type": "physical", "weight": 1, "price": 1}
    call("POST", "/v3/catalog/products", {**sound, "name": "Conformance mug"}, expect=409)
    for name, value in {"name": "", "condition": "new", "type": "wooden", "gtin": "123456789012345"}.items():
        call("POST", "/v3/catalog/products", {**sound, name: value}, expect=422, wrong=f"request/body/{name}")
    call("GET", "/v3/catalog/products?limit=251", expect=422, wrong="request/query/limit")
    call("GET", "/v3/catalog/products?include=bogus", expect=422, wrong="request/query/include/#")
    call("PUT", f"/v3/catalog/products/{number}", {"price": 13, "is_visible": False, "categories": []})
    call("PUT", "/v3/catalog/products", [{"id": number, "weight": 2}])
    parts_of_a_product(call, number)
    variants(call)
    call("DELETE", f"/v3/catalog/products/{number}", expect=204)
    other = call(
        "POST", "/v3/catalog/products", {"name": "Conformance two", "type": "digital", "weight": 0, "price": 1}
    )["data"]
    call("DELETE", f"/v3/catalog/products?id:in={other['id']}", expect=204)


def parts_of_a_product(call: Call, number: int) -> None:
    base = f"/v3/catalog/products/{number}"
    image = call("POST", f"{base}/images", {"image_url": "https://pictures.example/side.png", "sort_order": 1})["data"]
    call("GET", f"{base}/images")
    call("GET", f"{base}/images/{image['id']}")
    call("PUT", f"{base}/images/{image['id']}", {"is_thumbnail": True, "description": "Side"})
    call("DELETE", f"{base}/images/{image['id']}", expect=204)
    field = call("POST", f"{base}/custom-fields", {"name": "Colour", "value": "Blue"})["data"]
    call("GET", f"{base}/custom-fields")
    call("PUT", f"{base}/custom-fields/{field['id']}", {"name": "Colour", "value": "Green"})
    call("DELETE", f"{base}/custom-fields/{field['id']}", expect=204)
    modifier = call("POST", f"{base}/modifiers", {"display_name": "Gift note", "type": "text", "required": False})[
        "data"
    ]
    choice = {
        "display_name": "Wrap",
        "type": "radio_buttons",
        "required": False,
        "sort_order": 1,
        "option_values": [{"label": "Paper", "sort_order": 0}, {"label": "Cloth", "sort_order": 1}],
    }
    call("POST", f"{base}/modifiers", choice)
    call("GET", f"{base}/modifiers")
    call("GET", f"{base}/modifiers/{modifier['id']}")
    call("DELETE", f"{base}/modifiers/{modifier['id']}", expect=204)


def variants(call: Call) -> None:
    number = call("POST", "/v3/catalog/products", {
        "name": "Conformance shirt", "type": "physical", "weight": 0.2, "price": 20, "inventory_tracking": "variant",
    })["data"]["id"]  # fmt: skip
    base = f"/v3/catalog/products/{number}"
    option = call("POST", f"{base}/options", {
        "product_id": number, "display_name": "Size", "type": "dropdown", "sort_order": 0,
        "option_values": [{"label": "S", "sort_order": 0}, {"label": "M", "sort_order": 1}],
    })["data"]  # fmt: skip
    call("GET", f"{base}/options")
    call("GET", f"{base}/options/{option['id']}")
    made = [
        call("POST", f"{base}/variants", {
            "sku": f"CONF-SHIRT-{value['label']}", "price": 21, "inventory_level": 2,
            "option_values": [{"option_id": option["id"], "id": value["id"]}],
        })["data"] for value in option["option_values"]
    ]  # fmt: skip
    call("GET", f"{base}/variants?limit=5")
    call("GET", f"{base}/variants/{made[0]['id']}")
    call("PUT", f"{base}/variants/{made[0]['id']}", {"price": 22.5, "upc": "012345678905"})
    call("PUT", "/v3/catalog/variants", [{"id": row["id"], "price": 19} for row in made])
    call("PUT", "/v3/catalog/variants", [{"id": 99999999, "price": 19}], expect=422)
    call("GET", "/v3/catalog/variants?limit=3")
    call("GET", f"/v3/catalog/variants?product_id={number}&sku=CONF-SHIRT-S")
    call("GET", f"/v3/catalog/products/{number}?include={INCLUDE}")
    call("DELETE", f"{base}/variants/{made[1]['id']}", expect=204)
    call("DELETE", base, expect=204)


def groups(call: Call) -> None:
    call("GET", "/v3/catalog/brands?limit=3&sort=name")
    brand = call("POST", "/v3/catalog/brands", {"name": "Conformance & sons"})["data"]["id"]
    call("GET", f"/v3/catalog/brands/{brand}")
    call("PUT", f"/v3/catalog/brands/{brand}", {"name": "Conformance & daughters", "meta_description": "Clay"})
    call("DELETE", f"/v3/catalog/brands/{brand}", expect=204)
    call("GET", "/v3/catalog/trees")
    call("GET", "/v3/catalog/trees/1/categories")
    call("GET", "/v3/catalog/trees/categories?limit=3&tree_id:in=1")
    made = call(
        "POST",
        "/v3/catalog/trees/categories",
        [
            {
                "name": "Conformance",
                "tree_id": 1,
                "parent_id": 0,
                "url": {"path": "/conformance/", "is_customized": True},
            }
        ],
        expect=201,
    )["data"][0]
    call("PUT", "/v3/catalog/trees/categories", [{"category_id": made["category_id"], "name": "Conformance two"}])
    call("GET", f"/v3/catalog/trees/categories?category_id:in={made['category_id']}")
    call("DELETE", f"/v3/catalog/trees/categories?category_id:in={made['category_id']}", expect=202)
    call("GET", "/v3/catalog/categories?limit=3")
    old = call("POST", "/v3/catalog/categories", {"name": "Conformance old", "parent_id": 0})["data"]["id"]
    call("GET", f"/v3/catalog/categories/{old}")
    call("PUT", f"/v3/catalog/categories/{old}", {"name": "Conformance older", "parent_id": 0, "is_visible": False})


def stock(call: Call) -> None:
    rows = call(
        "GET", "/v3/catalog/products?limit=50&include=variants&include_fields=inventory_tracking,base_variant_id"
    )["data"]
    single = next(row for row in rows if row["base_variant_id"] and row["inventory_tracking"] == "product")
    variant = single["variants"][0]
    call("GET", "/v3/inventory/locations")
    call("GET", "/v3/inventory/items?limit=3")
    call("GET", f"/v3/inventory/items?variant_id:in={variant['id']}&location_id:in=1")
    call("GET", f"/v3/inventory/items?sku:in={variant['sku']}")
    call("GET", "/v3/inventory/locations/1/items?limit=3")
    call("PUT", "/v3/inventory/adjustments/absolute", {"reason": "count", "items": [
        {"location_id": 1, "product_id": single["id"], "quantity": 9},
    ]})  # fmt: skip
    call(
        "PUT",
        "/v3/inventory/adjustments/absolute",
        {"reason": "count", "items": [{"location_id": 1, "variant_id": variant["id"], "quantity": 8}]},
    )
    call(
        "POST",
        "/v3/inventory/adjustments/relative",
        {"reason": "sold", "items": [{"location_id": 1, "sku": variant["sku"], "quantity": -1}]},
    )
    call(
        "POST",
        "/v3/inventory/adjustments/relative",
        {"items": [{"location_id": 1, "variant_id": variant["id"], "quantity": -99999}]},
        expect=422,
    )
    call(
        "PUT",
        "/v3/inventory/adjustments/absolute",
        {"reason": "count", "items": [{"location_id": 1, "variant_id": variant["id"]}]},
        expect=422,
        wrong="request/body/items/#",
    )


def store(call: Call) -> None:
    call("GET", "/v2/store")
    call("GET", "/v2/time")
    call("GET", "/v3/settings/inventory")


def hooks(call: Call) -> None:
    body = {
        "scope": "store/product/*",
        "destination": "https://app.example/hooks",
        "is_active": True,
        "headers": {"X-Own": "1"},
    }
    made = call("POST", "/v3/hooks", body)["data"]["id"]
    call("GET", "/v3/hooks?limit=5&is_active=true")
    call("GET", f"/v3/hooks/{made}")
    call("PUT", f"/v3/hooks/{made}", {**body, "is_active": False})
    call("DELETE", f"/v3/hooks/{made}")
    call("GET", f"/v3/hooks/{made}", expect=404)
    call("POST", "/v3/hooks", {"scope": "store/product/*", "is_active": True}, expect=422, wrong="request/body")


AREAS: tuple[Callable[[Call], None], ...] = (products, groups, stock, store, hooks)
