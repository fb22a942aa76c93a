"""Products: paging, includes, filters, what must be unique, batches."""

from tests.sandbox.bigcommerce.conftest import Api

PRODUCTS = "/v3/catalog/products"


def names(api: Api, query: str) -> list[str]:
    return [row["name"] for row in api.get(f"{PRODUCTS}?{query}").get_json()["data"]]


def test_pages_link_by_query_strings_and_cover_everything(api: Api) -> None:
    first = api.get(f"{PRODUCTS}?limit=15&sort=id").get_json()
    assert first["meta"]["pagination"]["total"] == 40
    assert first["meta"]["pagination"]["total_pages"] == 3
    assert "previous" not in first["meta"]["pagination"]["links"]
    seen, link = [row["id"] for row in first["data"]], first["meta"]["pagination"]["links"]["next"]
    while link:
        assert link.startswith("?")
        page = api.get(PRODUCTS + link).get_json()
        seen += [row["id"] for row in page["data"]]
        link = page["meta"]["pagination"]["links"].get("next")
    assert len(seen) == len(set(seen)) == 40


def test_options_or_modifiers_cap_a_page_at_ten(api: Api) -> None:
    for include, count in (("variants,images", 40), ("options", 10), ("variants,modifiers", 10)):
        page = api.get(f"{PRODUCTS}?limit=250&include={include}").get_json()
        assert len(page["data"]) == count
        assert page["meta"]["pagination"]["per_page"] == (250 if count == 40 else 10)


def test_a_walk_by_id_finds_every_product_once(api: Api) -> None:
    last, seen = 0, []
    while rows := api.get(f"{PRODUCTS}?sort=id&direction=asc&limit=7&id:greater={last}").get_json()["data"]:
        seen += [row["id"] for row in rows]
        last = seen[-1]
    assert seen == sorted(set(seen)) and len(seen) == 40


def test_filters_choose_and_orders_sort(api: Api) -> None:
    one = api.new("Zebra Lamp", sku="ZEB-1", price=3.25, is_visible=False, condition="Used")
    two = api.new("Zebra Rug", sku="ZEB-2", price=99)
    assert names(api, "keyword=zebra&sort=price&direction=desc") == ["Zebra Rug", "Zebra Lamp"]
    assert names(api, "sku=zeb-1") == names(api, "sku:in=ZEB-1,NONE") == names(api, "name=zebra lamp") == ["Zebra Lamp"]
    assert names(api, f"id:min={one['id']}&id:less={two['id']}") == ["Zebra Lamp"]
    assert names(api, f"id:in={one['id']},{two['id']}&is_visible=true") == ["Zebra Rug"]
    assert names(api, "condition=used") == ["Zebra Lamp"]
    assert names(api, f"id:not_in={two['id']}&keyword=zebra") == ["Zebra Lamp"]


def test_changes_are_found_by_date_modified(api: Api) -> None:
    before = api.get(f"{PRODUCTS}?limit=1").get_json()["data"][0]
    platform = api.app.extensions["bigcommerce"]
    platform.box.clock.advance(3600)
    moment = platform.box.clock.moment().isoformat(timespec="seconds").replace("+", "%2B")
    assert names(api, f"date_modified:min={moment}") == []
    platform.box.clock.advance(5)
    api.put(f"{PRODUCTS}/{before['id']}", {"weight": 9.5})
    assert names(api, f"date_modified:min={moment}") == [before["name"]]
    assert before["name"] not in names(api, f"date_modified:max={moment}&limit=250")


def test_field_lists_keep_the_id(api: Api) -> None:
    assert set(api.get(f"{PRODUCTS}?limit=1&include_fields=name,sku").get_json()["data"][0]) == {"id", "name", "sku"}
    assert "description" not in api.get(f"{PRODUCTS}?limit=1&exclude_fields=description").get_json()["data"][0]


