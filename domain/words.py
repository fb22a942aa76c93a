"""Words for matching names: folded, lightly stemmed, with a small table of synonyms."""

import re
from functools import lru_cache
from unicodedata import combining, normalize

_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = "a an and for in of on or other others the to with by per set pack pcs piece pieces new"
_STOP = frozenset(_STOP_WORDS.split())

# The first word of a line stands for all of them. Each word is a whole, folded word.
_GROUPS = """
color colour colors colours
size sizes
gray grey
jewelry jewellery
shoe footwear
sneaker trainer
sofa couch settee
pants trousers slacks
sweater jumper pullover
tshirt tee
mug cup
phone cellphone smartphone mobile
tv television
laptop notebook
fridge refrigerator
vacuum hoover
diaper nappy
stroller pram pushchair buggy
candy sweets confectionery
cookie biscuit
faucet tap
flashlight torch
eraser rubber
wallet billfold
backpack rucksack
purse handbag
glasses spectacles eyeglasses eyewear
perfume fragrance cologne
makeup cosmetic
moisturizer moisturiser
aluminum aluminium
material fabric
bicycle bike cycling
auto car automotive vehicle
puppy dog
kitten cat
kid child children kids
baby infant newborn
woman women womens ladies lady
man men mens gentlemen
toy plaything
drinkware tumbler
earphone earbud headphone
rug carpet
blanket throw
curtain drape
decor decoration decorative
"""


def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    return "".join(character for character in normalize("NFKD", text.casefold()) if not combining(character))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A folded word without the usual plural endings; short words and doubled s stay."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("ie"):
        return word[:-2] + "y"  # hoodie, as hoodies
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


_SYNONYMS = {stem(word): stem(line.split()[0]) for line in _GROUPS.strip().splitlines() for word in line.split()}


def tokens(text: str) -> tuple[str, ...]:
    """The meaningful words of a text, in order: folded, stemmed, synonyms made one."""
    folded = fold(text).replace("t-shirt", "tshirt").replace("t shirt", "tshirt").replace("'s", "")
    stems = (stem(word) for word in _WORD.findall(folded) if word not in _STOP)
    return tuple(_SYNONYMS.get(word, word) for word in stems)


def same_name(one: str, other: str) -> bool:
    """True for two spellings of one name: case, accents, plural, punctuation and synonyms aside."""
    return one == other or (bool(found := tokens(one)) and found == tokens(other))
