"""Title, description and brand."""

from html import unescape

from domain.description import could_exceed, has_content, translate
from domain.draft import Problem
from domain.rules import Case


def title(case: Case, out: list[Problem]) -> None:
    """Present, of the market's length, without what TikTok refuses in a title."""
    text, pack = case.draft.title.strip(), case.pack
    if not text:
        out.append(Problem("title.missing", "title", "The title is missing. Enter one."))
        return
    length = len(text)
    if length < pack.title_min:
        lacking = f"The title has {length} characters and needs at least {pack.title_min}. Make it more specific."
        out.append(Problem("title.too_short", "title", lacking))
    elif length > pack.title_max:
        excess = (
            f"The title has {length} characters, {length - pack.title_max} more than the {pack.title_max} "
            "allowed. Shorten it."
        )
        out.append(Problem("title.too_long", "title", excess))
    if not text.isascii() and not pack.chinese_allowed and has_chinese(text):
        out.append(
            Problem(
                "title.chinese", "title", f"Titles in {pack.market} may not contain Chinese characters. Replace them."
            )
        )
    if forbidden := _forbidden(text):
        out.append(Problem("title.forbidden_characters", "title", f"The title contains {forbidden}. Remove that."))


def _forbidden(text: str) -> str:
    if not text.isascii():
        emoji = [character for character in text if is_emoji(character)]
        if emoji:
            return f"{len(emoji)} emoji or picture characters ({''.join(emoji[:3])})"
    if not text.isprintable() and any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        return "control characters such as line breaks or tabs"
    if "&" in text and unescape(text) != text:
        return "an HTML code such as &amp;"
    if not any(character.isalnum() for character in text):
        return "symbols only, no letter or digit"
    return ""


def is_emoji(character: str) -> bool:
    """Pictographs, dingbats and their modifiers."""
    code = ord(character)
    return (
        0x1F000 <= code <= 0x1FAFF
        or 0x2600 <= code <= 0x27BF
        or 0xE0000 <= code <= 0xE007F
        or code in (0x200D, 0x20E3, 0xFE0F)
    )


def has_chinese(text: str) -> bool:
    """Han characters of the basic block and its first extension."""
    return any("\u3400" <= character <= "\u4dbf" or "\u4e00" <= character <= "\u9fff" for character in text)


def description(case: Case, out: list[Problem]) -> None:
    """Present, and within the limits after it was turned into the HTML TikTok takes."""
    html, pack = case.draft.description, case.pack
    pictures = html.lower().count("<img") if "<" in html else 0
    if not has_content(html) or (pictures and not translate(html, placed={}).plain_text):
        out.append(Problem("description.missing", "description", "The description is empty. Write one."))
        return
    if could_exceed(html, pack.description_max):
        length = len(translate(html, placed={}).html)
        if length > pack.description_max:
            text = (
                f"The description has {length:,} characters with its formatting; "
                f"{pack.description_max:,} are allowed. Shorten it."
            )
            out.append(Problem("description.too_long", "description", text))
    if pictures:
        which = "The picture" if pictures == 1 else f"The {pictures} pictures"
        text = (
            f"{which} in the description will not be sent: TikTok takes only pictures that it hosts. Put what matters "
            "among the product's pictures."
        )
        out.append(Problem("description.images_dropped", "description", text, False))


def brand(case: Case, out: list[Problem]) -> None:
    """As the brand policy asks (features C-04)."""
    draft, policy = case.draft, case.policy.brand
    if policy == "never":
        return
    must = policy == "require"
    if not draft.brand_id:
        if draft.brand_name:
            text = f'TikTok has no brand chosen for "{draft.brand_name}". ' + _or_without(
                policy != "send_if_authorised"
            )
            out.append(Problem("brand.not_matched", "brand", text, policy != "send_if_authorised"))
        elif must:
            out.append(
                Problem("brand.missing", "brand", "The brand is missing and your settings require one. Choose a brand.")
            )
    elif draft.brand_authorised is False:
        name = draft.brand_name or draft.brand_id
        text = f'The shop is not authorised for the brand "{name}". ' + _or_without(policy != "send_if_authorised")
        out.append(Problem("brand.unauthorised", "brand", text, policy != "send_if_authorised"))


def _or_without(blocking: bool) -> str:
    if blocking:
        return "Choose another brand, or request authorisation in Seller Center."
    return "The product will be published without a brand."
