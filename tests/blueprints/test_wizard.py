"""The wizard's road: every step with what it refuses, back and forth, and resumed by somebody else."""

from typing import Any

from models import Activity, Category, Location, Profile, Shop, Store, Warehouse, WarehouseMap, db
from models.tenancy import tenant
from services import categories, profiles, shops, wizard
from tests.blueprints.merchant import COPPER, Merchant, merchant
from tests.blueprints.test_tiktok import rows

__all__ = ["merchant"]


def confirm(merchant: Merchant) -> Any:
    return merchant.client.post(merchant.at("wizard/warehouses"), data=merchant.choice())


def leaf_like(merchant: Merchant, word: str) -> str:
    with tenant(merchant.store.id):
        return categories.search(shops.active()[0], word)[0].tiktok_id


def choose(merchant: Merchant, word: str = "t-shirt") -> Any:
    merchant.client.get(merchant.at("wizard/profile"))
    return merchant.client.post(merchant.at("wizard/profile/category"), data={"category": leaf_like(merchant, word)})


def proposed(merchant: Merchant) -> dict[str, str]:
    """The mapping form as a browser would send it after filling what is required."""
    with tenant(merchant.store.id):
        shop = shops.active()[0]
        profile = profiles.default(shop)
        assert profile is not None
        needs = categories.needs(shop, profile.category_id)
        assert needs is not None
        form = {"version": str(profile.version)}
        for key in ("weight", "length", "width", "height", "brand"):
            form |= {f"map-{key}-kind": "field", f"map-{key}-source": profiles.LIKE[key]}
        for need in needs.attributes:
            if need.kind == "product" and need.required:
                value = need.values[0][1] if need.values else "12"
                form |= {f"map-{need.id}-kind": "fixed", f"map-{need.id}-source": value}
        db.session.rollback()
        return form


def configuration(**changes: str) -> dict[str, str]:
    return {
        "auto_update": "y",
        "auto_import": "y",
        "sync_title": "y",
        "sync_inventory": "y",
        "threshold": "4",
        "rule_kind": "percent_up",
        "rule_amount": "10",
        "image_ratio": "auto_pad",
        "brand": "send_if_authorised",
        "first_identifier": "GTIN",
        "default_variation_value": "One color",
        **changes,
    }


def next_step(merchant: Merchant) -> str:
    db.session.rollback()
    with tenant(merchant.store.id):
        return wizard.next_step(merchant.store)


def test_the_whole_road(merchant: Merchant) -> None:
    assert next_step(merchant) == "connect"
    merchant.connect()
    assert next_step(merchant) == "warehouses"
    assert confirm(merchant).headers["Location"] == merchant.at("wizard/profile")
    assert [row.kind for row in rows(merchant, Activity)] == ["catalog_import"]
    assert next_step(merchant) == "profile"
    merchant.add_products()
    assert choose(merchant).status_code == 303
    assert merchant.client.get(merchant.at("wizard/profile")).status_code == 200
    saved = merchant.client.post(merchant.at("wizard/profile"), data=proposed(merchant))
    assert saved.headers["Location"] == merchant.at("wizard/configuration")
    assert next_step(merchant) == "configuration"
    assert merchant.client.get(merchant.at("wizard/configuration")).status_code == 200
    kept = merchant.client.post(merchant.at("wizard/configuration"), data=configuration())
    assert kept.headers["Location"] == merchant.at("wizard/done")
    [store] = [row for row in db.session.query(Store).all() if row.hash == merchant.hash]
    assert (store.settings["threshold"], store.settings["auto_delete"], store.settings["price_rule"]) == (
        4,
        False,
        {"kind": "percent_up", "amount": "10"},
    )
    assert store.settings["identifier_priority"][0] == "GTIN"
    assert merchant.client.get(merchant.at("wizard/done")).status_code == 200
    assert merchant.client.post(merchant.at("wizard/done")).headers["Location"] == merchant.client.home
    assert next_step(merchant) == ""


