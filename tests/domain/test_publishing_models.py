"""The two publishing models of global sellers: what each shuts, and how TikTok's words are read (S4-26..31, C-24)."""

import pytest

from domain.capabilities import Capability, ShopKind, allowed
from domain.publishing_models import LINES, TABLE, WORDS, PublishingModel, may, of_methods

OLD, NEW = PublishingModel.GLOBAL_TO_LOCAL, PublishingModel.LOCAL_TO_LOCAL
SHUT = {Capability.PUBLISH, Capability.PUBLISH_FROM_DRAFT, Capability.COPY_TO}


@pytest.mark.parametrize("capability", list(Capability))
def test_the_older_model_shuts_new_products_and_nothing_else(capability: Capability) -> None:
    verdict, before = may("global_seller", capability, OLD), allowed("global_seller", capability)
    assert bool(verdict) == (bool(before) and capability not in SHUT)
    assert bool(verdict) or verdict.reason
    assert bool(may("global_seller", capability, NEW)) == bool(before)


@pytest.mark.parametrize("kind", [ShopKind.LOCAL, ShopKind.SEMI_CONSIGNMENT])
def test_other_kinds_of_shops_have_no_model(kind: ShopKind) -> None:
    assert [may(kind, one, OLD) for one in Capability] == [allowed(kind, one) for one in Capability]


def test_an_unknown_model_leaves_it_to_tiktok() -> None:
    verdict = may("global_seller", Capability.PUBLISH, None)
    assert verdict and verdict.reason  # under which condition


@pytest.mark.parametrize(
    ("methods", "model"),
    [
        (("GLOBAL_PUBLISHING",), OLD),
        (("LOCAL_REPLICATION",), NEW),
        (("GLOBAL_PUBLISHING", "LOCAL_REPLICATION"), NEW),
        (("SOMETHING_NEW",), None),
        ((), None),
    ],
)
def test_listing_methods_as_tiktok_names_them(methods: tuple[str, ...], model: PublishingModel | None) -> None:
    assert of_methods(methods) == model


def test_both_models_are_told_in_the_same_lines() -> None:
    assert [line.what for line in LINES[OLD]] == [line.what for line in LINES[NEW]] and set(WORDS) == set(TABLE)
