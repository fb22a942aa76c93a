"""What the parts of the client share: reading a list, writing and keeping the refusals inside an answer."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, create_model

from clients.errors import ItemError
from clients.reading import Many, Model
from clients.tiktok.codes import item_errors
from clients.tiktok.gateway import Gateway, json_body
from clients.tiktok.versions import ENDPOINTS

T = TypeVar("T")
_ANY: TypeAdapter[Any] = TypeAdapter(Any)


@cache
def rows(name: str, kind: Any) -> TypeAdapter[Any]:
    """`data` that holds one list called `name`; the list must be there, though it may be null."""
    field: Any = {name: (Many[kind], ...)}
    return TypeAdapter(create_model(f"{kind.__name__}Rows", __base__=Model, **field))


def present(**values: object) -> dict[str, str]:
    """A query without what was not given; lists as one comma-joined value (reference 1.2)."""
    return {
        name: ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in values.items()
        if value not in ("", None, (), [])
    }


def given(**values: object) -> dict[str, Any]:
    """A body without what was not given."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value not in ("", None, (), [])
    }


def within(what: str, rows: Sequence[object], most: int) -> None:
    """ValueError unless there are 1 to `most` of them."""
    if not 0 < len(rows) <= most:
        raise ValueError(f"{what} takes 1 to {most}, not {len(rows)}")


class Calls:
    """Calls through one gateway, by the names of the endpoint table."""

    _gateway: Gateway

    def _get(
        self,
        name: str,
        kind: TypeAdapter[T],
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> T:
        return self._gateway.call(ENDPOINTS[name], kind, ids=ids, query=query)

    def _post(
        self,
        name: str,
        kind: TypeAdapter[T],
        body: Mapping[str, Any],
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> T:
        return self._gateway.call(ENDPOINTS[name], kind, ids=ids, query=query, body=json_body(body))

    def _change(
        self,
        name: str,
        body: Mapping[str, Any],
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> list[ItemError]:
        """A write whose answer holds nothing but refusals of single items (reference 1.5)."""
        return item_errors(self._post(name, _ANY, body, ids, query))
