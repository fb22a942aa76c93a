"""What must be done to a picture before TikTok takes it: decisions only, the work is done elsewhere."""

from dataclasses import dataclass
from enum import StrEnum

from domain.limits import RulePack
from domain.policy import RatioPolicy

MAX_SOURCE_BYTES = 50 * 1024 * 1024
"""Ours, not the platform's: bigger files are not opened."""

FIXED_FORMATS = frozenset({"HEIC"})
"""Sent as they are or not at all: nothing here can open and change them."""

_SQUARE_TOLERANCE = 0.01  # a side at most 1 % longer counts as square


class Step(StrEnum):
    """In the order in which they are done."""

    PAD_TO_SQUARE = "pad_to_square"
    SHRINK = "shrink"
    CONVERT_JPEG = "convert_jpeg"
    COMPRESS = "compress"


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """Steps, size afterwards in pixels, and fault: too_small, too_large, too_heavy, bad_ratio, not_square,
    fixed_format or ""."""

    steps: tuple[Step, ...]
    width: int
    height: int
    fault: str = ""


def plan(width: int, height: int, size: int, format: str, ratio_policy: RatioPolicy, pack: RulePack) -> ImagePlan:
    """What to do with a picture of this size (pixels, bytes) and format; it is never enlarged."""
    if fits_as_it_is(width, height, size, format, pack):
        return ImagePlan((), width, height)
    if max(width, height) > pack.image_source_side_max:
        return ImagePlan((), width, height, "too_large")
    if size > MAX_SOURCE_BYTES:
        return ImagePlan((), width, height, "too_heavy")
    steps: list[Step] = []
    if not is_square(width, height):
        if ratio_policy == "auto_pad":
            steps.append(Step.PAD_TO_SQUARE)
            width = height = max(width, height)
        elif ratio_policy == "strict_square":
            return ImagePlan((), width, height, "not_square")
        elif not ratio_allowed(width, height):
            return ImagePlan((), width, height, "bad_ratio")
    if min(width, height) < pack.image_side_min:
        return ImagePlan((), width, height, "too_small")
    longest = max(width, height)
    if longest > pack.image_side_max:
        steps.append(Step.SHRINK)
        width = width * pack.image_side_max // longest
        height = height * pack.image_side_max // longest
    name = "JPEG" if format.upper() == "JPG" else format.upper()
    if name not in pack.image_formats or (size > pack.image_bytes_max and name != "JPEG"):
        steps.append(Step.CONVERT_JPEG)
    if size > pack.image_bytes_max:
        steps.append(Step.COMPRESS)
    if steps and name in FIXED_FORMATS:
        return ImagePlan((), width, height, "fixed_format")
    return ImagePlan(tuple(steps), width, height)


def fits_as_it_is(width: int, height: int, size: int, format: str, pack: RulePack) -> bool:
    """True for a square picture that TikTok takes unchanged, as most are."""
    if width != height or not pack.image_side_min <= width <= pack.image_side_max:
        return False
    return size <= pack.image_bytes_max and format in pack.image_formats


def is_square(width: int, height: int) -> bool:
    """Square for every practical purpose: the sides differ by at most one in a hundred."""
    return abs(width - height) <= max(width, height) * _SQUARE_TOLERANCE


def ratio_allowed(width: int, height: int) -> bool:
    """Between 3:4 and 4:3, which TikTok keeps as it is (reference 4.6)."""
    return 3 * height <= 4 * width and 3 * width <= 4 * height
