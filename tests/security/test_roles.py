"""Every route × roles: what a role does not allow is refused before anything happens, whoever wrote the page; rows of a
shop that a role does not reach are as if they were somebody else's."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from blueprints.places import CELLS as ENDPOINTS
from blueprints.places import PAGES, cell
from domain.roles import MATRIX, MEMBER, SEE, Access, Page, access
from models import Person, Role, RoleGrant, Shop, db
from models.tenancy import tenant
from services import sessions
from tests.security.books import Books
from tests.security.conftest import signed_in, token
from tests.security.routes import ways
from tests.security.test_access import ask
from tests.security.world import FORM, Side

NOTHING = access("Nothing", [])
READER = access("Reader", [(page, SEE) for page in Page])
SELLER = access("Seller", [(Page.LISTINGS, action) for action in MATRIX[Page.LISTINGS][1]])
# The rows that belong to a shop, by the names that addresses use.
OF_SHOP = {
    "listing_id",
    "sku_id",
    "activity_id",
    "item_id",
    "twin_id",
    "profile_id",
    "shop_id",
    "found_id",
    "change_id",
}


def member(app: Flask, side: Side, role: Access | None) -> FlaskClient:
    """A person of the store who is not its owner, with this role."""
    with app.app_context(), tenant(side.store_id):
        now = sessions.wall_clock()
        person = Person(bigcommerce_id=8, email="member@example.com", seen_at=now, is_owner=False)
        db.session.add(person)
        db.session.flush()
        if role is not None:
            row = Role(name=role.name, grants=role.to_json(), changed_at=now)
            db.session.add(row)
            db.session.flush()
            db.session.add(RoleGrant(person_id=person.id, role_id=row.id, granted_at=now))
        cookie = sessions.begin(person)
        db.session.commit()
    side.cookie = cookie
    return signed_in(app, side)


def test_every_area_says_which_page_it_is(app: Flask) -> None:
    """A new area is one line in blueprints/places.py."""
    areas = {way.endpoint.partition(".")[0] for way in ways(app, "GET", "POST")}
    assert areas - PAGES.keys() == set()
    unknown = {name for name in ENDPOINTS if name not in app.view_functions and name.partition(".")[0] in areas}
    assert unknown == set()


@pytest.mark.parametrize("role", [NOTHING, READER, SELLER, None], ids=["nothing", "reader", "seller", "member"])
def test_what_a_role_does_not_allow_is_refused_and_changes_nothing(
    app: Flask, ours: Side, books: Books, role: Access | None
) -> None:
    theirs, wrong, has = member(app, ours, role), [], role or MEMBER
    with app.app_context():
        books.look()
    secret = token(theirs, ours)
    for way in ways(app, "GET", "POST"):
        wanted = cell(way.endpoint, way.method)
        allowed = wanted is None or bool(has.may(*wanted))
        if allowed and way.method == "POST":
            continue
        data = None if way.method == "GET" else {**FORM, "csrf_token": secret}
        answer = ask(theirs, way, ours, data=data)
        refused = answer.status_code == 403 and has.name in answer.text
        if refused is allowed and not (allowed and way.endpoint.startswith("people.")):
            wrong.append(f"{way.method} {way.rule}: {answer.status_code}")
        wrong += [f"{way.method} {way.rule} changed {change}" for change in books.changes()]
    assert wrong == []


def test_rows_of_a_shop_that_is_not_reached_are_not_there(app: Flask, ours: Side, books: Books) -> None:
    with app.app_context(), tenant(ours.store_id):
        kind = update(Shop).where(Shop.id == ours.ids["shop_id"]).values(kind="semi_consignment")
        db.session.execute(kind, execution_options={"synchronize_session": False})
        db.session.commit()
    theirs = member(app, ours, None)
    books.look()
    secret, wrong = token(theirs, ours), []
    for way in ways(app, "GET", "POST"):
        wanted = cell(way.endpoint, way.method)
        if not OF_SHOP & set(way.rows) or (wanted is not None and not MEMBER.may(*wanted)):
            continue
        data = None if way.method == "GET" else {**FORM, "csrf_token": secret}
        answer = ask(theirs, way, ours, data=data)
        if answer.status_code != 404:
            wrong.append(f"{way.method} {way.rule}: {answer.status_code}")
        wrong += [f"{way.method} {way.rule} changed {change}" for change in books.changes()]
    assert wrong == []


def test_lists_leave_out_the_shop_that_is_not_reached(app: Flask, ours: Side) -> None:
    with app.app_context(), tenant(ours.store_id):
        kind = update(Shop).where(Shop.id == ours.ids["shop_id"]).values(kind="semi_consignment", name="Hidden one")
        db.session.execute(kind, execution_options={"synchronize_session": False})
        db.session.commit()
    theirs, wrong = member(app, ours, None), []
    for way in ways(app, "GET"):
        if not way.rows and "Hidden one" in (text := ask(theirs, way, ours).text):
            wrong.append(f"{way.rule}: …{text.partition('Hidden one')[0][-120:]}")
    assert wrong == []


def test_a_role_that_is_taken_away_acts_with_the_next_request(app: Flask, ours: Side) -> None:
    theirs = member(app, ours, NOTHING)
    address = f"/s/{ours.hash}/listings/"
    assert theirs.get(address).status_code == 403
    with app.app_context(), tenant(ours.store_id):
        db.session.execute(delete(RoleGrant))
        db.session.commit()
    assert theirs.get(address).status_code == 200
