"""The variant matrix as a whole (features I-09, P-10, P-11)."""

from domain.draft import Problem
from domain.rules import Case
from domain.rules.images import judge
from domain.rules.texts import has_chinese
from domain.variants import image_option, label


def matrix(case: Case, out: list[Problem]) -> None:
    """Not too many variants or options, the same options on each, each combination once."""
    skus, pack = case.draft.skus, case.pack
    count = len(skus)
    if count > pack.max_skus:
        text = (
            f"The product has {count} variants; {pack.market} allows {pack.max_skus}. Split it into several products."
        )
        out.append(Problem("variants.too_many", "skus", text))
    if count < 2 and not (skus and skus[0].options):
        return
    names = [name for name, _ in skus[0].options]
    if len(names) > pack.max_sales_attributes:
        text = (
            f"The product varies by {len(names)} options; {pack.max_sales_attributes} are allowed. "
            "Merge or remove options."
        )
        out.append(Problem("variants.too_many_options", "skus", text))
    for name in names:
        if not 0 < len(name) <= pack.option_name_max:
            text = (
                f'The option name "{name}" has {len(name)} characters; '
                f"1 to {pack.option_name_max} are allowed. Rename it."
            )
            out.append(Problem("variants.option_name_length", "skus", text))
    expected = set(names)
    combinations: set[tuple[tuple[str, str], ...]] = set()
    for sku in skus:
        combination = tuple([(name, value.casefold()) for name, value in sku.options])  # as values are matched
        if combination in combinations:
            text = f"{label(sku)} exists more than once. Each variant needs its own combination of options."
            out.append(Problem("variants.duplicate", f"skus.{sku.key}.option", text))
        combinations.add(combination)
        if len(sku.options) != len(names) or {name for name, _ in sku.options} != expected:
            text = f"{label(sku)} does not have the same options as the first variant ({', '.join(names) or 'none'})."
            out.append(Problem("variants.unequal_options", f"skus.{sku.key}.option", text))


def option_values(case: Case, out: list[Problem]) -> None:
    """Each option value, judged once: length, and no Chinese where the market refuses it."""
    pack = case.pack
    seen: set[str] = set()
    for sku in case.draft.skus:
        for _, value in sku.options:
            if value in seen:
                continue
            seen.add(value)
            if not 0 < len(value) <= pack.option_value_max:
                text = (
                    f'The option value "{value}" has {len(value)} characters; 1 to {pack.option_value_max} are allowed.'
                )
                out.append(Problem("variants.option_value_length", f"skus.{sku.key}.option", text))
            if not value.isascii() and not pack.chinese_allowed and has_chinese(value):
                text = f'The option value "{value}" contains Chinese characters, which {pack.market} does not take.'
                out.append(Problem("variants.option_chinese", f"skus.{sku.key}.option", text))


def pictures(case: Case, out: list[Problem]) -> None:
    """Variant pictures can be sent, and each is one that TikTok will take."""
    if not case.policy.send_variant_images:
        return
    with_picture = [sku for sku in case.draft.skus if sku.image is not None]
    if not with_picture or not with_picture[0].options:
        return
    if not image_option(case.draft.skus):
        text = (
            f"{len(with_picture)} of {len(case.draft.skus)} variants have a picture, but no single option has "
            "1 picture per value. Variant pictures are left out."
        )
        out.append(Problem("variants.images_left_out", "skus", text, False))
        return
    seen: set[str] = set()
    for sku in with_picture:
        image = sku.image
        if image is not None and image.key not in seen:
            seen.add(image.key)
            judge(case, image, f"skus.{sku.key}.image", out)
