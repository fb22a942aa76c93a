"""What BigCommerce's published description found wrong once (docs/decisions/0006)."""

from tests.sandbox.bigcommerce.conftest import Api

PRODUCTS = "/v3/catalog/products"


def test_a_product_without_pictures_has_no_primary_image(api: Api) -> None:
    bare = api.new("Bare")["id"]
    shown = api.new("Shown", images=[{"image_url": "https://pictures.example/a.jpg", "is_thumbnail": True}])["id"]
    assert "primary_image" not in api.get(f"{PRODUCTS}/{bare}?include=primary_image").get_json()["data"]
    row = api.get(f"{PRODUCTS}/{shown}?include=primary_image").get_json()["data"]
    assert row["primary_image"]["product_id"] == shown


def test_the_data_of_an_option_value_is_an_object(api: Api) -> None:
    base = f"{PRODUCTS}/{api.new('Shirt')['id']}"
    values = [{"label": "S", "sort_order": 0}, {"label": "Red", "sort_order": 1, "value_data": {"colors": ["#f00000"]}}]
    option = {"display_name": "Kind", "type": "swatch", "option_values": values}
    assert api.post(f"{base}/options", option).status_code == 200
    [made] = api.get(f"{base}/options").get_json()["data"]
    assert all(isinstance(value["value_data"], dict) for value in made["option_values"])


def test_deleting_categories_answers_an_empty_object(api: Api) -> None:
    rows = [{"name": "Short-lived", "tree_id": 1, "parent_id": 0}]
    number = api.post("/v3/catalog/trees/categories", rows).get_json()["data"][0]["category_id"]
    answer = api.call("DELETE", f"/v3/catalog/trees/categories?category_id:in={number}")
    assert (answer.status_code, answer.get_json()) == (202, {})
