"""How products of a global seller get on sale: two models side by side until TikTok has upgraded a shop (features
S4-26..31, reference 4.13, 4.14). One table, asked by pages, services and jobs."""

from dataclasses import dataclass
from enum import StrEnum

from domain.capabilities import Capability, ShopKind, Verdict, allowed


class PublishingModel(StrEnum):
    """`GLOBAL_TO_LOCAL` is the older one; TikTok withdraws it shop by shop since January 2026 (features P-40)."""

    GLOBAL_TO_LOCAL = "global_to_local"
    LOCAL_TO_LOCAL = "local_to_local"


WORDS: dict[PublishingModel, str] = {
    PublishingModel.GLOBAL_TO_LOCAL: "Global to local",
    PublishingModel.LOCAL_TO_LOCAL: "Local to local",
}
TOLD: dict[str, PublishingModel] = {
    "GLOBAL_PUBLISHING": PublishingModel.GLOBAL_TO_LOCAL,
    "LOCAL_REPLICATION": PublishingModel.LOCAL_TO_LOCAL,
}
"""Listing methods as TikTok names them."""
REFUSALS = frozenset({"12052701", "12052501"})
"""A shop that answers so is published to from the global store."""

_FROM_THE_GLOBAL_STORE = Verdict(
    False,
    "TikTok has not moved this shop to local publishing yet, so it takes no products of its own. Publish from the "
    "global store in TikTok's Seller Center; what is on sale here is managed here.",
)
_YES = Verdict(True)

TABLE: dict[PublishingModel, dict[Capability, Verdict]] = {
    PublishingModel.GLOBAL_TO_LOCAL: dict.fromkeys(
        (Capability.PUBLISH, Capability.PUBLISH_FROM_DRAFT, Capability.COPY_TO), _FROM_THE_GLOBAL_STORE
    ),
    PublishingModel.LOCAL_TO_LOCAL: dict.fromkeys(
        (Capability.PUBLISH, Capability.PUBLISH_FROM_DRAFT, Capability.COPY_TO), _YES
    ),
}
"""What a model says otherwise than the kind of shop."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something a seller may want to do, and where it can be done under a model."""

    what: str
    verdict: Verdict


LINES: dict[PublishingModel, tuple[Line, ...]] = {
    PublishingModel.GLOBAL_TO_LOCAL: (
        Line("See the products of the global store", Verdict(True, "View only")),
        Line("Publish to the global store", Verdict(False, "TikTok offers it in its Seller Center only")),
        Line("Create products in this shop", Verdict(False, "they come from the global store, in Seller Center")),
        Line("Copy from this shop to another", _YES),
        Line("Copy from another shop to this one", Verdict(False, "this shop takes no products of its own yet")),
        Line("Stock, prices, orders and returns of this shop", _YES),
    ),
    PublishingModel.LOCAL_TO_LOCAL: (
        Line("See the products of the global store", Verdict(True, "View only")),
        Line("Publish to the global store", Verdict(False, "not needed any more")),
        Line("Create products in this shop", _YES),
        Line("Copy from this shop to another", _YES),
        Line("Copy from another shop to this one", _YES),
        Line("Stock, prices, orders and returns of this shop", _YES),
    ),
}
"""As the Store Authorization page shows them side by side."""

VIEW_ONLY = (
    "The global store can be looked at, not changed: TikTok takes changes and new products of a global store in its "
    "Seller Center only, and it is moving every shop to local publishing."
)


def of_methods(methods: tuple[str, ...]) -> PublishingModel | None:
    """The model that TikTok's listing methods name. A shop with both may create products of its own."""
    found = {TOLD[one] for one in methods if one in TOLD}
    if PublishingModel.LOCAL_TO_LOCAL in found:
        return PublishingModel.LOCAL_TO_LOCAL
    return next(iter(found), None)


def may(kind: ShopKind | str, capability: Capability | str, model: PublishingModel | None) -> Verdict:
    """As `allowed`, for a shop under this model; None: nobody has said yet, and TikTok decides when it is asked."""
    verdict = allowed(kind, capability)
    if model is None or ShopKind(kind) != ShopKind.GLOBAL_SELLER or not verdict:
        return verdict
    return TABLE[model].get(Capability(capability), verdict)