def test_a_freed_name_and_sku_can_be_used_again(api: Api) -> None:
    product = api.new("Once", sku="ONCE-1")
    assert api.put(f"{PRODUCTS}/{product['id']}", {"name": "Twice", "sku": "TWICE-1"}).status_code == 200
    again = api.new("Once", sku="ONCE-1")
    assert api.call("DELETE", f"{PRODUCTS}/{again['id']}").status_code == 204
    assert api.get(f"{PRODUCTS}/{again['id']}").status_code == 404
    api.new("Once", sku="ONCE-1")


def test_a_simple_product_has_one_base_variant_with_its_sku(api: Api) -> None:
    product = api.new("Plain", sku="PLAIN-1", inventory_tracking="product", inventory_level=7)
    [variant] = product["variants"]
    assert product["base_variant_id"] == variant["id"]
    assert (variant["sku"], variant["sku_id"], variant["option_values"], variant["price"]) == (
        "PLAIN-1",
        None,
        [],
        None,
    )
    assert (product["inventory_level"], variant["calculated_price"]) == (7, 10)


def test_variants_at_creation_make_the_options(api: Api) -> None:
    rows = [
        {"sku": f"SH-{size}", "option_values": [{"option_display_name": "Size", "label": size}]} for size in ("S", "M")
    ]
    product = api.new("Shirt", sku="SH", variants=rows)
    assert product["base_variant_id"] is None
    [option] = api.get(f"{PRODUCTS}/{product['id']}/options").get_json()["data"]
    assert [value["label"] for value in option["option_values"]] == ["S", "M"]
    assert [row["option_values"][0]["option_display_name"] for row in product["variants"]] == ["Size", "Size"]
    large = {"sku": "SH-L", "option_values": [{"option_display_name": "Size", "label": "L"}]}
    assert api.post(f"{PRODUCTS}/{product['id']}/variants", large).status_code == 200


def test_pictures_are_drawn_in_the_size_asked_for(api: Api) -> None:
    import io

    from PIL import Image

    rows = api.get(f"{PRODUCTS}?limit=250&include=images").get_json()["data"]
    image = next(image for row in rows for image in row["images"] if "jpg" in image["url_zoom"])
    path = image["url_zoom"].removeprefix("http://127.0.0.1:8100")
    client = api.app.test_client()
    assert Image.open(io.BytesIO(client.get(path).data)).format == "JPEG"
    assert client.get(path).data == client.get(path).data
    assert max(Image.open(io.BytesIO(client.get(path.replace("zoom", "thumbnail")).data)).size) == 220
    assert client.get("/images/hj3kq9w1xz/999999.jpg").status_code == 404


def test_groups(api: Api) -> None:
    brand = api.post("/v3/catalog/brands", {"name": "Test Brand"}).get_json()["data"]
    assert api.new("Branded", brand_name="TEST brand")["brand_id"] == brand["id"]
    tree = api.get("/v3/catalog/trees/1/categories").get_json()["data"]
    assert any(top["children"] for top in tree)
    flat = api.get("/v3/catalog/trees/categories?limit=250").get_json()["data"]
    child = next(row for row in flat if row["parent_id"])
    under = api.get(f"/v3/catalog/trees/categories?parent_id:in={child['parent_id']}").get_json()["data"]
    assert child in under and {row["parent_id"] for row in under} == {child["parent_id"]}
    old = api.get("/v3/catalog/categories?limit=250").get_json()["data"]
    assert {row["id"] for row in old} == {row["category_id"] for row in flat}


def test_stores_see_nothing_of_each_other(api: Api, second: Api) -> None:
    api.new("Only here", sku="ONLY-1")
    assert names(second, "keyword=only here") == []
    second.new("Only here", sku="ONLY-1")
    assert second.get("/v2/store").get_json()["weight_units"] == "KGS"
    assert second.get("/v3/catalog/summary").get_json()["data"]["variant_count"] > 12
