"""Names that look like places but are not: streets, people, institutions, products, clubs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from indexer.domain import PlaceLevel
from indexer.places import data_files
from indexer.places.disambiguation import PEOPLE_AND_FIRMS, NameMatch
from indexer.places.gazetteer import Gazetteer
from indexer.places.prepositions import LeftContext
from indexer.places.tokens import Token, place_key

_STREETS = frozenset(
    "via viale corso piazza piazzale piazzetta largo vicolo lungomare lungotevere lungarno "
    "galleria rotonda borgo porta vle cso pza pzza str street square".split()
)
_DOOR_TO_DOOR = ("porta", "a", "porta")  # how waste is collected
_TITLES = frozenset(
    "dott dottore dottor dottoressa dr dssa ing ingegner ingegnere avv avvocato prof professor "
    "professore professoressa sig signor signora arch architetto geom geometra rag mr mrs ms miss "
    "onorevole senatore sindaco presidente cav ssa avvocata architetta don suor maestra "
    "maestro".split()
)
# Also verbs ("il treno che collega Bologna"), so a given name must follow.
_ACQUAINTANCES = frozenset("collega amico amica colleague friend".split())
_BODIES = frozenset(
    "universita ateneo politecnico banca banche cassa tribunale procura questura prefettura "
    "ospedale policlinico museo musei teatro aeroporto diocesi conservatorio accademia fiera "
    "banco fondazione foundation palio carnevale salone gazzetta corriere "
    "cna confindustria confartigianato confcommercio coldiretti "
    "confagricoltura arci acli auser caritas anci interporto ausl usl asl camera ordine "
    "osservatorio curia stazione liceo istituto "
    "biennale university bank court hospital museum airport polytechnic theatre chamber".split()
)
_BODY_COMPLEMENTS = frozenset(
    "degli studi study studies commercio popolare risparmio medici ingegneri avvocati statale "
    "sanitaria locale unita ospedaliera credito cooperativo tecnico internazionale commerce civico "
    "di del della dell d of da the".split()
)
_BODIES_BEHIND = frozenset("university polytechnic airport museum hospital court".split())
# Products named after a place, wherever they are made: "pane di Altamura", "Parma ham".
_PRODUCTS = frozenset(
    "aceto amaretti arancini biscotti bistecca bresaola bufala caciotta cannoli cantucci "
    "capperi cappero cassata castagnaccio cioccolato cipolla cipolle cotoletta culatello "
    "fagioli focaccia ham lardo lasagne lenticchia lenticchie limoncello marmo mortadella "
    "mostarda mozzarella nocciola nocciole orecchiette pancetta pandoro pane panettone panforte "
    "pecorino pesto piadina pistacchi pistacchio pizza pizze pizzelle polenta prosciutti "
    "prosciutto prosecco radicchio ragu ricotta risotto salame salami salumi sfogliatella "
    "spaghetti speck spumante tagliatelle torrone tortellini".split()
)
_SINGULAR_IN_E = frozenset("pane panettone panforte salame spumante torrone".split())
_PRODUCTS_BEHIND = frozenset(
    "blinds glass ham lentils pesto pizza pizzas salami sauce spaghetti steak vinegar".split()
)
_CLUBS_BEHIND = frozenset("basket calcio cfc fc football rugby volley".split())
_WITH_ARTICLE = frozenset("il lo la del dello della al allo alla dal dallo dalla".split())
_ELIDED = frozenset("l dell all dall".split())  # with their apostrophe: "all" is English too
_CLUB_TOWN = 20_000  # people: smaller towns' clubs are rarely mentioned
_OFFICES = frozenset({"comune", "region", "province"})
_CONJUNCTIONS = frozenset("e ed o od and or per for with con che who".split())
_LOOK_BACK = 6
_OWN_WORDS = 2  # "Ospedale Maggiore", "Università Bocconi"


@cache
def given_names() -> frozenset[str]:
    """First names: what follows one, capitalised, is a surname."""
    return data_files.word_set("given_names.txt")


def _by_first_word(names: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for name in names:
        words = tuple(place_key(name).split())
        if words:
            found[words[0]].add(words)
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in found.items()}


@cache
def _phrases() -> dict[str, tuple[tuple[str, ...], ...]]:
    return _by_first_word(data_files.phrase_keys("not_places.txt"))


@lru_cache(maxsize=8)
def _organisations(names: tuple[str, ...]) -> dict[str, tuple[tuple[str, ...], ...]]:
    return _by_first_word(names)


def excluded_tokens(
    tokens: Sequence[Token], names: Iterable[str], gazetteer: Gazetteer
) -> frozenset[int]:
    """Indices of tokens inside phrases that are not places, or inside organisations' names.

    An organisation whose name is exactly a place's excludes nothing: it would hide the place.

    Args:
        tokens: the text.
        names: organisations' names.
        gazetteer: the known places.
    """
    found: set[int] = set()
    for lexicon, organisations in ((_phrases(), False), (_organisations(tuple(names)), True)):
        for at, token in enumerate(tokens):
            for words in lexicon.get(token.word, ()):
                if _stands_at(tokens, at, words):
                    if not (organisations and gazetteer.named(" ".join(words))):
                        found.update(range(at, at + len(words)))
                    break
    return frozenset(found)


def _stands_at(tokens: Sequence[Token], at: int, words: tuple[str, ...]) -> bool:
    found = tokens[at : at + len(words)]
    return len(found) == len(words) and all(
        token.word == word and (token.joined or not offset)
        for offset, (token, word) in enumerate(zip(found, words, strict=True))
    )


def in_street(tokens: Sequence[Token], at: int) -> bool:
    """Whether the name at ``at`` is part of a street name: "via Bologna 12", "Corso Francia"."""
    if tuple(token.word for token in tokens[max(0, at - 3) : at]) == _DOOR_TO_DOOR:
        return False
    return at > 0 and tokens[at].joined and tokens[at - 1].word.rstrip(".") in _STREETS


def is_person(tokens: Sequence[Token], at: int, end: int, *, cased: bool) -> bool:
    """Whether the name is a person's: "Mario Milano", "dott. Ferrara", "la collega Emilia".

    Args:
        tokens: the text.
        at: index of the name's first token.
        end: index after its last token.
        cased: whether capitals are meaningful in this text.
    """
    token = tokens[at]
    if at > 0 and token.joined:
        before = tokens[at - 1]
        if before.word in _TITLES:
            return True
        if before.word in _ACQUAINTANCES and token.word in given_names():
            return True
        if cased and token.capital and before.capital and before.word in given_names():
            return True
    followed = end < len(tokens) and tokens[end].joined and tokens[end].gap == " "
    return cased and followed and token.word in given_names() and tokens[end].capital


def is_product(tokens: Sequence[Token], before: LeftContext, end: int, *, adjective: bool) -> bool:
    """Whether the name is part of a product's: "cipolla rossa di Tropea", "Parma ham".

    "Pizza a Napoli" and the hasty "pizza Napoli" are still in Naples; "produttori di pistacchio
    siciliani" are in Sicily, since the adjective agrees with the producers.

    Args:
        tokens: the text.
        before: the words before the name.
        end: index after the name's last token.
        adjective: whether the name is an adjective ("siciliani").
    """
    if end < len(tokens) and tokens[end].joined and tokens[end].word in _PRODUCTS_BEHIND:
        return not before.locative
    if before.head or before.kind != ("" if adjective else "of"):
        return False
    words_back = 1 if adjective else 2
    for at in range(before.start - 1, max(-1, before.start - 1 - words_back), -1):
        word = tokens[at].word
        if not tokens[at + 1].joined or word in _CONJUNCTIONS or word in PEOPLE_AND_FIRMS:
            return False
        if word in _PRODUCTS:
            return not (adjective and _agrees_with_another(tokens, at, end))
    return False


def _agrees_with_another(tokens: Sequence[Token], product: int, end: int) -> bool:
    """Whether an adjective that ends at ``end`` is plural, and the one product before it is not."""
    joined_to_more = product > 0 and tokens[product - 1].word in _CONJUNCTIONS
    one = tokens[product].word in _SINGULAR_IN_E or not tokens[product].word.endswith(("i", "e"))
    adjective = tokens[end - 1].word
    many = adjective.endswith(("i", "e")) and not adjective.endswith("ese")
    return one and many and not joined_to_more


def is_club(
    tokens: Sequence[Token], before: LeftContext, name: NameMatch, gazetteer: Gazetteer
) -> bool:
    """Whether the name is a sports club's: "i tifosi del Napoli", "Parma calcio".

    In Italian a town takes no article unless it is part of its name ("alla Spezia").

    Args:
        tokens: the text.
        before: the words before the name.
        name: the name.
        gazetteer: the known places.
    """
    town = name.places[0]
    if before.head or town.level is not PlaceLevel.COMUNE:
        return False
    following = tokens[name.end : name.end + 1]
    if not before.locative and any(t.joined and t.word in _CLUBS_BEHIND for t in following):
        return True
    if before.kind not in {"article", "of", "to", "from"}:
        return False
    article, elided = tokens[name.start - 1].word, tokens[name.start].gap.strip() != ""
    return (
        article in (_ELIDED if elided else _WITH_ARTICLE)
        and place_key(town.name) == name.key
        and gazetteer.population(town) >= _CLUB_TOWN
    )


def is_institution(tokens: Sequence[Token], before: LeftContext, end: int) -> bool:
    """Whether the name is part of an institution's: "Università di Pisa", "il Comune di Modena".

    An institution is a client or partner and says nothing about where a cooperative is;
    "università a Pisa" and "nel comune di Modena" are still places.

    Args:
        tokens: the text.
        before: the words before the name.
        end: index after the name's last token.
    """
    if end < len(tokens) and tokens[end].joined and tokens[end].word in _BODIES_BEHIND:
        return True
    if before.head in _OFFICES and before.head_capital and before.kind in {"other", "of", "from"}:
        return True
    if before.head or before.kind not in {"", "of", "article"}:
        return False
    return _follows_body(tokens, before.start)


def _follows_body(tokens: Sequence[Token], start: int) -> bool:
    """Whether a word for an institution precedes, at most two words of its own name away."""
    own_words = 0
    for at in range(start - 1, max(-1, start - 1 - _LOOK_BACK), -1):
        word = tokens[at].word
        if not tokens[at + 1].joined:
            return False
        if word in _BODIES:
            return True
        if word in _BODY_COMPLEMENTS:
            continue
        own_words += 1
        if own_words > _OWN_WORDS or word in _CONJUNCTIONS or word in PEOPLE_AND_FIRMS:
            return False
    return False
