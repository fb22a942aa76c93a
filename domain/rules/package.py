"""Package weight and size."""

from domain.draft import Problem
from domain.rules import Case


def weight(case: Case, out: list[Problem]) -> None:
    """Present, in a unit of the market, not above its limit."""
    found, pack = case.draft.weight, case.pack
    if found is None or found.value <= 0:
        out.append(Problem("weight.missing", "weight", "The package weight is missing. Enter a weight above 0."))
        return
    for unit, _ in pack.weight_units:
        if unit == found.unit:
            break
    else:
        allowed = ", ".join(unit.lower() for unit, _ in pack.weight_units)
        text = f"The weight is in {found.unit.lower()}; {pack.market} takes {allowed}. Change the unit."
        out.append(Problem("weight.unit", "weight", text))
    pounds = found.unit == "POUND"
    limit = pack.weight_max_lb if pounds else pack.weight_max_kg
    value = found.value / 1000 if found.unit == "GRAM" else found.value
    if limit is None and pack.weight_max_lb is not None:
        limit = round(pack.weight_max_lb * 45359237 / 100_000_000, 3)
    if limit is not None and value > limit:
        unit_name = "lb" if pounds else "kg"
        text = f"The package weighs {value} {unit_name}; {pack.market} allows {limit} {unit_name}. Correct the weight."
        out.append(Problem("weight.too_heavy", "weight", text))


def dimensions(case: Case, out: list[Problem]) -> None:
    """Present where the category demands them, in a unit of the market and of the weight's measuring system."""
    found, pack = case.draft.dimensions, case.pack
    if found is None:
        if case.needs is not None and case.needs.dimensions_required:
            text = "The package size is missing; the category requires length, width and height. Enter all 3."
            out.append(Problem("dimensions.missing", "dimensions", text))
        return
    if found.unit not in pack.length_units:
        allowed = ", ".join(unit.lower() for unit in pack.length_units)
        text = f"The package size is in {found.unit.lower()}; {pack.market} takes {allowed}. Change the unit."
        out.append(Problem("dimensions.unit", "dimensions", text))
    elif case.draft.weight is not None and (case.draft.weight.unit == "POUND") != (found.unit == "INCH"):
        text = (
            f"Weight in {case.draft.weight.unit.lower()} and size in {found.unit.lower()} do not go "
            "together. Use kg with cm or lb with inch."
        )
        out.append(Problem("dimensions.mixed_units", "dimensions", text))
    if found.length <= 0 or found.width <= 0 or found.height <= 0:
        text = f"A side of the package is 0 ({found.length} x {found.width} x {found.height}). Enter sides above 0."
        out.append(Problem("dimensions.zero", "dimensions", text))