def test_another_user_goes_on_where_it_was_left(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    second = Merchant(merchant.app, merchant.sandbox, user_id=9128)
    answer = second.client.get(second.at("wizard/"))
    assert answer.headers["Location"] == second.at("wizard/profile")
    assert "maya@harbor-and-pine.example" in second.client.get(second.at("wizard/profile")).text


def test_steps_cannot_be_jumped_but_gone_back_to(merchant: Merchant) -> None:
    for step in ("warehouses", "profile", "configuration", "done"):
        assert merchant.client.get(merchant.at(f"wizard/{step}")).status_code == 409
    merchant.connect()
    confirm(merchant)
    for step in ("connect", "warehouses"):
        assert merchant.client.get(merchant.at(f"wizard/{step}")).status_code == 200


def test_the_mapping_locks_and_is_the_one_that_was_proposed(merchant: Merchant) -> None:
    merchant.connect()
    choice = merchant.choice()
    sales = [row for row in rows(merchant, Warehouse) if row.type == "SALES_WAREHOUSE"]
    assert set(choice) <= {f"warehouse-{row.id}" for row in sales} and choice
    confirm(merchant)
    before = [(row.warehouse_id, row.location_id) for row in rows(merchant, WarehouseMap)]
    assert before and rows(merchant, Shop)[0].mapping_locked_at is not None
    assert confirm(merchant).status_code == 409
    assert [(row.warehouse_id, row.location_id) for row in rows(merchant, WarehouseMap)] == before


def test_nothing_chosen_is_refused(merchant: Merchant) -> None:
    merchant.connect()
    merchant.choice()
    assert merchant.client.post(merchant.at("wizard/warehouses"), data={}).status_code == 422
    assert rows(merchant, Shop)[0].mapping_locked_at is None and rows(merchant, Activity) == []


def test_the_returns_warehouse_cannot_be_mapped(merchant: Merchant) -> None:
    merchant.connect()
    merchant.choice()
    [returns] = [row for row in rows(merchant, Warehouse) if row.type == "RETURN_WAREHOUSE"]
    place = rows(merchant, Location)[0]
    answer = merchant.client.post(merchant.at("wizard/warehouses"), data={f"warehouse-{returns.id}": str(place.id)})
    assert answer.status_code == 404 and rows(merchant, WarehouseMap) == []


def test_without_a_sales_warehouse_the_page_says_what_to_do(merchant: Merchant) -> None:
    merchant.connect()
    with tenant(merchant.store.id):
        db.session.query(Warehouse).filter_by(type="SALES_WAREHOUSE").delete()
        db.session.commit()
    page = merchant.client.get(merchant.at("wizard/warehouses"))
    assert page.status_code == 200 and "Confirm &amp; Activate" not in page.text
    assert merchant.client.post(merchant.at("wizard/warehouses"), data={}).status_code == 422
    assert merchant.client.post(merchant.at("wizard/warehouses/refresh")).status_code == 303
    assert [row for row in rows(merchant, Warehouse) if row.type == "SALES_WAREHOUSE"]


def test_a_shop_that_is_not_set_up_shows_each_fix(merchant: Merchant) -> None:
    merchant.connect(COPPER)
    failed = {row["item"] for row in rows(merchant, Shop)[0].prerequisites if not row["ok"]}
    assert {"SHOP_TAX", "BANK_ACCOUNT"} <= failed
    text = merchant.client.get(merchant.at("wizard/warehouses")).text
    assert all(shops.PREREQUISITES[item][1].split("→")[0].strip() in text for item in failed)


def test_categories_are_searched_suggested_and_walked(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    merchant.add_products()
    page = merchant.client.get(merchant.at("wizard/profile"))
    assert page.status_code == 200 and "Suggested for your catalog" in page.text
    found = merchant.client.get(merchant.at("settings/profile/results?q=mug&base=wizard"), htmx=True)
    assert found.status_code == 200 and "mug" in found.text.casefold()
    root = next(row for row in rows(merchant, Category) if row.parent_id == "0")
    assert root.name in merchant.client.get(merchant.at(f"wizard/profile?change=1&in={root.tiktok_id}")).text


def test_a_category_that_is_no_leaf_is_refused(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    root = next(row for row in rows(merchant, Category) if row.parent_id == "0")
    merchant.client.get(merchant.at("wizard/profile"))
    assert (
        merchant.client.post(merchant.at("wizard/profile/category"), data={"category": root.tiktok_id}).status_code
        == 404
    )
    assert rows(merchant, Profile) == []


def test_a_missing_required_line_keeps_what_was_typed(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    choose(merchant)
    merchant.client.get(merchant.at("wizard/profile"))
    form = proposed(merchant) | {
        "map-weight-kind": "",
        "map-brand-kind": "fixed",
        "map-brand-source": "Harbor handmade",
    }
    answer = merchant.client.post(merchant.at("wizard/profile"), data=form)
    assert answer.status_code == 422 and "Harbor handmade" in answer.text
    assert next_step(merchant) == "profile"


def test_two_people_editing_the_profile_the_second_is_told(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    choose(merchant)
    merchant.client.get(merchant.at("wizard/profile"))
    form = proposed(merchant)
    assert merchant.client.post(merchant.at("wizard/profile"), data=form).status_code == 303
    assert merchant.client.post(merchant.at("wizard/profile"), data=form).status_code == 409


def test_the_preview_shows_a_real_product_and_waits_for_the_first(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    choose(merchant)
    merchant.client.get(merchant.at("wizard/profile"))
    address = merchant.at("settings/profile/preview?base=wizard")
    waiting = merchant.client.post(address, data=proposed(merchant), htmx=True)
    assert "every 3s" in waiting.text
    merchant.add_products()
    shown = merchant.client.post(address, data=proposed(merchant), htmx=True)
    assert "every 3s" not in shown.text and "Silicone phone case" in shown.text
    other = merchant.client.post(address, data=proposed(merchant) | {"product": "2"}, htmx=True)
    assert "Ceramic mug" in other.text


def test_a_row_changes_its_control_with_its_map_type(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    merchant.add_products()
    choose(merchant)
    merchant.client.get(merchant.at("wizard/profile"))
    for kind, sign in (("fixed", "<input"), ("field", "Depth (length)"), ("custom_field", "Material")):
        row = merchant.client.get(merchant.at(f"settings/profile/row?key=weight&map-weight-kind={kind}"), htmx=True)
        assert row.status_code == 200 and sign in row.text
    assert merchant.client.get(merchant.at("settings/profile/row?key=nothing"), htmx=True).status_code == 404


def test_a_wrong_configuration_is_not_kept(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    choose(merchant)
    merchant.client.get(merchant.at("wizard/profile"))
    merchant.client.post(merchant.at("wizard/profile"), data=proposed(merchant))
    merchant.client.get(merchant.at("wizard/configuration"))
    for wrong in ({"threshold": "-1"}, {"rule_kind": "percent_down", "rule_amount": "150"}, {"rule_amount": "ten"}):
        assert merchant.client.post(merchant.at("wizard/configuration"), data=configuration(**wrong)).status_code == 422
    assert next_step(merchant) == "configuration"
