"""Status words: each state of a listing and of a product in the words of the tool a merchant comes from.

A word marked * is ours: the guide of that tool has none for the state (features C-14, I-50).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.tabs import PRODUCT_WORDS, WORDS, ProductStatus, Tab

State = Tab | ProductStatus


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one tool. `borrowed`: states for which the tool has no word, so that the word is ours."""

    name: str
    listings: Mapping[Tab, str]
    products: Mapping[ProductStatus, str]
    borrowed: frozenset[State]
    notes: tuple[str, ...] = ()  # words of theirs that are no state of ours, and where to find what they mean

    def of(self, state: State) -> str:
        """The word for a listing's or a product's state."""
        return self.listings[state] if isinstance(state, Tab) else self.products[state]


def _read(name: str, listings: str, products: str, *notes: str) -> Vocabulary:
    """From two lines of words, in the order of `Tab` and of `ProductStatus`."""
    said = [word.strip() for word in listings.split(",")], [word.strip() for word in products.split(",")]
    tabs = dict(zip(Tab, said[0], strict=True))
    statuses = dict(zip(ProductStatus, said[1], strict=True))
    every: list[tuple[State, str]] = [*tabs.items(), *statuses.items()]
    return Vocabulary(
        name,
        {tab: word.rstrip("*") for tab, word in tabs.items()},
        {status: word.rstrip("*") for status, word in statuses.items()},
        frozenset(state for state, word in every if word.endswith("*")),
        notes,
    )


DEFAULT = "causeway"
VOCABULARIES: dict[str, Vocabulary] = {
    DEFAULT: Vocabulary("Causeway", WORDS, PRODUCT_WORDS, frozenset()),
    "tiktok": _read(
        "TikTok Shop",
        "Incomplete*, Ready to submit*, Scheduled, Submitting*, Pending, Activate, Failed, Deactivated",
        "Not submitted*, Submitting*, Activate, Pending, Failed, Draft",
        "Seller deactivated, Platform deactivated, Freeze and Deleted stand under Deactivated, the finer word below.",
    ),
    "bigseller": _read(
        "BigSeller",
        "Draft incomplete*, Draft ready*, Scheduled*, Publishing*, Pending, Live, Failed, Delisted",
        "Not listed*, Publishing*, Live, Pending, Failed, Draft*",
        "Sold Out is a live listing whose quantity is 0.",
        "Frozen and Deleted stand under Delisted, with the finer word below.",
    ),
    "cartcom": _read(
        "Cart.com",
        "Incomplete, Ready, Scheduled*, Publishing*, Suspended, Active, Error*, Inactive*",
        "Not staged*, Publishing*, Active, Suspended, Error*, Staged*",
        "Suspended right after publishing means that TikTok reviews the listing.",
    ),
    "cedcommerce": _read(
        "CedCommerce",
        "Draft, Draft ready*, Scheduled*, In Progress, Pending, Live, Failed, Deactivated*",
        "Not Uploaded, In Progress, Live, Pending, Failed, Draft",
        "All is the last tab here.",
    ),
    "sellercloud": _read(
        "Sellercloud",
        "Not Ready*, Ready to Post, Scheduled*, Posting*, Posted, Active, Post Failed*, Inactive*",
        "Not Enabled*, Posting*, Active, Posted, Post Failed*, Not Posted*",
        "Ready for Website is our Ready to publish; Enabled is the opposite of Hold back.",
    ),
}


def vocabulary(name: str) -> Vocabulary:
    """By its name in the settings; ours where nobody knows the name."""
    return VOCABULARIES.get(name, VOCABULARIES[DEFAULT])
