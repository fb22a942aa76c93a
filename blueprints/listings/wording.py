"""Short words for chips and badges: problems by code, tabs by tone, pictures by what is done to them."""

from domain.imaging import Step
from domain.tabs import Tab
from services import platform_errors

LABELS: dict[str, str] = {
    "title.missing": "No title",
    "title.too_short": "Title too short",
    "title.too_long": "Title too long",
    "title.chinese": "Chinese in the title",
    "title.forbidden_characters": "Characters TikTok refuses in the title",
    "description.missing": "No description",
    "description.too_long": "Description too long",
    "description.images_dropped": "Pictures in the description are not sent",
    "category.missing": "No category",
    "category.not_loaded": "Category not read yet",
    "category.not_leaf": "Category too general",
    "category.prohibited": "Prohibited category",
    "category.not_main": "Not the shop's main category",
    "category.invite_only": "Category by invitation",
    "attributes.missing": "Attribute missing",
    "attributes.variation_missing": "Variation missing",
    "attributes.optional_empty": "Optional attributes empty",
    "attributes.unknown_value": "Attribute value unknown",
    "attributes.custom_not_allowed": "Attribute value not allowed",
    "attributes.not_a_number": "Attribute not a number",
    "attributes.too_long": "Attribute too long",
    "attributes.too_many_values": "Too many attribute values",
    "attributes.duplicate_value": "Attribute value twice",
    "attributes.not_applicable": "Attribute does not apply",
    "certifications.missing": "Certificate missing",
    "certifications.expired": "Certificate expired",
    "certifications.expires_soon": "Certificate expires soon",
    "certifications.no_expiry": "Certificate without its last day",
    "certifications.refused": "Certificate not taken by TikTok",
    "size_chart.missing": "Size chart missing",
    "size_chart.too_small": "Size chart too small",
    "size_chart.not_taken": "Size chart not wanted",
    "size_chart.refused": "Size chart not taken by TikTok",
    "video.refused": "Video not taken by TikTok",
    "video.format": "Video of a wrong kind",
    "video.too_heavy": "Video too heavy",
    "video.too_long": "Video too long",
    "video.long": "Video long",
    "video.bad_ratio": "Video of a wrong shape",
    "brand.missing": "No brand",
    "brand.not_matched": "Brand unknown to TikTok",
    "brand.unauthorised": "Brand not authorised",
    "images.none": "No picture",
    "images.too_many": "Too many pictures",
    "images.unmeasured": "Picture not measured yet",
    "images.unreadable": "Picture cannot be opened",
    "images.too_small": "Picture too small",
    "images.too_large": "Picture too large",
    "images.too_heavy": "Picture file too heavy",
    "images.fixed_format": "Picture format cannot be changed",
    "images.not_square": "Picture not square",
    "images.bad_ratio": "Picture outside 3:4 to 4:3",
    "images.small": "Picture below 600 x 600",
    "images.busy_background": "Main picture's background not plain",
    "images.not_white": "Main picture's background not white",
    "images.small_product": "Product small in the main picture",
    "images.cut_off": "Main picture perhaps cut off",
    "skus.none": "No variant",
    "sku.missing": "No SKU",
    "sku.duplicate": "SKU twice",
    "sku.spaces": "Spaces in the SKU",
    "sku.too_long": "SKU too long",
    "price.missing": "No price",
    "price.too_low": "Price too low",
    "price.too_high": "Price too high",
    "price.currency": "Wrong currency",
    "price.no_conversion": "Prices in another currency",
    "quantity.missing": "Stock unknown",
    "quantity.none": "Nothing in stock",
    "quantity.zero": "Variant sold out",
    "quantity.out_of_range": "Stock out of range",
    "identifier.missing": "No identifier",
    "identifier.digits": "Identifier not numeric",
    "identifier.length": "Identifier of wrong length",
    "identifier.checksum": "Identifier mistyped",
    "identifier.duplicate": "Identifier used twice",
    "variants.too_many": "Too many variants",
    "variants.too_many_options": "Too many options",
    "variants.duplicate": "Variant twice",
    "variants.unequal_options": "Variants with unequal options",
    "variants.option_name_length": "Option name too long",
    "variants.option_value_length": "Option value too long",
    "variants.option_chinese": "Chinese in an option",
    "variants.images_left_out": "Variant pictures left out",
    "weight.missing": "No package weight",
    "weight.unit": "Weight in a wrong unit",
    "weight.too_heavy": "Package too heavy",
    "dimensions.missing": "No package size",
    "dimensions.unit": "Size in a wrong unit",
    "dimensions.mixed_units": "Weight and size in mixed units",
    "dimensions.zero": "Package side of 0",
}
ADVICE = frozenset(
    {
        "attributes.optional_empty",
        "attributes.not_applicable",
        "description.images_dropped",
        "identifier.checksum",
        "certifications.expires_soon",
        "images.busy_background",
        "images.cut_off",
        "images.not_white",
        "images.small",
        "images.small_product",
        "images.too_many",
        "images.unmeasured",
        "quantity.zero",
        "size_chart.not_taken",
        "video.long",
        "variants.images_left_out",
    }
)
"""Codes that never keep a listing from being sold."""
BRAND_ADVICE = frozenset({"brand.not_matched", "brand.unauthorised"})
"""Advice as long as a brand is only sent when it can be."""
PARTS = {
    "title": "title",
    "description": "description",
    "category": "category",
    "brand": "brand",
    "attributes": "attributes",
    "certifications": "certificate",
    "images": "pictures",
    "skus": "variants",
    "price": "price",
    "size_chart": "size chart",
    "video": "video",
    "publish": "other reason",
    "weight": "package weight",
    "dimensions": "package size",
    "identifier": "identifier",
    "quantity": "quantity",
    "warehouse": "warehouse",
    "shop": "shop",
}


