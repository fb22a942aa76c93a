"""Each SKU: its code, price, quantity and identifier."""

from domain import money
from domain.draft import Identifier, Problem, SkuDraft
from domain.identifiers import LENGTHS, check_digit_fits, fault
from domain.rules import Case
from domain.variants import label


def _subject(sku: SkuDraft) -> str:
    """The variant's name as a sentence begins with it."""
    name = label(sku)
    return name[:1].upper() + name[1:]


def codes(case: Case, out: list[Problem]) -> None:
    """A seller SKU on each variant: present, short enough, without spaces, used once."""
    skus = case.draft.skus
    if not skus:
        out.append(
            Problem("skus.none", "skus", "The product has no variant to sell. Import it again from BigCommerce.")
        )
        return
    longest = case.pack.seller_sku_max
    seen: set[str] = set()
    for sku in skus:
        code = sku.seller_sku
        if not code:
            out.append(Problem("sku.missing", f"skus.{sku.key}.sku", f"{_subject(sku)} has no SKU. Enter one."))
            continue
        if len(code) > longest:
            text = f"The SKU {code} has {len(code)} characters; {longest} are allowed. Shorten it."
            out.append(Problem("sku.too_long", f"skus.{sku.key}.sku", text))
        if " " in code or not code.isprintable():
            out.append(Problem("sku.spaces", f"skus.{sku.key}.sku", f'The SKU "{code}" contains spaces. Remove them.'))
        if code in seen:
            text = f"The SKU {code} stands on more than 1 variant. Give each its own."
            out.append(Problem("sku.duplicate", f"skus.{sku.key}.sku", text))
        seen.add(code)


def prices(case: Case, out: list[Problem]) -> None:
    """A price on each variant, in the shop's currency and within the market's bounds."""
    draft, pack = case.draft, case.pack
    if draft.currency != pack.currency:
        text = (
            f"Prices are in {draft.currency or 'no currency'}; {pack.market} sells in {pack.currency}. "
            "Read the shop again."
        )
        out.append(Problem("price.currency", "skus", text))
    elif draft.store_currency != draft.currency and not draft.has_conversion_rule:
        text = (
            f"The store has prices in {draft.store_currency}, the shop sells in {draft.currency}. "
            f"Set a price in {draft.currency} on each variant."
        )
        out.append(Problem("price.no_conversion", "skus", text))
    low, high = pack.price_min, pack.price_max
    for sku in draft.skus:
        price = sku.price
        if price is None or not price:
            out.append(
                Problem("price.missing", f"skus.{sku.key}.price", f"{_subject(sku)} has no price. Enter one above 0.")
            )
        elif not low <= price <= high:
            _price_bounds(case, sku, out)


def _price_bounds(case: Case, sku: SkuDraft, out: list[Problem]) -> None:
    pack, price = case.pack, sku.price
    assert price is not None  # noqa: S101 - the caller looked
    shown = money.show(price, pack.currency)
    if price < pack.price_min:
        text = (
            f"{_subject(sku)} costs {shown}; the least in {pack.market} is "
            f"{money.show(pack.price_min, pack.currency)}. Raise the price."
        )
        out.append(Problem("price.too_low", f"skus.{sku.key}.price", text))
    else:
        text = (
            f"{_subject(sku)} costs {shown}; the most in {pack.market} is "
            f"{money.show(pack.price_max, pack.currency)}. Lower the price."
        )
        out.append(Problem("price.too_high", f"skus.{sku.key}.price", text))


def quantities(case: Case, out: list[Problem]) -> None:
    """A quantity on each variant; a new listing needs stock, a live one may sell out."""
    low, high = case.pack.quantity_min, case.pack.quantity_max
    empty: list[SkuDraft] = []
    for sku in case.draft.skus:
        quantity = sku.quantity
        if quantity is None:
            text = f"The stock of {label(sku)} is unknown. Track it in BigCommerce or enter a quantity."
            out.append(Problem("quantity.missing", f"skus.{sku.key}.quantity", text))
        elif not low <= quantity <= high:
            if quantity < 0 or quantity > high:
                text = (
                    f"{_subject(sku)} has {quantity:,} pieces; {low} to {high:,} are allowed. "
                    "Set a cap in the stock rule."
                )
                out.append(Problem("quantity.out_of_range", f"skus.{sku.key}.quantity", text))
            else:
                empty.append(sku)
    if empty and not case.draft.is_live:
        if len(empty) == len(case.draft.skus):
            which = "the only variant is" if len(empty) == 1 else f"all {len(empty)} variants are"
            text = f"Nothing to sell: {which} at 0 after the stock rules. Add stock or lower the threshold."
            out.append(Problem("quantity.none", f"skus.{empty[0].key}.quantity", text))
            return
        for sku in empty:
            text = (
                f"{_subject(sku)} is at 0 after the stock rules. TikTok takes no new variant without stock: "
                "it joins when you re-publish once there is some."
            )
            out.append(Problem("quantity.zero", f"skus.{sku.key}.quantity", text, False))


def identifiers(case: Case, out: list[Problem]) -> None:
    """Well-formed and unique where given; given where required (features C-03, S5-69..73)."""
    draft = case.draft
    required = draft.identifier_required or case.policy.identifier_required
    single = len(draft.skus) == 1
    seen: set[str] = set()
    for sku in draft.skus:
        identifier = sku.identifier
        if identifier is None:
            if required:
                text = (
                    f"{_subject(sku)} has no GTIN, EAN, UPC or ISBN and your settings require one. "
                    "Enter it in BigCommerce."
                )
                out.append(Problem("identifier.missing", _field(sku, single), text))
            continue
        _identifier(identifier, sku, _field(sku, single), out)
        if identifier.code in seen or identifier.code in draft.duplicate_identifiers:
            text = (
                f"The {identifier.kind} {identifier.code} is used more than once in this shop. Each SKU needs its own."
            )
            out.append(Problem("identifier.duplicate", _field(sku, single), text))
        seen.add(identifier.code)


def _field(sku: SkuDraft, single: bool) -> str:
    return "identifier" if single else f"skus.{sku.key}.identifier"


def _identifier(identifier: Identifier, sku: SkuDraft, field: str, out: list[Problem]) -> None:
    kind, code = identifier.kind, identifier.code
    wrong = fault(identifier)
    if wrong == "digits":
        allowed = "digits, and X at the end of a 10-digit ISBN" if kind == "ISBN" else "digits only"
        out.append(
            Problem("identifier.digits", field, f"The {kind} {code} of {label(sku)} may hold {allowed}. Correct it.")
        )
    elif wrong == "length":
        lengths = " or ".join(str(length) for length in LENGTHS[kind])
        text = f"The {kind} {code} of {label(sku)} has {len(code)} digits; it must have {lengths}. Correct it."
        out.append(Problem("identifier.length", field, text))
    elif not check_digit_fits(code):
        text = f"The last digit of the {kind} {code} of {label(sku)} does not fit the others. Check for a typing error."
        out.append(Problem("identifier.checksum", field, text, False))
