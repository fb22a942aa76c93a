"""Numbers out of documents that anybody may send."""

import math
from typing import Any

from sandbox.bigcommerce.refusals import Refusal
from sandbox.state import Document


def number(given: Document, name: str, least: float, most: float, default: Any) -> Any:
    """A finite number of the document, or the default when it is absent."""
    value = given.get(name)
    if value is None:
        return default
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not least <= value <= most:
        raise Refusal(422, "Invalid value", {name: f"must be a number from {least:g} to {most:g}"})
    return value


def known(given: Document, names: tuple[str, ...]) -> None:
    """Refuse fields that nobody reads: a misspelt one would break nothing, silently."""
    unknown = [name for name in given if name not in names]
    if unknown:
        raise Refusal(422, "Unknown fields", {name: f"one of {', '.join(names)}" for name in unknown})
