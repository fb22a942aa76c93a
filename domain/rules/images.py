"""The product's pictures, judged after what conversion can repair."""

from domain.draft import ImageDraft, Problem
from domain.imaging import ImagePlan, fits_as_it_is, plan
from domain.rules import Case


def images(case: Case, out: list[Problem]) -> None:
    """At least one, at most the market's number, each one that TikTok will take."""
    found, pack = case.draft.images, case.pack
    if not found:
        out.append(Problem("images.none", "images", "The product has no picture. Add at least one."))
        return
    if len(found) > pack.max_images:
        dropped = ", ".join(name_of(image) for image in found[pack.max_images :])
        text = (
            f"{len(found)} pictures, {pack.max_images} allowed. Left out: {dropped}. Change the order to choose others."
        )
        out.append(Problem("images.too_many", "images", text, False))
        found = found[: pack.max_images]
    for image in found:
        judge(case, image, f"images.{image.key}", out)


def judge(case: Case, image: ImageDraft, field: str, out: list[Problem]) -> None:
    """One picture; not measured yet is no obstacle, because the worker measures before it sends."""
    if image.fault:
        text = f"The picture {name_of(image)} could not be opened: {image.fault}. Replace it."
        out.append(Problem("images.unreadable", field, text))
        return
    if image.width is None or image.height is None:
        out.append(Problem("images.unmeasured", field, f"The picture {name_of(image)} is not measured yet.", False))
        return
    width, height, pack = image.width, image.height, case.pack
    size, format = image.size or 0, image.format or "JPEG"
    if width >= pack.image_side_advised and fits_as_it_is(width, height, size, format, pack):
        return
    result = plan(width, height, size, format, case.policy.image_ratio, pack)
    if result.fault:
        out.append(Problem(f"images.{result.fault}", field, _fault_text(case, image, result)))
    elif result.width < pack.image_side_advised or result.height < pack.image_side_advised:
        side = pack.image_side_advised
        text = f"The picture {name_of(image)} is {width} x {height} pixels; {side} x {side} or more sells better."
        out.append(Problem("images.small", field, text, False))


def main_picture(case: Case, out: list[Problem]) -> None:
    """Advice about the first picture, from a worker's look at it as it would be sent (features S5-81, S5-82, I-05)."""
    image = case.draft.images[0] if case.draft.images else None
    look = image.look if image is not None else None
    if image is None or look is None:
        return
    field, name = f"images.{image.key}", name_of(image)
    if look.plain is not None and look.plain < PLAIN_ADVISED:
        text = (
            f"The background of the main picture {name} is not plain: {look.plain:.0%} of its border has one colour. "
            "TikTok wants one solid colour, best white."
        )
        out.append(Problem("images.busy_background", field, text, False))
    elif look.plain is not None and not look.is_white:
        text = f"The background of the main picture {name} is plain but not white. White sells best."
        out.append(Problem("images.not_white", field, text, False))
    if look.fill is not None and look.fill >= WHOLE:
        text = f"The product reaches the edge of the main picture {name}. TikTok wants all of it in the picture."
        out.append(Problem("images.cut_off", field, text, False))
    elif look.fill is not None and look.fill < case.pack.main_fill_advised:
        text = (
            f"The product covers about {look.fill:.0%} of the main picture {name}; "
            f"{case.pack.main_fill_advised:.0%} or more is wanted. Take it closer."
        )
        out.append(Problem("images.small_product", field, text, False))


WHOLE = 0.995  # of the frame: a product that covers more is likely to go on outside
PLAIN_ADVISED = 0.9  # of the border near one colour; docs/pictures.md has how well that tells


def name_of(image: ImageDraft) -> str:
    """The file's name for a sentence."""
    path = image.url.partition("?")[0]
    return path.rsplit("/", 1)[-1] or image.key


def _fault_text(case: Case, image: ImageDraft, result: ImagePlan) -> str:
    size = f"The picture {name_of(image)} is {image.width} x {image.height} pixels"
    pack = case.pack
    match result.fault:
        case "too_small":
            return f"{size}; at least {pack.image_side_min} on each side are needed. Upload a larger one."
        case "too_large":
            return f"{size}; at most {pack.image_source_side_max} on a side can be handled. Upload a smaller one."
        case "too_heavy":
            megabytes = (image.size or 0) // (1024 * 1024)
            return f"The picture {name_of(image)} has {megabytes} MB, too much to convert. Upload a smaller file."
        case "fixed_format":
            return (
                f"{size} and would have to be changed for TikTok, which cannot be done with {image.format}. "
                "Save it as JPEG in BigCommerce."
            )
        case "not_square":
            return f"{size}; your settings allow only squares. Crop it, or allow padding to square."
        case _:
            return f"{size}, outside 3:4 to 4:3. Crop it, or allow padding to square."
