"""Answers into frozen models: unknown fields ignored, missing ones named, numbers exact."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

T = TypeVar("T")


class Model(BaseModel):
    """The base of every answer."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, populate_by_name=True)


# Both platforms answer null where the field is documented as text, list or number. The conversion comes after
# pydantic's own reading, which then stays in its fast core.
if TYPE_CHECKING:
    Text: TypeAlias = str
    Many: TypeAlias = tuple[T, ...]
    Flag: TypeAlias = bool
    Whole: TypeAlias = int
    Figure: TypeAlias = Decimal | None
else:
    Text = Annotated[str | None, AfterValidator(lambda value: "" if value is None else value)]
    Many = Annotated[tuple[T, ...] | None, AfterValidator(lambda value: () if value is None else value)]
    Flag = Annotated[bool | None, AfterValidator(bool)]
    Whole = Annotated[int | None, AfterValidator(lambda value: 0 if value is None else value)]
    # TikTok writes amounts as text, and an absent one sometimes as empty text.
    Figure = Annotated[Decimal | Literal[""] | None, AfterValidator(lambda value: None if value == "" else value)]

Amount: TypeAlias = Decimal | None


class NotUnderstood(Exception):
    """The text names what is missing or wrong and never quotes a value: answers carry tokens."""


def clean(value: Any) -> Any:
    """Plain values whose texts every database takes: lone surrogates become question marks, NUL is left out."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


# pydantic reads a JSON number into a Decimal by way of a float: right up to 15 digits, and prices may have more.
_LONG_NUMBER = re.compile(rb"\d(?=[\d.]{15})\d{0,32}\.\d")


_NUL = b"\\u0000"  # PostgreSQL keeps no NUL in text


def parse(body: bytes) -> Any:
    """JSON into plain values. Lone surrogates and broken UTF-8 become question marks instead of losing the answer; NUL
    characters are left out."""
    if _NUL in body:
        return _parse_exactly(body)
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        return _parse_exactly(body)


def _parse_exactly(body: bytes) -> Any:
    try:
        return clean(json.loads(body.decode("utf-8", "replace"), parse_float=Decimal))
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
    if _NUL in body or _LONG_NUMBER.search(body):
        return read_value(kind, _parse_exactly(body))
    result, fault, broken = _attempt(kind.validate_json, body)
    if broken:
        return read_value(kind, _parse_exactly(body))
    if fault:
        raise NotUnderstood(fault)
    return result  # type: ignore[return-value]
