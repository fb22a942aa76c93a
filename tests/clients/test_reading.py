"""Answers into models: exact, tolerant of what platforms do, and silent about values."""

import time
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from clients.bigcommerce.models import Product, Variant
from clients.reading import Amount, Figure, Flag, Many, Model, NotUnderstood, Text, Whole, parse, read_json, read_value


class Thing(Model):
    id: str
    price: Amount = None
    figure: Figure = None
    name: Text = ""
    rows: Many[int] = ()
    on: Flag = False
    count: Whole = 0


KIND = TypeAdapter(Thing)


@pytest.mark.parametrize("digits", ["0.1", "19.90", "12345678901234.1234", "1e-4", "7"])
def test_numbers_become_the_decimals_written(digits: str) -> None:
    assert read_json(KIND, f'{{"id":"1","price":{digits}}}'.encode()).price == Decimal(digits)


def test_decimals_inside_lists_are_exact_too() -> None:
    product = read_json(
        TypeAdapter(Product),
        b'{"id":1,"name":"a","weight":0.1,"price":12345678901234.1234,'
        b'"variants":[{"id":2,"product_id":1,"price":12345678901234.1234}]}',
    )
    assert product.price == product.variants[0].price == Decimal("12345678901234.1234")


def test_null_means_empty_and_numbers_may_stand_for_ids() -> None:
    body = b'{"id":1729592969712203232,"figure":"","name":null,"rows":null,"on":null,"count":null,"new":1}'
    thing = read_json(KIND, body)
    assert thing == Thing(id="1729592969712203232")


def test_lone_surrogates_and_broken_bytes_lose_one_character_only() -> None:
    thing = read_json(KIND, b'{"id":"1","name":"a\\ud800b\xff","price":19.90}')
    assert thing.name.encode().startswith(b"a?b") and thing.price == Decimal("19.90")


def test_endless_digits_are_read_in_no_time() -> None:
    start = time.monotonic()
    with pytest.raises(NotUnderstood):
        read_json(KIND, b'{"id":"1","name":' + b"1" * 2_000_000)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"[" * 100_000])
def test_nonsense_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        parse(body)


def test_a_fault_names_the_field_and_no_value() -> None:
    with pytest.raises(NotUnderstood) as caught:
        read_value(TypeAdapter(list[Thing]), [{"id": "1"}, {"id": "2", "count": "marker"}])
    assert "1.count" in str(caught.value) and "marker" not in str(caught.value)
    assert caught.value.__context__ is None


def test_models_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_value(TypeAdapter(Variant), {"id": 1, "product_id": 2}).sku = "x"


def test_nul_is_left_out_whichever_way_an_answer_is_read() -> None:
    """PostgreSQL keeps no NUL in text; an escaped backslash before "u0000" is none."""
    body = rb'{"name": "a\u0000b", "list": ["\u0000"], "k\u0000": "\\u0000"}'
    assert parse(body) == {"name": "ab", "list": [""], "k": "\\u0000"}
    assert read_json(TypeAdapter(dict[str, Any]), body) == {"name": "ab", "list": [""], "k": "\\u0000"}
