"""What each code of TikTok means, in our words (reference 1.10 and 4.9). What to do about it stands in
`platform_errors.TABLE`."""

_TEXT = """
12052002 The category id is not one of TikTok's.
12052023 TikTok does not know the category.
12052024 The category has categories below it; only a final one takes products.
12052025 The category cannot be used.
12052217 The category belongs to another version of TikTok's tree.
12052230 The category belongs to another version of TikTok's tree.
12052446 The category is not open in the shop's market.
12052227 The category is not available any more.
12052222 Cash on delivery is not possible in this category.
12052220 TikTok does not allow products of this category.
12052221 The category is by invitation and the shop has none.
12052223 The category is restricted and the shop is not approved for it.
12052226 The category is restricted and the shop is not approved for it.
12052225 The category is outside the shop's main category.
12052261 The title is empty.
12052051 The title is too long.
12052262 The title contains Chinese characters.
12052263 The title begins with what TikTok does not allow there.
12052931 The title contains characters that TikTok does not take.
12052015 The description is missing.
12052013 The description is too long.
12019006 The description cannot be read.
12052056 The description has too many pictures.
12052932 The description contains characters that TikTok does not take.
12052340 A picture of the description cannot be used.
12052341 A picture of the description cannot be used.
12052342 A picture of the description cannot be used.
12052343 A picture of the description cannot be used.
12052324 A picture of the description cannot be used.
12052028 The product has no picture.
12052300 A picture's address is not one of TikTok's own.
12052301 A picture is too small.
12052302 A picture is too big.
12052304 A picture is in a format that TikTok does not take.
12052305 A picture's aspect ratio is outside 3:4 to 4:3. This is the commonest refusal.
12052306 There are more pictures than TikTok takes.
12052360 TikTok does not know the video, or it cannot be used.
12019122 The video is not between 9:16 and 16:9.
12052722 TikTok does not know a picture: it was uploaded too long ago or by another shop.
12038002 The picture's file cannot be read.
12038004 The picture is too big.
12038005 The picture's format or size is not taken.
12038014 The picture's file cannot be read.
12038015 The picture's file cannot be read.
12019116 The picture was not taken.
12052520 A variant's picture cannot be used.
12052521 A variant's picture cannot be used.
12052522 A variant's picture cannot be used.
12052523 A variant's picture cannot be used.
12052524 A variant's picture cannot be used.
12052528 Pictures hang on more than one option; TikTok takes them on one only.
12052356 A variant's picture cannot be used.
12052357 A variant's picture cannot be used.
12052104 An attribute that the category demands is missing.
12052182 An attribute is demanded because of what was chosen for another one.
12052183 An attribute must stay empty because of what was chosen for another one.
12052240 The attribute takes TikTok's own values only.
12052247 The attribute takes TikTok's own values only.
12052241 An attribute was sent without a value.
12052248 An attribute was sent without a value.
12052242 An attribute's value is too long.
12052249 An attribute's value is too long.
12052244 An attribute was sent twice.
12052254 An attribute was sent twice.
12052251 An attribute has the same value twice.
12052253 An attribute has the same value twice.
12052246 The attribute takes one value only.
12052256 The attribute takes a number.
12052151 A value holds a word that TikTok restricts.
12052152 A value holds a word that TikTok restricts.
12052153 A value holds a word that TikTok restricts.
12052933 An attribute holds characters that TikTok does not take.
12052934 An attribute holds characters that TikTok does not take.
12052935 An attribute holds characters that TikTok does not take.
12052105 A certificate that the category demands is missing.
12052655 The certificate is not one that the category knows.
12052656 A certificate was sent twice.
12052657 There are more certificates than TikTok takes.
12052650 A certificate's file is not one of TikTok's own.
12052658 A certificate's file is not one of TikTok's own.
12052385 The certificate's expiry date is missing or over.
12052670 The size chart is missing or cannot be used.
12052671 The size chart is missing or cannot be used.
12052673 The size chart is missing or cannot be used.
12052128 The size chart is missing or cannot be used.
12052026 TikTok does not know the brand.
12019013 TikTok does not know the brand.
12052200 The shop's authorisation for the brand is over.
12052201 The brand needs an authorisation that the shop does not have.
12052208 The brand needs an authorisation that the shop does not have.
12052050 There are more variants than the market takes.
12052558 TikTok does not know a variant by the id that was sent.
12052525 The product varies by more than three options.
12052526 An option's values cannot be used.
12052550 Not every variant has all options.
12052560 Two variants have the same options.
12052554 An option contains Chinese characters.
12052527 TikTok does not know an option or its value.
12052529 TikTok does not know an option or its value.
12052559 TikTok does not know a variant by the id that was sent.
12052902 No variant was sent.
12019056 TikTok keeps a variant that was left out.
12019057 TikTok keeps a variant that was left out.
12052553 A variant is not on TikTok as it was sent.
12052556 A variant is not on TikTok as it was sent.
12052557 A variant is not on TikTok as it was sent.
12019059 A SKU code is too long or holds what TikTok does not take.
12052054 A SKU code is too long or holds what TikTok does not take.
12052996 Two variants have the same reference of ours.
12052369 A variant's reference of ours is too long.
12052592 The identifier belongs to another product already.
12052591 The identifier has the wrong number of digits.
12052598 Only the last place of an ISBN may be X.
12052600 The identifier's kind is missing.
12052593 The identifier cannot be changed any more.
12052073 The price cannot be read.
12052012 The price cannot be read.
12052570 The price is outside what the market takes.
12052571 The price is missing.
12052084 The currency is not the shop's.
12052424 The sale price cannot be used.
12052092 The sale price cannot be used.
12052375 The list price cannot be used.
12052038 A promotion holds the price.
12019045 A promotion holds the price.
12052055 The quantity is outside what TikTok takes.
12052393 The stock is locked.
12052850 The product is part of a bundle, which keeps its stock.
12052921 The stock is shared with the shop the product was copied from.
12052037 The product is sold from warehouses that were not sent, or not the other way round.
12019028 The product is sold from warehouses that were not sent, or not the other way round.
12052533 A warehouse cannot be taken from a variant.
12052534 A warehouse cannot be taken from a variant.
12052097 TikTok does not know the warehouse.
12052530 The warehouse belongs to another shop.
12052531 The warehouse is disabled.
12052532 The warehouse does not deliver, such as one for returns.
12052364 The warehouse cannot reach the shop's market.
12052555 A warehouse was sent twice.
12052115 The shop has no warehouse.
12052094 The shop may not sell from several warehouses.
12052535 The shop has no warehouse for returns.
12052403 The shop has no way to ship.
12052420 The shop's shipping service is not set up.
12052405 The shop's shipping service is not set up.
12052402 The shop's shipping template is missing or cannot be used.
12052549 The shop's shipping template is missing or cannot be used.
12052419 The seller's registration has open tasks.
12052703 The seller's tax number is missing.
12052282 The manufacturer or the responsible person is missing or unknown.
12052283 The manufacturer or the responsible person is missing or unknown.
12052284 The manufacturer or the responsible person is missing or unknown.
12052285 The manufacturer or the responsible person is missing or unknown.
12052286 The manufacturer or the responsible person is missing or unknown.
12052287 The manufacturer or the responsible person is missing or unknown.
12052288 The manufacturer or the responsible person is missing or unknown.
12052289 The manufacturer or the responsible person is missing or unknown.
12052290 The manufacturer or the responsible person is missing or unknown.
12052332 The shop is locked while TikTok joins it with another platform.
12019011 The package weight is missing or out of range.
12052006 The package weight is missing or out of range.
12052181 The package weight is missing or out of range.
12019061 The weight's unit is not taken in this market.
12052916 The unit of weight or size is not taken in this market.
12052915 Weight and size are in units of different systems.
12019012 The package size is missing or out of range.
12052116 The package size is missing or out of range.
12052003 The package size is missing or out of range.
12052004 The package size is missing or out of range.
12052005 The package size is missing or out of range.
12052700 The shop is not active.
12052704 TikTok does not know the seller.
12052701 A cross-border seller may not list this way.
12052901 The product's state does not allow this.
12052308 An appeal is open.
12052371 An auction runs.
12052032 TikTok does not know the product.
12052260 TikTok does not know the product.
12019150 TikTok does not know the product.
12052034 The product belongs to another shop.
12052048 The product belongs to another shop.
12052158 The category of a product on sale cannot be changed like this.
12019212 The global product is published in that market already.
12052903 The global product is not active.
12052117 The market's limit of products is reached.
12052093 The shop's listing limit of today is used up.
12052990 TikTok's check found something; each finding has a code of its own.
12052910 Something in the product cannot be used; TikTok's text names it.
36009021 A file is bigger than TikTok takes.
36009033 TikTok answers only addresses on the app's allow list.
36009014 The version of TikTok's interface is not in use any more.
98001004 TikTok could not read a value that Causeway sent.
11050001 TikTok could not read a value that Causeway sent.
36009004 TikTok could not read the call.
36009009 TikTok does not know the call.
36009010 TikTok does not know the call.
36009022 TikTok could not read the call.
36009023 TikTok could not read the call.
106013 The call did not name the shop.
12001000 TikTok could not read a value that Causeway sent.
10037002 TikTok's order services had a fault of their own.
10037003 TikTok's order services had a fault of their own.
10037004 TikTok's order services had a fault of their own.
25001028 Another change of the same cancellation or return is under way.
25001058 A service behind TikTok's returns did not answer.
25007002 TikTok's returns could not reach their own data.
25020008 TikTok's returns had a fault of their own.
101000 The permission belongs to another user or another shop.
105001 The seller has ended the permission in Seller Center.
105002 The permission has run out; it is renewed by itself.
105005 The permission does not cover this.
106001 The signature is wrong: the app's secret is not the one that TikTok knows.
36004001 The permission can no longer be renewed.
36004004 The consent was used already or took too long.
36004005 TikTok knows no permission of this kind.
36009002 More calls than TikTok takes in a second.
12052109 More calls than TikTok takes from this seller.
36009003 TikTok had a fault of its own.
36009007 TikTok did not answer in time.
33001002 TikTok had a fault of its own.
"""
CAUSES: dict[str, str] = dict(line.split(" ", 1) for line in _TEXT.strip().splitlines())


def cause(code: str) -> str:
    """One sentence; for the codes of a group the group's."""
    if code in CAUSES:
        return CAUSES[code]
    if "12052344" <= code <= "12052352":
        return "The description's HTML holds what TikTok does not take."
    return ""
