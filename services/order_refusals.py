"""TikTok's refusals about orders, packages, cancellations and returns in plain words: what each means, and what to do
(reference 6.3 to 6.5, 7.1 and 11.5). Its own text is kept beside."""

from dataclasses import dataclass

_TEXT = """
order | 21001001 | TikTok could not read a value of the shipment. | Check number, carrier and measures, then try again.
order | 21008111 | The order belongs to another shop. | Open the order in the shop it was placed in.
order | 21011003 | The order is not ready to be shipped: unpaid, or still on hold. | Wait; it is told by itself \
once the order is awaiting shipment.
order | 21011007 | The buyer asks to cancel. | Answer the request under Returns first.
order | 21008044 | The buyer asks for a return or a refund. | Answer the request under Returns first.
order | 21011020 | These pieces were shipped already. | Nothing to do if the number is right; else correct the tracking.
order | 21011040 | The order was shipped already. | Nothing to do if the number is right; else correct the tracking.
order | 21011041 | The order is cancelled. | Stop the parcel, or get it back; the order cannot be shipped any more.
order | 21011048 | Part of the order was shipped. | Ship the other pieces by name: tick them on the packages page.
order | 21011029 | A piece is not one of this order. | Sync the order, then choose its pieces again.
order | 21008106 | This market ships by packages, not by orders. | Sync the order; Causeway ships its package then.
order | 21008025 | TikTok fulfils this order from its own warehouse. | Do not ship it; TikTok does.
order | 21011033 | The order shares a package with others. | Take it out of the package first, or ship the package.
tracking | 21011022 | TikTok does not take the tracking number or the carrier. | Compare the number with the label, \
and map the carrier under Settings → Shipping → Carriers.
tracking | 21011025 | The tracking number is on another buyer's parcel. | Type in this parcel's own number.
tracking | 11028006 | TikTok does not know the carrier. | Map it under Settings → Shipping → Carriers.
tracking | 21011051 | The number was corrected once already, and TikTok takes one correction. | Tell the buyer \
the new number in TikTok's messages.
tracking | 21011050 | TikTok takes corrections for 72 hours after shipping. | Tell the buyer the new number \
in TikTok's messages.
tracking | 21011043 | Nothing was shipped yet that could be corrected. | Ship the order first.
tracking | 21011030 | The parcel was delivered. | Nothing to do: TikTok takes no correction after delivery.
package | 21011001 | TikTok does not know the package. | Sync the order: its packages have other numbers now.
package | 21011028 | The package or order belongs to another shop. | Use orders of one shop only.
package | 21011042 | The package is cancelled. | Sync the order: its pieces are in another package now.
package | 21011004 | TikTok ships this package with its own label. | Print TikTok's label on the packages page.
package | 21008017 | You ship this package yourself, so there is no label of TikTok's. | Ship it with your own carrier.
package | 21011053 | The pickup time is not offered any more. | Arrange shipping again and choose another time.
package | 21023035 | There is no label before shipping is arranged. | Arrange shipping first.
package | 21042104 | There is no label before shipping is arranged. | Arrange shipping first.
package | 21023059 | The package is cancelled, and its label with it. | Do not ship it.
package | 21042102 | The carrier has the package already. | Nothing to do: it needs no label any more.
package | 21008043 | TikTok fulfils this order and prints its own label. | Nothing to do.
package | 21011035 | TikTok does not let this order be split. | Ship it in one package.
package | 21011036 | The pieces of one SKU stay together in this market. | Put all pieces of a SKU into one package.
package | 21011005 | A piece or package is not one that can be split or taken out now. | Sync the order and try again.
package | 21011031 | The orders cannot share a package: buyer, address or warehouse differ. | Ship them apart.
package | 21004010 | TikTok does not sell labels in this market. | Ship with your own carrier.
package | 21022025 | The label was bought already. | Print it on the packages page.
package | 11021009 | No service takes a parcel of this weight and size. | Check the measures, or split the order.
package | 11021010 | The shipping service is not offered any more. | Arrange shipping again.
request | 25001001 | TikTok could not read a value of the answer. | Check amount, reason and pictures; answer again.
request | 25001003 | The order's state does not allow this. | Sync the request, and choose what is offered then.
request | 25001011 | The buyer has asked to cancel. | Answer that request under Returns.
request | 25001014 | TikTok does not know the reason. | Ask TikTok again which reasons it takes.
request | 25001015 | The reason is not one for sellers. | Choose one of the reasons that are offered.
request | 25001016 | The reason does not fit. | Ask TikTok again which reasons it takes.
request | 25001020 | The reason is not in use in this market. | Choose another reason.
request | 25001021 | The reason is for orders in another state. | Ask TikTok again which reasons it takes now.
request | 25001045 | The order was shipped, so it cannot be cancelled. | Refund it once it is delivered, or \
let the buyer send it back.
request | 25001051 | The order is closed. | Nothing can be cancelled or refunded any more.
request | 25005005 | More was to be refunded than was paid. | Give a smaller amount.
request | 25005010 | Single pieces cannot be cancelled in this market. | Cancel the whole order, or none of it.
request | 25005011 | A piece has a request already, or is not of this order. | Choose other pieces.
request | 25007006 | TikTok does not know the request. | Sync the requests.
request | 25011010 | TikTok decides this request itself. | Nothing to do here; see it in Seller Center.
request | 25011026 | TikTok fulfils this order and answers for it. | Nothing to do.
request | 25020003 | The request is in another state now. | Sync it, and choose what is offered then.
request | 25020004 | The answer does not fit this kind of request. | Sync it, and choose what is offered then.
request | 25020005 | The request belongs to another shop. | Open it in the shop of its order.
request | 25020009 | The request was withdrawn or refused already. | Nothing to do.
request | 25020010 | The request was granted already. | Nothing to do.
request | 25020011 | The parcel was taken already. | Nothing to do.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """`about`: order, tracking, package or request."""

    about: str
    cause: str
    fix: str


def _entries() -> dict[str, Entry]:
    rows = [[part.strip() for part in line.split("|")] for line in _TEXT.strip().splitlines()]
    return {code: Entry(about, cause, fix) for about, code, cause, fix in rows}


ENTRIES = _entries()


# What BigCommerce says of an order, by a word of it (reference 5.2), and what to do.
_FIXES = (
    ("currency", "Add the currency under BigCommerce → Settings → Currencies, then try again."),
    ("out of stock", "Raise the product's stock in BigCommerce, then try again."),
    ("quantity requirements", "Widen the product's purchase quantities in BigCommerce, then try again."),
    ("options", "Decide the option under Orders → Required options, then try again."),
    ("product does not exist", "Link the item to another product, then try again."),
    ("channel", "Choose another channel under Settings → Orders, then try again."),
    ("address", "Check the recipient in TikTok Seller Center, sync the order, then try again."),
)


def fix(said: str) -> str:
    """What cures a refusal of BigCommerce."""
    lowered = said.lower()
    return next((cure for word, cure in _FIXES if word in lowered), "Put it right in BigCommerce, then try again.")


def say(code: str, said: str) -> str:
    """Cause and fix of a code that is known, with TikTok's own words; else those alone."""
    said, known = said.strip().rstrip("."), ENTRIES.get(code.rpartition(".")[2])
    if known is None:
        return f"TikTok said: {said}." if said else f"TikTok gave no reason (code {code})."
    return f"{known.cause} {known.fix}" + (f" (TikTok: {said}, {code.rpartition('.')[2]})" if said else "")