KNOWN = PARTS.keys() - {"publish"}
SECTIONS = (
    "title",
    "description",
    "images",
    "category",
    "brand",
    "attributes",
    "documents",
    "weight",
    "dimensions",
    "skus",
)
"""The parts of a listing's page, in order."""
HOME = {
    "certifications": "documents",
    "size_chart": "documents",
    "video": "images",
    "identifier": "skus",
    "price": "skus",
    "quantity": "skus",
    "warehouse": "general",
    "shop": "general",
    "publish": "general",
}


def section_of(field: str) -> str:
    """The part of the page whose control cures a problem."""
    first = field.partition(".")[0]
    home = HOME.get(first, first)
    return home if home in SECTIONS else "general"


def label(code: str) -> str:
    """A problem's code in a few words."""
    source, _, rest = code.partition(".")
    if source == "tiktok":
        field = platform_errors.problem(rest, "").field
        return f"TikTok refused the {PARTS[field]} ({rest})" if field in KNOWN else f"TikTok's refusal {rest}"
    if source == "review":
        return f"Review: {PARTS.get(rest, rest.replace('_', ' '))}"
    return LABELS.get(code) or code.replace(".", ": ").replace("_", " ").capitalize()


TONES: dict[Tab, str] = {
    Tab.INCOMPLETE: "quiet",
    Tab.READY: "primary",
    Tab.SCHEDULED: "primary",
    Tab.PUBLISHING: "primary",
    Tab.IN_REVIEW: "warning",
    Tab.LIVE: "success",
    Tab.FAILED: "danger",
    Tab.DEACTIVATED: "secondary",
}
EMPTY: dict[Tab, tuple[str, str]] = {
    Tab.INCOMPLETE: (
        "Nothing is incomplete",
        "Listings stand here as long as something keeps TikTok Shop from taking them.",
    ),
    Tab.READY: ("Nothing waits to be published", "Listings come here by themselves as soon as nothing is missing."),
    Tab.SCHEDULED: ("Nothing is scheduled", "Listings with a date to go live stand here."),
    Tab.PUBLISHING: ("Nothing is being published", "Listings stand here while they are sent to TikTok Shop."),
    Tab.IN_REVIEW: (
        "Nothing is in review",
        "TikTok reviews each listing after it was sent; that can take minutes or days.",
    ),
    Tab.LIVE: ("Nothing is live yet", "Listings that TikTok has approved stand here."),
    Tab.FAILED: ("Nothing failed", "What TikTok refuses stands here with its reason."),
    Tab.DEACTIVATED: ("Nothing is deactivated", "Listings taken off sale, by you or by TikTok, stand here."),
}
AUDITS = {
    "AUDITING": "TikTok reviews it now",
    "PRE_APPROVED": "Approved, goes live shortly",
    "PASS": "Review passed",
    "FAILED": "Review failed",
    "NONE": "Not reviewed yet",
}
PLATFORM = {
    "DRAFT": "Draft on TikTok",
    "INITIAL": "Draft on TikTok",
    "PENDING": "In review",
    "FAILED": "Review failed",
    "ACTIVATE": "On sale",
    "SELLER_DEACTIVATED": "Deactivated by you",
    "PLATFORM_DEACTIVATED": "Deactivated by TikTok",
    "FREEZE": "Frozen by TikTok",
    "DELETED": "Deleted on TikTok",
    "SCHEDULED": "Scheduled",
}
STEPS = {
    Step.PAD_TO_SQUARE: "padded to a square",
    Step.SHRINK: "made smaller",
    Step.CONVERT_JPEG: "converted to JPEG",
    Step.COMPRESS: "compressed",
}
ORIGINS = {
    "listing": ("Set here", "primary"),
    "profile": ("Profile", "quiet"),
    "default profile": ("Default profile", "quiet"),
    "product": ("BigCommerce", "quiet"),
    "settings": ("Settings", "quiet"),
    "none": ("Empty", "quiet"),
}
UNITS = {"KILOGRAM": "kg", "GRAM": "g", "POUND": "lb", "CENTIMETER": "cm", "INCH": "inch"}
