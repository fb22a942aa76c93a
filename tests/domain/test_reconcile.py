"""Two sides of a listing."""

from decimal import Decimal

import pytest

from domain.reconcile import Side, Sku, compare

MUG = Sku("1", "MUG", Decimal("12.50"), 7)
OURS = Side("A mug", "ACTIVATE", [MUG])


@pytest.mark.parametrize(
    ("theirs", "kinds"),
    [
        (Side(" A  mug ", "ACTIVATE", [MUG]), []),
        (Side("A cup", "ACTIVATE", [MUG]), ["title"]),
        (Side("A mug", "FREEZE", [MUG]), ["status"]),
        (Side("A cup", "DELETED", []), ["status"]),
        (Side("A mug", "ACTIVATE", []), ["sku"]),
        (Side("A mug", "ACTIVATE", [Sku("1", "MUG", Decimal("12.5000"), 7)]), []),
        (Side("A mug", "ACTIVATE", [Sku("1", "MUG", Decimal("13"), 6)]), ["price", "stock"]),
        (Side("A mug", "ACTIVATE", [Sku("1", "MUG", None, None)]), []),
        (None, ["missing"]),
    ],
)
def test_each_difference_has_its_kind(theirs: Side | None, kinds: list[str]) -> None:
    assert [one.kind for one in compare(OURS, theirs)] == kinds


def test_what_is_deleted_on_both_sides_is_no_difference() -> None:
    assert list(compare(Side("A mug", "DELETED", []), None)) == []
