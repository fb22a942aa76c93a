"""Every row of reference 11.1 to 11.5 is in a table here, or is said to be out of use and why."""

from __future__ import annotations

from collections import Counter

from tests.sandbox.tiktok.must_reject import NO_BODY, Case
from tests.sandbox.tiktok.test_global_products import GLOBAL
from tests.sandbox.tiktok.test_must_reject_calls import CALLED
from tests.sandbox.tiktok.test_must_reject_catalogue import CREATED as CATALOGUE
from tests.sandbox.tiktok.test_must_reject_catalogue import READ, UPLOADED
from tests.sandbox.tiktok.test_must_reject_gateway import GATEWAY, TOKENS, WEBHOOKS
from tests.sandbox.tiktok.test_must_reject_orders import ORDERS
from tests.sandbox.tiktok.test_must_reject_products import CREATED

TABLES: tuple[Case, ...] = (
    *GATEWAY,
    *TOKENS,
    *WEBHOOKS,
    *CATALOGUE,
    *READ,
    *UPLOADED,
    *CREATED,
    *CALLED,
    *ORDERS,
    *GLOBAL,
)

# Row -> (what is refused, codes). `a|b`: the reference leaves open which. "0": accepted, though one might think not.
ROWS: dict[str, tuple[str, str]] = {
    "11.1-1": ("unknown path", "36009009"),
    "11.1-2": ("wrong HTTP method on a known path", "36009010"),
    "11.1-3": ("unsupported or retired version", "36009014"),
    "11.1-4": ("body neither JSON nor multipart; upload not multipart", "36009022 36009023"),
    "11.1-5": ("missing sign", "36009004"),
    "11.1-6": ("unknown, malformed or disabled app_key", "36009004"),
    "11.1-7": ("timestamp outside the window, or in milliseconds", "36009004 0"),
    "11.1-8": ("signature mismatch", "106001"),
    "11.1-9": ("malformed token, no token", "36009004"),
    "11.1-10": ("expired access token", "105002"),
    "11.1-11": ("token deauthorized", "105001"),
    "11.1-12": ("token of the wrong user type, cipher not owned or unknown", "101000"),
    "11.1-13": ("cipher missing on a shop-level endpoint", "106013"),
    "11.1-14": ("cipher sent to a seller-level endpoint", "36009004"),
    "11.1-15": ("scope missing", "105005"),
    "11.1-16": ("caller's address not allowed", "36009033"),
    "11.1-17": ("more than 50 requests a second", "36009002"),
    "11.1-18": ("injected time-out, internal error, overload", f"36009007 36009003 {NO_BODY}"),
    "11.1-19": ("upload above the gateway's maximum", "36009021"),
    "11.1-20": ("inactive seller or shop", "12052700"),
    "11.2-1": ("auth code used twice, too old, unknown", "36004004"),
    "11.2-2": ("refresh token expired", "36004001"),
    "11.2-3": ("refresh token unknown, authorization withdrawn", "36004005"),
    "11.2-4": ("wrong app_key, app_secret or grant_type", "36009004"),
    "11.2-5": ("refused on the consent page", "auth_denied"),
    "11.3-1": (
        "category unknown, not a leaf, prohibited, restricted, not the main one",
        "12052023 12052024 12052220 12052223|12052226 12052225",
    ),
    "11.3-2": ("v1 where v2 is mandatory; id of the other tree", "12052217 12052230"),
    "11.3-3": ("attribute required, conditionally required, must stay empty", "12052104 12052182 12052183"),
    "11.3-4": ("custom value not allowed; two values where one", "12052247|12052240 12052246"),
    "11.3-5": ("unknown attribute or value; duplicates", "12052527 12052529 12052254 12052253"),
    "11.3-6": ("certificate missing, unknown, badly dated", "12052105 12052655 12052385"),
    "11.3-7": ("size chart required but missing", "12052673"),
    "11.3-8": ("brand unknown; T1 or unauthorized", "12052026|12019013 12052201|12052208"),
    "11.3-9": (
        "custom brand too short, too long, exists, 51st today, 1,001st",
        "12052189 12052190 12052205 12052202 12052203",
    ),
    "11.3-10": ("image empty or not an image", "12038002 12038004 12038015"),
    "11.3-11": ("image too large, side out of range", "12038005 12019116 12038014"),
    "11.3-12": ("aspect: converted at upload, refused at create if unconverted", "0 12052305 12052524"),
    "11.3-13": ("size chart's short side below 1,024", "12038014"),
    "11.3-14": ("main image too small at create", "12052301"),
    "11.3-15": ("uri never uploaded, foreign URL, by position", "12052722 12052300 12052520 12052670"),
    "11.3-16": ("no main image, more than 9", "12052028 12052306"),
    "11.3-17": ("file empty, unnamed, of the wrong type, video ratio", "12019103 12019104 12019105 12019122"),
    "11.4-1": (
        "title empty, too long, too short, Chinese, forbidden characters",
        "12052261 12052051 12052910 12052262 12052931",
    ),
    "11.4-2": (
        "description missing, too long, too many images, bad HTML",
        "12052015 12052013 12052056 12052344|12052345|12052346|12052347|12052348|12052349|12052350",
    ),
    "11.4-3": ("more SKUs than the market's maximum", "12052050 12052558"),
    "11.4-4": ("more than 3 sales attributes, unequal sets, same combination", "12052525 12052550 12052560"),
    "11.4-5": ("images on two sales attributes, missing for one value", "12052528 12052522"),
    "11.4-6": ("seller SKU too long or with spaces", "12052054 12019059"),
    "11.4-7": (
        "identifier duplicate, wrong digits, without type, X misplaced, changed",
        "12052592 12052591 12052600 12052598 12052593",
    ),
    "11.4-8": (
        "price missing, malformed, out of range, other currency, no sale_price",
        "12052571 12052073 12052570 12052084 12052424",
    ),
    "11.4-9": ("quantity outside 1 to 99,999", "12052055"),
    "11.4-10": (
        "warehouse unknown, another's, disabled, for returns, out of reach",
        "12052097 12052530 12052531 12052532 12052364",
    ),
    "11.4-11": ("warehouse on holiday is accepted", "0"),
    "11.4-12": ("no return warehouse, no warehouse, no logistics service", "12052535 12052115 12052420"),
    "11.4-13": ("same warehouse twice; several without the right", "12052555 12052094"),
    "11.4-14": (
        "weight zero or missing, dimensions missing, mixed systems, units of elsewhere",
        "12052181 12019011 12019012 12052116 12052915 12019061 12052916",
    ),
    "11.4-15": ("cash on delivery where there is none", "12052222"),
    "11.4-16": ("daily listing limit on create, edit and activate", "12052093"),
    "11.4-17": ("too many product writes in a short time", "12052109|36009002"),
    "11.4-18": ("cross-border seller not on LOCAL_REPLICATION", "12052701"),
    "11.4-19": ("onboarding unfinished", "12052419"),
    "11.4-20": ("same idempotency_key answers the first product", "0"),
    "11.4-21": ("product in the wrong state", "12052901|12019113"),
    "11.4-22": (
        "another shop's product, unknown product, unknown SKU, another product's SKU",
        "12052048 12052032|12052260|12019150 12052556 12052557",
    ),
    "11.4-23": ("stock lacks an assigned warehouse, or adds one", "12052037|12019028 12052533"),
    "11.4-24": ("stock of a replica, of a bundle; price under promotion", "12052921 12052850 12052038"),
    "11.4-25": (
        "too many ids in a batch, seller SKUs or SKU ids in search, products or SKUs in stock search",
        "12019120 12019027 12019087 12019015",
    ),
    "11.4-26": ("page_size out of range; more than 10,000 found", "12019109 12052180"),
    "11.4-27": (
        "replicate: region taken, wrong method, SKU count, shared with unequal stock",
        "12052500 12052501 12052518 12052503",
    ),
    "11.4-28": ("publish: region published, inactive, limit", "12019212 12052903 12052117"),
    "11.5-1": ("more than 50 orders; another shop's", "98001004|21001001 21008111"),
    "11.5-2": ("the buyer of an order on hold is absent", "0"),
    "11.5-3": ("ship what is on hold or unpaid", "21011003"),
    "11.5-4": ("ship twice, cancelled, with an open request", "21011020|21011040 21011041 21011007|21008044"),
    "11.5-5": ("tracking missing, provider bad, number used, carrier unknown", "21001001 21011022 21011025 11028006"),
    "11.5-6": ("mark as shipped where packages come first; fulfilled by TikTok", "21008106 21008025"),
    "11.5-7": ("tracking changed again, late, too early, after delivery", "21011051 21011050 21011043 21011030"),
    "11.5-8": ("slot outside the offered ones", "21011053"),
    "11.5-9": (
        "label before shipping, of the seller, cancelled, picked up, of TikTok",
        "21023035|21042104 21008017 21023059 21042102 21008043",
    ),
    "11.5-10": ("split not allowed, foreign lines; combine what is not alike", "21011035 21011005 21011028 21011031"),
    "11.5-11": (
        "cancel: reason unknown or of another status; finished, shipped; single line",
        "25001014 25001021 25001051 25001045 25005010",
    ),
    "11.5-12": ("a reason that the market has no more", "25001015|25001020"),
    "11.5-13": ("answered twice; decision of another type or status", "25020009 25020010 25020004 25020003"),
    "11.5-14": ("refund above what was paid", "25005005"),
    "11.5-15": ("another shop's return", "25020005"),
    "11.5-16": ("money without sort_field", "36009004|98001004"),
    "11.5-17": ("webhook address or event not valid", "36009004"),
}
NUMBER_OF_ROWS = {"11.1": 20, "11.2": 5, "11.3": 17, "11.4": 28, "11.5": 17}

