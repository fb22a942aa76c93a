"""Answers into frozen models: unknown fields ignored, missing ones named, numbers exact."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

T = TypeVar("T")


class Model(BaseModel):
    """The base of every answer."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, populate_by_name=True)


def _text(value: Any) -> Any:
    return "" if value is None else value


def _many(value: Any) -> Any:
    return () if value is None else value


def _flag(value: Any) -> Any:
    return False if value is None else value


def _whole(value: Any) -> Any:
    return 0 if value is None else value


def _amount(value: Any) -> Any:
    return None if value == "" else value


# Both platforms answer null where the field is documented as text, list or number.
Text = Annotated[str, BeforeValidator(_text)]
Many = Annotated[tuple[T, ...], BeforeValidator(_many)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Whole = Annotated[int, BeforeValidator(_whole)]
Amount = Annotated[Decimal | None, BeforeValidator(_amount)]


class NotUnderstood(Exception):
    """The text names what is missing or wrong and never quotes a value: answers carry tokens."""


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def parse(body: bytes) -> Any:
    """JSON into plain values. Lone surrogates and broken UTF-8 become question marks instead of losing the answer."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        pass
    try:
        return _clean(json.loads(body.decode("utf-8", "replace"), parse_float=Decimal))
    except (ValueError, RecursionError):
        pass
    raise NotUnderstood("the answer is not JSON")


def _attempt(validate: Callable[[Any], T], value: Any) -> tuple[T | None, str, bool]:
    try:
        return validate(value), "", False
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the answer"
        return None, f"{place}: {first['type']}", first["type"] == "json_invalid"


def read_value(kind: TypeAdapter[T], value: Any) -> T:
    """Plain values into the model, or NotUnderstood naming the first field at fault."""
    result, fault, _ = _attempt(kind.validate_python, value)
    if fault:
        raise NotUnderstood(fault)
    return result  # type: ignore[return-value]


def read_json(kind: TypeAdapter[T], body: bytes) -> T:
    """JSON bytes straight into the model: decimals are taken from the digits as written."""
    result, fault, broken = _attempt(kind.validate_json, body)
    if broken:
        return read_value(kind, parse(body))
    if fault:
        raise NotUnderstood(fault)
    return result  # type: ignore[return-value]
