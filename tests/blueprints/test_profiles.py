"""The pages of profiles: list, form, Run Query, effects before saving, rule, deletion, map."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.rule_groups import Condition, RuleGroup
from models import Activity, Profile, ProfileProduct, ProfileRule, Store, db
from services import profile_members
from services.profile_rules import P
from tests.blueprints.conftest import inside, make_person
from tests.pages import PageClient
from tests.services.listing_rows import MUGS, SHIRTS, add_listing, add_shop

FORM = {
    "name": "Aprons", "match": "all", "rule-0-field": "sku", "rule-0-operator": "equals", "rule-0-value": "mug-1",
    "category": SHIRTS, "map-weight-kind": "fixed", "map-weight-source": "2.5", "map-weight-was": "fixed",
    "price-kind": "percent_up", "price-amount": "10", "version": "0", "act": "save",
}  # fmt: skip


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """Three mugs listed under a complete default profile."""
    with inside(app, store):
        shop = add_shop()
        default = db.session.scalars(select(Profile)).one()
        default.mapping = {**default.mapping, "weight": {"kind": "field", "source": "weight", "value_id": ""}}
        for number in (1, 2, 3):
            add_listing(shop, number)
    return store


@pytest.fixture
def made(app: Flask, store: Store) -> dict[str, int]:
    """Two profiles that both take mug 1; the second takes mug 2 alone. Name -> id."""
    with inside(app, store):
        default = db.session.scalars(select(Profile)).one()
        found = {default.name: default.id}
        for place, (name, skus) in enumerate({"One": ["MUG-1"], "Two": ["MUG-1", "MUG-2"]}.items(), 1):
            profile = Profile(shop_id=default.shop_id, name=name, position=place, mapping={}, options={}, price_rule={})
            db.session.add(profile)
            db.session.flush()
            rule = RuleGroup("any", tuple(Condition("sku", "equals", sku) for sku in skus))
            db.session.add(ProfileRule(profile_id=profile.id, rule=rule.to_json(), policy={}))
            found[name] = profile.id
        db.session.flush()
        profile_members.assign(default.shop_id, profile_members.ranked(default.shop_id), P.c.id > 0)
        return found


def seen(client: PageClient) -> str:
    """What the form says was looked at."""
    return str(next(form for form in client.last.forms if "seen" in form["fields"])["fields"]["seen"])


def names(app: Flask, store: Store) -> list[str]:
    with inside(app, store):
        return list(db.session.scalars(select(Profile.name).order_by(Profile.is_default, Profile.position)))


def test_a_profile_is_made_after_its_effects_were_seen(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("profiles/new"))
    answer = client.post(client.at("profiles/new"), data=FORM)
    assert answer.status_code == 200 and names(app, store) == ["Default profile"]
    text = " ".join(client.last.text)
    assert "product goes from Default profile to Aprons" in text and "Kitchen › Aprons" in text
    changed = client.post(client.at("profiles/new"), data={**FORM, "seen": seen(client), "price-amount": "20"})
    assert changed.status_code == 200 and names(app, store) == ["Default profile"]  # not what was looked at
    assert (
        client.post(client.at("profiles/new"), data={**FORM, "price-amount": "20", "seen": seen(client)}).status_code
        == 303
    )
    assert names(app, store) == ["Aprons", "Default profile"]
    with inside(app, store):
        profile = db.session.scalars(select(Profile).where(Profile.name == "Aprons")).one()
        assert profile.price_rule == {"kind": "percent_up", "amount": "20"}
        assert profile.mapping["weight"]["source"] == "2.5" and profile.category_id == SHIRTS
        assert db.session.scalars(select(Activity)).one().kind == "rederive"


def test_run_query_counts_and_lists_and_saves_nothing(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("profiles/new"))
    for htmx in (False, True):
        client.post(client.at("profiles/new"), data={**FORM, "act": "query"}, htmx=htmx)
        text = " ".join(client.last.text)
        assert "Total 1 product will be affected" in text and "1 now in Default profile" in text and "MUG-1" in text
    client.post(client.at("profiles/new"), data={**FORM, "rule-0-value": "nothing", "act": "query"})
    assert "No products will be affected" in " ".join(client.last.text)
    wrong = {**FORM, "rule-0-field": "price", "rule-0-operator": "less", "rule-0-value": "x", "act": "query"}
    assert client.post(client.at("profiles/new"), data=wrong).status_code == 422
    with inside(app, store):
        assert (
            not db.session.scalars(select(ProfileProduct)).all() and len(db.session.scalars(select(Profile)).all()) == 1
        )


def test_rows_are_added_and_removed_and_fields_bring_their_comparisons(client: PageClient, store: Store) -> None:
    client.get(client.at("profiles/new"))

    def rows(**more: str) -> list[str]:
        client.post(client.at("profiles/new"), data={**FORM, **more}, htmx=True)
        fields = next(form for form in client.last.forms if "seen" in form["fields"])["fields"]
        return sorted(name for name in fields if name.endswith("-field"))

    assert rows(act="add") == ["rule-0-field", "rule-1-field"]
    assert rows(act="drop:0") == ["rule-0-field"]
    assert "Greater than" not in client.last.text
    rows(**{"act": "redraw", "rule-0-field": "price"})
    assert "Greater than" in client.last.text and "Contains" not in client.last.text
    rows(**{"act": "redraw", "rule-0-field": "custom_field"})
    assert any(field.endswith("-name") for form in client.last.forms for field in form["fields"])


def test_faults_are_shown_at_their_place(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("profiles/new"))
    for change in ({"name": ""}, {"name": "x" * 101}, {"name": "default PROFILE"}, {"rule-0-value": ""},
                   {"price-amount": "abc"}, {"map-weight-source": "heavy"}, {"category": "600104"}):  # fmt: skip
        answer = client.post(client.at("profiles/new"), data={**FORM, **change})
        assert answer.status_code == 422 and "Not saved" in answer.text, change
    assert names(app, store) == ["Default profile"]


def test_a_category_is_chosen_inside_the_form_and_its_attributes_appear(client: PageClient, store: Store) -> None:
    client.get(client.at("profiles/new"))
    blank = {**FORM, "category": ""}
    client.post(client.at("profiles/new"), data={**blank, "act": "change"}, htmx=True)
    assert "Kitchen" in client.last.text
    client.post(client.at("profiles/new"), data={**blank, "act": "in:600100"}, htmx=True)
    assert {"Mugs", "Aprons"} <= set(client.last.text)
    client.post(client.at("profiles/new"), data={**blank, "act": "find", "find": "mugs"}, htmx=True)
    assert "Mugs" in client.last.text
    answer = client.post(client.at("profiles/new"), data={**blank, "act": f"category:{MUGS}"}, htmx=True)
    assert answer.status_code == 200 and "Material" in client.last.text and "Required attributes" in client.last.text
    client.post(client.at("profiles/new"), data={**FORM, "category": MUGS, "act": "redraw", "map-101-kind": "fixed",
                "map-101-was": "field", "map-101-source": "title"}, htmx=True)  # fmt: skip
    assert "Ceramic" in client.last.text


def test_the_list_shows_order_rule_and_products(client: PageClient, made: dict[str, int]) -> None:
    text = " ".join((client.get(client.at("profiles/")), client.last.text)[1])
    for part in (
        "Name",
        "Category",
        "Rule(s)",
        "Total Product(s)",
        "SKU equals “MUG-1”",
        "All Products",
        "Showing 1 to 3 of 3",
    ):
        assert part in text, part
    client.get(client.at("profiles/?q=two&size=25"), htmx=True)
    assert "Two" in client.last.text and "One" not in client.last.text
    client.get(client.at(f"profiles/{made['Two']}/rule"), htmx=True)
    assert "SKU equals “MUG-2”" in client.last.text
    assert client.get(client.at(f"profiles/{made['Default profile']}/rule")).status_code == 200


def test_a_profile_is_edited(app: Flask, store: Store, client: PageClient, made: dict[str, int]) -> None:
    for name in made:
        assert client.get(client.at(f"profiles/{made[name]}")).status_code == 200
    here = client.at(f"profiles/{made['Two']}")
    client.get(here)
    form = {**FORM, "name": "Two and more", "first": "1", "version": "1", "brand-policy": "never",
            "identifier-required": "yes", "identifier-0": "EAN", "identifier-1": "UPC"}  # fmt: skip
    client.post(here, data=form)
    assert "product goes from One to Two and more" in " ".join(client.last.text)
    assert client.post(here, data={**form, "seen": seen(client)}).status_code == 303
    assert names(app, store) == ["Two and more", "One", "Default profile"]
    with inside(app, store):
        kept = db.session.scalars(select(ProfileRule).where(ProfileRule.profile_id == made["Two"])).one()
        assert kept.policy == {"brand": "never", "identifier_required": True, "identifier_priority": ["EAN", "UPC"]}
    client.get(here)
    assert client.post(here, data={**form, "name": "Late", "version": "1", "seen": "x"}).status_code == 200


def test_deleting_says_where_the_products_go(
    app: Flask, store: Store, client: PageClient, made: dict[str, int]
) -> None:
    here = client.at(f"profiles/{made['One']}/delete")
    client.get(here)
    assert "product goes from One to Two" in " ".join(client.last.text)
    assert client.post(here).status_code == 303 and names(app, store) == ["Two", "Default profile"]
    assert client.get(client.at(f"profiles/{made['Default profile']}/delete")).status_code == 200
    assert client.post(client.at(f"profiles/{made['Default profile']}/delete")).status_code == 422
    assert client.get(here).status_code == 404


def test_the_map_and_a_swap(app: Flask, store: Store, client: PageClient, made: dict[str, int]) -> None:
    client.get(client.at("profiles/map"))
    assert "wins over Two" in " ".join(client.last.text)
    pair = f"{made['One']}-{made['Two']}"
    client.get(client.at(f"profiles/map?swap={pair}"))
    assert "product goes from One to Two" in " ".join(client.last.text)
    client.get(client.at(f"profiles/map?matched={pair}"))
    assert "MUG-1" in client.last.text
    client.get(client.at("profiles/map?matched=0"))
    assert "MUG-3" in client.last.text
    assert client.post(client.at("profiles/map"), data={"swap": pair}).status_code == 303
    assert names(app, store) == ["Two", "One", "Default profile"]
    assert client.post(client.at("profiles/map"), data={"swap": "7-x"}).status_code == 404


def test_products_are_filtered_by_their_profile(
    app: Flask, store: Store, client: PageClient, made: dict[str, int]
) -> None:
    for name, skus in (("One", {"MUG-1"}), ("Two", {"MUG-2"}), ("Default profile", {"MUG-3"})):
        client.get(client.at(f"products/?profile={made[name]}"))
        assert {text for text in client.last.text if text.startswith("MUG-")} == skus, name
        assert client.last.text.count(name) >= 2  # in the filter and in the row


def test_listings_are_published_by_profile(client: PageClient, made: dict[str, int]) -> None:
    for name, sku in (("One", "MUG-1"), ("Two", "MUG-2"), ("Default profile", "MUG-3")):
        client.get(client.at(f"listings/?tab=ready&profile={made[name]}"))
        assert {text for text in client.last.text if text.startswith("MUG-")} == {sku}
        form = client.get(client.at(f"listings/publish?all=1&tab=ready&profile={made[name]}")).text
        assert "<b>1</b>" in form and "From which warehouses?" in form


def test_another_stores_profiles_are_not_there(
    app: Flask, client: PageClient, sign_in: Any, other_store: Store, made: dict[str, int]
) -> None:
    stranger = sign_in(other_store, make_person(app, other_store, 8, "stranger@example.com"))
    stranger.get(stranger.at("profiles/"))
    for path in (f"profiles/{made['One']}", f"profiles/{made['One']}/rule", f"profiles/{made['One']}/delete"):
        assert stranger.get(stranger.at(path)).status_code == 404
    text = stranger.get(stranger.at(f"profiles/map?matched={made['One']}")).text
    assert "MUG-1" not in text and "Two" not in text
    assert stranger.post(stranger.at(f"profiles/{made['One']}/delete")).status_code == 404


def test_before_the_migration_the_pages_say_so(
    client: PageClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_members, "ready", lambda: False)
    assert client.get(client.at("profiles/")).status_code == 503
    assert client.get(client.at("products/?profile=1")).status_code == 200
