"""Roles: what a matrix allows, what shops it reaches, and that a stored role comes back the same."""

import pytest

from domain.roles import (
    CELLS,
    CHANGE,
    MATRIX,
    MEMBER,
    OWNER,
    SEE,
    SEND,
    STARTERS,
    Access,
    Action,
    Page,
    access,
    from_json,
)

LOCAL, GLOBAL, SEMI = "local", "global_seller", "semi_consignment"


@pytest.mark.parametrize("one", [OWNER, MEMBER, *(role for _, role in STARTERS)], ids=lambda one: one.name)
def test_every_cell_has_an_answer_with_a_reason(one: Access) -> None:
    for page in Page:
        for action in Action:
            verdict = one.may(page, action)
            assert verdict.yes == (one.owns or (page, action) in one.cells)
            assert verdict.yes or (one.name in verdict.reason and MATRIX[page][0] in verdict.reason)


def test_members_begin_without_people_and_without_semi_consignment_stores() -> None:
    assert not MEMBER.may(Page.PEOPLE) and MEMBER.may(Page.GLOBAL_STORE)
    assert {page for page, _ in MEMBER.cells} == set(Page) - {Page.PEOPLE}
    assert MEMBER.reaches(1, LOCAL) and MEMBER.reaches(2, GLOBAL) and not MEMBER.reaches(3, SEMI)


def test_a_semi_consignment_store_is_reached_only_when_named() -> None:
    named = access("Named", [(Page.LISTINGS, SEE)], ordinary=True, shops=[3])
    assert named.reaches(3, SEMI) and named.reaches(9, LOCAL) and not named.reaches(4, SEMI)
    only = access("Only", [(Page.LISTINGS, SEE)], ordinary=False, shops=[3])
    assert only.reaches(3, SEMI) and not only.reaches(9, LOCAL)
    assert OWNER.reaches(4, SEMI)


def test_changing_and_sending_include_seeing_and_unknown_cells_are_left_out() -> None:
    one = access("One", [(Page.ORDERS, SEND), (Page.DASHBOARD, SEND)])
    assert one.cells == {(Page.ORDERS, SEND), (Page.ORDERS, SEE)}


@pytest.mark.parametrize(
    "one", [MEMBER, access("Few", [(Page.STOCK, CHANGE)], False, [7, 5])], ids=lambda one: one.name
)
def test_a_role_is_stored_and_read_again(one: Access) -> None:
    assert from_json(one.name, one.to_json()) == one


def test_what_a_later_release_stored_does_not_hurt() -> None:
    assert from_json("X", {"cells": ["moon:see", "orders:fly", "orders:see", "x"], "shops": ["4"]}).cells == {
        (Page.ORDERS, SEE)
    }
    assert all(cell in CELLS for cell in OWNER.cells)
