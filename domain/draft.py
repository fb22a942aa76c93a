"""The shapes that the rules speak of: a listing's effective draft, what its category needs, and a problem found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from domain.media import ChartDraft, DocumentDraft, LookDraft, VideoDraft

Origin = Literal["listing", "profile", "default profile", "product", "settings", "none"]
"""Where an effective value came from: set on the listing, mapped by a profile, inherited from the product."""


@dataclass(frozen=True, slots=True)
class Identifier:
    kind: Literal["GTIN", "EAN", "UPC", "ISBN"]
    code: str


@dataclass(frozen=True, slots=True)
class ImageDraft:
    """A picture as BigCommerce has it. Measures are None until a worker has opened the file (pixels, bytes)."""

    key: str
    url: str
    width: int | None = None
    height: int | None = None
    size: int | None = None
    format: str | None = None  # JPEG, PNG, WEBP, GIF, BMP, HEIC
    fault: str = ""  # why it could not be opened, in plain words
    look: LookDraft | None = field(default=None, repr=False)  # of the main picture, once a worker has looked


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """One value of a product attribute: TikTok's value id where one was chosen, else free text."""

    id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Weight:
    value: Decimal
    unit: Literal["KILOGRAM", "GRAM", "POUND"]


@dataclass(frozen=True, slots=True)
class Dimensions:
    length: Decimal
    width: Decimal
    height: Decimal
    unit: Literal["CENTIMETER", "INCH"]


@dataclass(frozen=True, slots=True)
class SkuDraft:
    """One variant as it would be sent. `options`: (name, value) pairs in order; `quantity`: after the stock rules."""

    key: str
    seller_sku: str
    options: tuple[tuple[str, str], ...] = ()
    price: Decimal | None = None
    quantity: int | None = None
    identifier: Identifier | None = None
    image: ImageDraft | None = None
    is_known: bool = field(default=False, repr=False)  # TikTok has this variant


@dataclass(frozen=True, slots=True)
class Draft:
    """All that would be sent for one listing, effective (listing, else profile, else default profile, else product)."""

    market: str  # TikTok region, e.g. "US"
    currency: str
    store_currency: str
    title: str = ""
    description: str = ""  # HTML as the merchant has it; sent after domain.description.translate
    category_id: str = ""
    brand_id: str = ""
    brand_name: str = ""
    attributes: Mapping[str, tuple[AttributeValue, ...]] = field(default_factory=dict)  # by TikTok attribute id
    weight: Weight | None = None
    dimensions: Dimensions | None = None  # None when any side is missing
    images: tuple[ImageDraft, ...] = ()  # in order, the first is the main image
    skus: tuple[SkuDraft, ...] = ()
    cross_border: bool = False
    identifier_required: bool = False
    origins: Mapping[str, Origin] = field(default_factory=dict)  # by field name as in Problem.field
    brand_authorised: bool | None = None  # as TikTok lists the brand for this shop; None when not asked yet
    has_conversion_rule: bool = False  # prices are in the shop's currency although the store has another
    certifications: frozenset[str] = frozenset()  # ids of the certifications for which a document is attached
    has_size_chart: bool = False
    duplicate_identifiers: frozenset[str] = frozenset()  # codes that another listing of the shop uses already
    is_live: bool = False  # on sale already: stock may be zero
    documents: tuple[DocumentDraft, ...] = field(default=(), repr=False)
    size_chart: ChartDraft | None = field(default=None, repr=False)
    video: VideoDraft | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AttributeNeed:
    """One attribute of a category. `conditions` are (attribute id, value id) pairs: required when any of them holds."""

    id: str
    name: str
    kind: Literal["product", "sales"]
    required: bool = False
    multiple: bool = False
    custom: bool = False
    values: tuple[tuple[str, str], ...] = ()  # (value id, name)
    conditions: tuple[tuple[str, str], ...] = ()
    number: bool = False


@dataclass(frozen=True, slots=True)
class CertificationNeed:
    id: str
    name: str
    required: bool = False
    conditions: tuple[tuple[str, str], ...] = ()
    expires: bool = field(default=False, repr=False)  # its last day is demanded
    details: str = field(default="", repr=False)  # what TikTok says about the document


@dataclass(frozen=True, slots=True)
class CategoryNeeds:
    """What TikTok demands in one category: its rules and attributes as last read from the platform."""

    id: str
    path: tuple[str, ...] = ()  # names from the root to the leaf
    leaf: bool = True
    permissions: frozenset[str] = frozenset({"AVAILABLE"})  # AVAILABLE, INVITE_ONLY, NON_MAIN_CATEGORY, PROHIBITED
    attributes: tuple[AttributeNeed, ...] = ()
    certifications: tuple[CertificationNeed, ...] = ()
    dimensions_required: bool = False
    size_chart_required: bool = False
    size_chart_supported: bool = field(default=False, repr=False)

    @property
    def size_chart_taken(self) -> bool:
        """Whether one is sent; TikTok drops it silently elsewhere (reference 4.3)."""
        return self.size_chart_supported or self.size_chart_required


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a listing from being sold (`blocking`) or makes it worse (advice).

    `code` is stable and dotted ("title.too_short"); `field` names the control that fixes it: title, description,
    category, brand, identifier, weight, dimensions, images, images.<key>, attributes.<id>, certifications.<id>,
    size_chart, video, skus, skus.<key>.<price|quantity|sku|option|image|identifier>, shop, publish. (`identifier` alone
    when there is one SKU.) `text` is one plain sentence with the numbers in it.
    """

    code: str
    field: str
    text: str
    blocking: bool = True