# (row, code) -> why nothing here can meet it.
NOT_IN_USE: dict[tuple[str, str], str] = {
    ("11.3-17", "12019122"): "no client uploads videos; telling a video's ratio takes a reader of video files",
    **{("11.4-27", code): "replicating products is not in the client" for code in ROWS["11.4-27"][1].split()},
}


def codes_of(row: str) -> list[set[str]]:
    """What the row demands: one set of alternatives for each thing it refuses."""
    return [set(text.split("|")) for text in ROWS[row][1].split()]


def test_the_list_of_rows_is_whole() -> None:
    assert Counter(row.partition("-")[0] for row in ROWS) == NUMBER_OF_ROWS
    for section, number in NUMBER_OF_ROWS.items():
        assert [row for row in ROWS if row.startswith(f"{section}-")] == [f"{section}-{n + 1}" for n in range(number)]


def test_every_row_is_proved_or_not_in_use() -> None:
    proved = {(case.row, case.code) for case in TABLES}
    for row in ROWS:
        for alternatives in codes_of(row):
            has_case = any((row, code) in proved for code in alternatives)
            unused = any((row, code) in NOT_IN_USE for code in alternatives)
            assert has_case != unused, (row, alternatives)


def test_no_case_claims_a_code_its_row_does_not_name() -> None:
    sections = tuple(f"{section}-" for section in NUMBER_OF_ROWS)
    for case in TABLES:
        if case.row.startswith(sections) and case.code != "0":
            assert any(case.code in alternatives for alternatives in codes_of(case.row)), str(case)


def test_no_case_is_there_twice() -> None:
    assert [name for name, count in Counter(map(str, TABLES)).items() if count > 1] == []
