"""People: roles by the owner alone, the app seen as a role, the audit log, and shops that are not there."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from models import AuditEntry, Person, Role, RoleGrant, Store, db
from tests.blueprints.conftest import SignIn, inside, make_person, make_shop
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop

SEES = ["dashboard:see", "listings:see", "authorization:see"]


@pytest.fixture
def member(app: Flask, store: Store) -> Person:
    return make_person(app, store, 8, "member@example.com")


def add_role(client: PageClient, name: str = "Lister", **form: object) -> int:
    client.get(client.at("people/roles/new"))
    answer = client.post(client.at("people/roles/new"), data={"name": name, "cell": SEES, "reach": "ordinary", **form})
    assert answer.status_code == 303, answer.text
    with inside(client.application, _store(client)):
        return db.session.scalars(select(Role.id).where(Role.name == name)).one()


def _store(client: PageClient) -> Store:
    with client.application.app_context():
        return db.session.scalars(select(Store).where(Store.hash == client.home.split("/")[2])).one()


def test_the_owner_gives_a_role_and_it_acts_at_once(
    client: PageClient, member: Person, sign_in: SignIn, store: Store
) -> None:
    role_id = add_role(client)
    theirs = sign_in(store, member)
    assert theirs.get(theirs.at("products/")).status_code == 200
    client.get(client.at("people/"))
    assert client.post(client.at(f"people/{member.id}/role"), data={"role": role_id}).status_code == 303
    refused = theirs.get(theirs.at("products/"))
    assert refused.status_code == 403 and "Lister" in refused.text
    assert theirs.get(theirs.at("listings/")).status_code == 200
    bar = theirs.get(theirs.at("listings/")).text.partition("</nav>")[0]
    assert "listings/" in bar and "products/" not in bar
    assert theirs.post(theirs.at("listings/publish")).status_code == 403
    client.get(client.at("people/"))
    client.post(client.at(f"people/{member.id}/role"), data={"role": 0})
    assert theirs.get(theirs.at("products/")).status_code == 200


def test_only_the_owner_sees_and_changes_people(
    client: PageClient, member: Person, sign_in: SignIn, store: Store
) -> None:
    theirs = sign_in(store, member)
    for path in ("people/", "people/log", "people/roles/new"):
        assert theirs.get(theirs.at(path)).status_code == 403, path
    assert theirs.post(theirs.at("people/roles/new"), data={"name": "Me", "cell": SEES}).status_code == 403
    assert theirs.post(theirs.at(f"people/{member.id}/role"), data={"role": 0}).status_code == 403
    assert "Member" in theirs.get(theirs.at("people/me")).text
    reader = add_role(client, "Reader", cell=["people:see"])
    client.post(client.at(f"people/{member.id}/role"), data={"role": reader})
    assert theirs.get(theirs.at("people/")).status_code == 200
    assert theirs.post(theirs.at("people/roles/new"), data={"name": "Me", "cell": SEES}).status_code == 403


def test_the_owner_keeps_everything(client: PageClient, app: Flask, store: Store) -> None:
    role_id = add_role(client)
    with inside(app, store):
        owner = db.session.scalars(select(Person.id).where(Person.is_owner)).one()
    assert client.post(client.at(f"people/{owner}/role"), data={"role": role_id}).status_code == 403


@pytest.mark.parametrize(
    ("form", "status"),
    [({"name": ""}, 422), ({"name": "Owner"}, 422), ({"name": "x" * 61}, 422), ({"name": "Empty", "cell": []}, 422)],
    ids=["no name", "a taken word", "too long", "nothing"],
)
def test_a_role_that_makes_no_sense_is_not_saved(client: PageClient, form: dict[str, object], status: int) -> None:
    client.get(client.at("people/roles/new"))
    answer = client.post(client.at("people/roles/new"), data={"cell": SEES, **form})
    assert answer.status_code == status and 'role="alert"' in answer.text


def test_two_owners_do_not_overwrite_each_other(client: PageClient) -> None:
    role_id = add_role(client)
    client.get(client.at(f"people/roles/{role_id}"))
    form = {"name": "Lister", "cell": SEES, "version": "1"}
    assert client.post(client.at(f"people/roles/{role_id}"), data=form | {"cell": ["stock:see"]}).status_code == 303
    assert client.post(client.at(f"people/roles/{role_id}"), data=form).status_code == 409


def test_the_app_is_seen_as_a_role_before_it_is_saved(client: PageClient, app: Flask, store: Store) -> None:
    make_shop(app, store)
    client.get(client.at("people/roles/new"))
    form = {"name": "Draft", "cell": SEES, "reach": "ordinary", "try": "1"}
    assert client.post(client.at("people/roles/new"), data=form).status_code == 303
    shown = client.get(client.at("listings/"))
    assert shown.status_code == 200 and "Draft" in shown.text and "people/trial/end" in shown.text
    assert client.get(client.at("products/")).status_code == 403
    assert client.get(client.at("people/")).status_code == 403
    assert client.post(client.at("wizard/connect")).status_code in (403, 405)
    with inside(app, store):
        assert db.session.scalars(select(Role)).all() == []
    assert client.post(client.at("people/trial/end")).status_code == 303
    assert client.get(client.at("products/")).status_code == 200
    again = client.get(client.at("people/roles/new")).text
    assert 'value="Draft"' in again and 'value="listings:see" checked' in again


def test_a_semi_consignment_store_is_not_there_until_a_role_names_it(
    client: PageClient, app: Flask, store: Store, member: Person, sign_in: SignIn
) -> None:
    with inside(app, store):
        plain = add_listing(add_shop("Plain", "7491"), 1, 1).id
        semi_shop = add_shop("Rumah Titip", "7492")
        semi, shop_id = add_listing(semi_shop, 2, 1).id, semi_shop.id
        semi_shop.kind = "semi_consignment"  # afterwards: nothing is staged into such a store
    theirs = sign_in(store, member)
    assert client.get(client.at(f"listings/{semi}")).status_code == 200
    assert theirs.get(theirs.at(f"listings/{plain}")).status_code == 200
    assert theirs.get(theirs.at(f"listings/{semi}")).status_code == 404
    assert "Rumah Titip" not in theirs.get(theirs.at("settings/authorization")).text
    assert theirs.post(theirs.at(f"settings/authorization/{shop_id}/name"), data={"nickname": "x"}).status_code == 404
    named = add_role(client, "Both", cell=[*SEES, "authorization:change"], shop_id=[str(shop_id)])
    client.post(client.at(f"people/{member.id}/role"), data={"role": named})
    assert theirs.get(theirs.at(f"listings/{semi}")).status_code == 200


def test_the_global_store_page_is_shown_until_it_is_disabled(
    client: PageClient, app: Flask, store: Store, member: Person, sign_in: SignIn
) -> None:
    make_shop(app, store, name="Atlas GB", market="GB", kind="global_seller", seller_type="CROSS_BORDER")
    theirs = sign_in(store, member)
    assert "open-7490000000000000001" in theirs.get(theirs.at("settings/authorization")).text
    role_id = add_role(client, "Local only")
    client.post(client.at(f"people/{member.id}/role"), data={"role": role_id})
    page = theirs.get(theirs.at("settings/authorization")).text
    assert "open-7490000000000000001" not in page and "does not show the details of global sellers" in page


def test_every_change_stands_in_the_log_with_its_name(
    client: PageClient, app: Flask, store: Store, member: Person
) -> None:
    role_id = add_role(client)
    client.post(client.at(f"people/{member.id}/role"), data={"role": role_id})
    client.get(client.at(f"people/roles/{role_id}"))
    client.post(client.at(f"people/roles/{role_id}"), data={"name": "Lister", "cell": ["stock:change"], "version": "1"})
    client.post(client.at(f"people/roles/{role_id}/remove"))
    with inside(app, store):
        rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [row.action for row in rows] == ["role.added", "role.given", "role.changed", "role.removed"]
        assert {row.actor for row in rows} == {"owner@example.com"}
        assert rows[2].details["before"]["cells"] != rows[2].details["after"]["cells"]
        assert db.session.scalars(select(RoleGrant)).all() == []
    page = client.get(client.at("people/log")).text
    assert page.index("was removed") < page.index("has the role")
    assert "was removed" not in client.get(client.at("people/log?q=given")).text


def test_a_change_that_was_refused_leaves_no_entry(client: PageClient, app: Flask, store: Store) -> None:
    client.get(client.at("people/roles/new"))
    client.post(client.at("people/roles/new"), data={"name": "", "cell": SEES})
    client.post(client.at("people/999/role"), data={"role": 0})
    with inside(app, store):
        assert db.session.scalars(select(AuditEntry)).all() == []


def test_pages_know_nothing_of_another_store(client: PageClient, app: Flask, other_store: Store) -> None:
    with inside(app, other_store):
        db.session.add(Role(name="Other secret", grants={}, changed_at=datetime.now(UTC)))
        db.session.add(AuditEntry(at=datetime.now(UTC), actor="x", action="y", text="Other secret matter", details={}))
        db.session.flush()
        role_id = db.session.scalars(select(Role.id)).one()
        person_id = db.session.scalars(select(Person.id)).one()
    assert "Other" not in client.get(client.at("people/")).text + client.get(client.at("people/log")).text
    assert client.get(client.at(f"people/roles/{role_id}")).status_code == 404
    assert client.post(client.at(f"people/{person_id}/role"), data={"role": 0}).status_code == 404
    assert client.post(client.at(f"people/roles/{role_id}/remove")).status_code == 404


def test_starter_roles_are_added_once(client: PageClient, app: Flask, store: Store) -> None:
    client.get(client.at("people/"))
    for _ in range(2):
        assert client.post(client.at("people/starters")).status_code == 303
    with inside(app, store):
        assert len(db.session.scalars(select(Role)).all()) == 3
