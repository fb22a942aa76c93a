"""TikTok's refusals in plain words, at the field that cures them; its own text is kept beside (reference 4.9)."""

from dataclasses import dataclass

GROUPS = frozenset({"12052990", "12052910", "12052025"})  # outer codes that only say "see the details"


@dataclass(frozen=True, slots=True)
class Found:
    """A problem as stored: its code, the field of the listing, one sentence."""

    code: str
    field: str
    text: str


UNKNOWN = (
    "Change what it names and publish again; if it names nothing, give TikTok's support the request id, which stands "
    "in the activity under “What was sent”."
)
"""The next step where nobody has described the code yet."""

# (codes, field, what to do). The first matching row counts.
TABLE: tuple[tuple[frozenset[str], str, str], ...] = tuple(
    (frozenset(codes.split()), field, cure)
    for codes, field, cure in (
        (
            "12052002 12052023 12052024 12052025 12052217 12052230 12052446 12052227 12052222",
            "category",
            "Choose another category.",
        ),
        (
            "12052220 12052221 12052223 12052225 12052226",
            "category",
            "The shop may not sell in this category. Choose another one, or ask TikTok for approval in Seller Center.",
        ),
        ("12052261 12052051 12052262 12052263 12052931", "title", "Change the title."),
        (
            "12052015 12052013 12019006 12052056 12052344 12052345 12052346 12052347 12052348 12052349 12052350"
            " 12052351 12052352 12052932 12052324 12052340 12052341 12052342 12052343",
            "description",
            "Change the description.",
        ),
        (
            "12052028 12052300 12052301 12052302 12052304 12052305 12052306 12052722 12038002 12038004 12038005"
            " 12038014 12038015 12019116",
            "images",
            "Choose other pictures.",
        ),
        (
            "12052520 12052521 12052522 12052523 12052524 12052528 12052356 12052357",
            "images",
            "Check the pictures of the variants, or switch variant pictures off in the settings.",
        ),
        (
            "12052104 12052182 12052183 12052240 12052241 12052242 12052244 12052246 12052247 12052248 12052249"
            " 12052251 12052253 12052254 12052256 12052151 12052152 12052153 12052933 12052934 12052935",
            "attributes",
            "Check the attributes of the category.",
        ),
        (
            "12052105 12052655 12052656 12052657 12052650 12052658 12052385",
            "certifications",
            "The category needs a certificate.",
        ),
        ("12052670 12052671 12052673 12052128", "size_chart", "The category needs a size chart."),
        ("12052360 12019122", "video", "Choose another video."),
        ("12052026 12019013 12052200 12052201 12052208", "brand", "Choose another brand or publish without one."),
        (
            "12052050 12052558 12052525 12052526 12052550 12052560 12052554 12052527 12052529 12052559 12052902",
            "skus",
            "Check the variants and their options.",
        ),
        (
            "12019056 12019057",
            "skus",
            "TikTok does not let these variants be taken away. Sell them again, or set their quantity to 0.",
        ),
        (
            "12052553 12052556 12052557",
            "skus",
            "TikTok no longer has these variants as they were sent. Look at the product in Seller Center.",
        ),
        ("12019059 12052054 12052996 12052369", "skus", "Check the SKU codes."),
        (
            "12052592 12052591 12052598 12052600 12052593",
            "identifier",
            "Check the identifier (GTIN, EAN, UPC or ISBN).",
        ),
        ("12052073 12052012 12052570 12052571 12052084 12052424 12052092 12052375", "price", "Check the price."),
        (
            "12052038 12019045",
            "price",
            "The product is in a promotion. Change the price when the promotion is over.",
        ),
        ("12052055", "quantity", "Check the quantity."),
        (
            "12052393 12052850 12052921",
            "quantity",
            "TikTok keeps this stock itself now: it is locked, part of a bundle, or shared with another shop."
            " Look at the product in Seller Center.",
        ),
        (
            "12052037 12019028 12052533 12052534",
            "warehouse",
            "TikTok has other warehouses for this product than Settings. Refresh the warehouses, then try again.",
        ),
        (
            "12052097 12052530 12052531 12052532 12052364 12052555 12052115",
            "warehouse",
            "Check the warehouses in Seller Center, then refresh them in Settings.",
        ),
        (
            "12052094",
            "warehouse",
            "This shop may sell from one warehouse only. Publish again and choose one warehouse.",
        ),
        (
            "12052535 12052403 12052420 12052405 12052402 12052549 12052419 12052703",
            "shop",
            "The shop's set-up is not complete. See the checks in Settings → Warehouses.",
        ),
        (
            "12052282 12052283 12052284 12052285 12052286 12052287 12052288 12052289 12052290",
            "shop",
            "The European Union asks for a manufacturer and a responsible person. Enter them in Seller Center.",
        ),
        (
            "12052332",
            "shop",
            "TikTok is moving this shop and takes no changes. Publish again when Seller Center says it is done.",
        ),
        ("12019011 12052006 12052181 12019061 12052916 12052915", "weight", "Check the package weight."),
        ("12019012 12052116 12052003 12052004 12052005", "dimensions", "Check the package size."),
        (
            "12052700 12052704 12052701",
            "shop",
            "TikTok does not let this shop list products now. Look in Seller Center.",
        ),
        ("12052901", "publish", "The product's state on TikTok does not allow this now."),
        ("12052308 12052371", "publish", "An appeal or an auction is open. Publish again when it is over."),
        (
            "12052032 12052260 12019150",
            "publish",
            "TikTok Shop does not have this product any more. Look for it in Seller Center.",
        ),
        ("12052034 12052048", "publish", "The product belongs to another shop. Look for it in that shop."),
        ("12052158", "category", "TikTok does not let this product change its category. Choose the one it had."),
        (
            "12052093",
            "publish",
            "Today's listing limit is used up. Publish again after midnight, shop time.",
        ),
        ("12052910", "publish", "Check what TikTok names, then publish again."),
        ("12052990", "publish", "Cure what TikTok names at the fields of the listing, then publish again."),
        ("36009021", "images", "Choose smaller pictures."),
        (
            "36009033",
            "publish",
            "TikTok takes no calls from this server. Add its address to the app's allow list in Partner Center, then"
            " publish again.",
        ),
        ("12019212", "shop", "It is on sale in that market already. Choose another market."),
        ("12052903", "publish", "Activate the product first, then publish it in the other market."),
        ("12052117", "shop", "Take products out of sale in that market, or wait until TikTok raises the limit."),
        ("36009014", "publish", "TikTok has retired this version of its interface. Update Causeway."),
        (
            "98001004 11050001 36009004 36009009 36009010 36009022 36009023 106013 12001000",
            "publish",
            "Causeway sent what TikTok does not understand; the listing is not at fault. Report it with the log of this"
            " call.",
        ),
    )
)

POSITIONS: tuple[tuple[str, str], ...] = (
    ("title", "title"),
    ("name", "title"),
    ("descr", "description"),
    ("image", "images"),
    ("picture", "images"),
    ("categ", "category"),
    ("brand", "brand"),
    ("attribut", "attributes"),
    ("certif", "certifications"),
    ("video", "video"),
    ("price", "price"),
    ("sku", "skus"),
    ("size", "size_chart"),
)


def problem(code: str, message: str) -> Found:
    """A refusal by its code. An unknown code still names what the platform said."""
    said = message.strip().rstrip(".")
    for codes, field, cure in TABLE:
        if code in codes:
            return Found(f"tiktok.{code}", field, f"TikTok: {said}. {cure}" if said else cure)
    reason = f"TikTok refused it (code {code}): {said or 'no reason given'}."
    return Found(f"tiktok.{code}", "publish", f"{reason} {UNKNOWN}")


def review(position: str, text: str) -> Found:
    """A reason of the review, at the field its position speaks of."""
    folded = position.casefold()
    field = next((field for word, field in POSITIONS if word in folded), "publish")
    return Found(f"review.{field}", field, f"TikTok's review: {text}")
