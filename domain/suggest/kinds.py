"""Kinds of things: the general word for a special one, as any dictionary has it (merino is wool)."""

from domain.words import tokens

# The last word of a line is what all of them are. Each is a whole, folded word.
_LINES = """
merino lambswool cashmere alpaca mohair fleece wool
percale twill flannel muslin terry chambray poplin canvas gingham seersucker jersey cotton
chiffon satin charmeuse silk
stoneware earthenware terracotta faience ceramic
bone-china porcelain
oak beech ash pine teak walnut birch maple acacia cedar mahogany cherry plywood wood
rattan wicker seagrass raffia straw
calfskin cowhide nubuck nappa lambskin leather
crystal borosilicate glass
pewter copper bronze iron steel metal
marble granite slate concrete stone
kraft cardboard card paper
acrylic polypropylene abs pvc plastic
puppy hound dog
kitten feline cat
stripe pinstripe striped
check plaid tartan checked
flower blossom floral
zipper zip
chino jogger legging cargo cord trousers
henley tshirt
cardigan turtleneck sweater
loafer runner moccasin trainer
planter jardiniere pot
thermos flask bottle
pendant locket choker necklace
hoop stud earring
signet band ring
"""
_KINDS = {
    tokens(word)[0]: tokens(line.split()[-1])[0] for line in _LINES.strip().splitlines() for word in line.split()[:-1]
}


def kind_of(word: str) -> str:
    """The general word for a stemmed one; empty when it is none."""
    return _KINDS.get(word, "")
