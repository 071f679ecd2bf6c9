"""Which figures of a sentence can be held against which: growth, differences, shares; sums are in `sums`.

To accuse falsely is worse than to miss: figures are held against each other only where the words
between them say what they are to one another. docs/algorithms/numbers-that-fight.md says it in rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bangfu.core.indicators import consistency, sums
from bangfu.core.indicators.consistency import Check
from bangfu.core.indicators.figures import PERCENT, POINTS, Figure, figures

_ENDS = re.compile(r"[。！？!?\n]|\.(?=\s|$)")
_RISE = r"增长|增加|增幅|提高|上升|递增|增|grew|rose|increas\w+|up"
_FALL = r"下降|减少|降低|减幅|降|fell|decreas\w+|down"
# 提高到90% names where it stands, not by how much it grew.
_BY = r"(?!\s*(?:到|至|为\s*\d))[^\d。占]{0,12}$"
_GROWS = re.compile(rf"({_RISE}){_BY}", re.IGNORECASE)
_FALLS = re.compile(rf"({_FALL}){_BY}", re.IGNORECASE)
_MORE = re.compile(rf"(?:{_RISE}|多)(?:了|\s*by)?\s*$", re.IGNORECASE)
_LESS = re.compile(rf"(?:{_FALL}|减|少)(?:了|\s*by)?\s*$", re.IGNORECASE)
_NEW = re.compile(r"新增\s*$")  # may be a part of it, or by how much it grew
_BECAME = re.compile(
    r"(?:增长|增加|增|提高|上升|升|扩大|发展|减少|减|下降|降低|降)(?:到|至|为)|\bto\b"
)
_ANOTHER_TIME = re.compile(r"(?:19|20)\d\d|今年|本年|本期|当年|目前")
_YEARS_EACH = re.compile(r"\d{4}年?\s*[、和与,]\s*\d{4}年[^。;]*分别")
_SINCE = re.compile(r"^\s*[,(]?\s*(?:(?:同比|环比|比|较)[^;、]*)?$")
_AGAINST = re.compile(r"(?:比|较|于)[^,;。]*$")
_FROM = re.compile(r"(?:由|从|自|from)(?:[^\d,;。]|\d{4}年){0,14}$")
_UNTIL = re.compile(r"^(?:[^\d,;。]|\d{4}年){0,12}(?:到|至|为|to\b)(?:\d{4}年)?的?\s*$")
_SO_MUCH = re.compile(rf"^\s*[,、]?\s*(?:净|共|累计|总共|实际)?(?:(?P<up>{_RISE})|{_FALL})了?\s*$")
_OF_IT = re.compile(r"(?:占|share of|accounts? for|即)(?P<whose>[^\d。]{0,12})$", re.IGNORECASE)
_PLAIN_SHARE = re.compile(r"^(?:比重|比例|比|总|其|全部|全体|达|为|:|\s|$)|[a-z]", re.IGNORECASE)
_PART = re.compile(r"其中|of which|of it")
_WHOLE = re.compile(r"(?:全[国省市州县区镇乡村部]|共|总|合计)[^\d,;。]{0,10}$")
_SHARE_OF_BOTH = re.compile(r"^\s*的?\s*(?:比例|比重)?\s*(?:为|达|是)?\s*$")


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text. A semicolon does not end one: years are often parted by it."""
    for part in _ENDS.split(text):
        if part and part.strip():
            yield part.strip()


def read_sentence(sentence: str) -> list[Check]:
    """The checks that one sentence allows."""
    text = unicodedata.normalize("NFKC", sentence)
    known = list(figures(text))
    return [
        *_rates(text, known),
        *_differences(text, known),
        *sums.totals(text, known),
        *sums.shares_of_one_whole(text, known),
    ]


def _rates(text: str, known: Sequence[Figure]) -> Iterator[Check]:
    """Growth and shares: a percentage against the two figures it is about."""
    for at, stated in enumerate(known):
        if stated.dimension != PERCENT:
            continue
        before = text[: stated.start]
        grows, falls = _GROWS.search(before), _FALLS.search(before)
        if grows or falls:
            yield from _growth(text, known, at, falls=bool(falls))
        elif of_it := _OF_IT.search(before):
            yield from _share(text, known[:at], stated, of_it["whose"])
        elif at >= 2:
            yield from _share_of_both(text, known[at - 2], known[at - 1], stated)


def _growth(text: str, known: Sequence[Figure], at: int, *, falls: bool) -> Iterator[Check]:
    """A rate of growth against the amount it grew by, or else against what was before and after."""
    stated, earlier = known[at], known[:at]
    if earlier and _changes(text, earlier[-1]):
        yield from _grown_by(text, earlier, stated, falls=falls)
        return
    for some in (earlier, known[at + 1 :][:2]):
        pair = _last_two([one for one in some if not _changes(text, one)])
        if pair:
            if pair[0].low > 0 and _two_times(text, *pair):
                yield consistency.growth(*pair, stated, text, falls=falls)
            return


def _grown_by(
    text: str, earlier: Sequence[Figure], stated: Figure, *, falls: bool
) -> Iterator[Check]:
    """安排1650亿元，比上年增加84.76亿元，增长5.4%: what was before is the one less the other."""
    change = earlier[-1]
    levels = [one for one in earlier[:-1] if not _changes(text, one)]
    pair = _last_two([one for one in levels if one.dimension == change.dimension])
    if pair and _from_until(text, *pair):
        if pair[0].low > 0:
            yield consistency.growth(*pair, stated, text, falls=falls)
        return
    if not levels or levels[-1] is not earlier[-2] or levels[-1].dimension != change.dimension:
        return
    after, words = levels[-1], text[levels[-1].end : change.start]
    verb = (_LESS if falls else _MORE).search(words)
    if not verb or _NEW.search(words) or not _SINCE.match(words[: verb.start()]):
        return  # what the change is of, or since when, is said otherwise
    if _AGAINST.search(text[: after.start]) or after.low <= change.high:
        return
    check = consistency.growth_by(change, after, stated, text, falls=falls)
    if check.agrees or not re.search("比|较", text[change.end : stated.start]):
        yield check  # 比计划增加…，同比增长…: two measures


def _changes(text: str, one: Figure) -> bool:
    """Whether a figure is told as how much something changed, not as how much it is."""
    before = text[: one.start]
    return bool(_MORE.search(before) or _LESS.search(before))


def _last_two(known: Sequence[Figure]) -> tuple[Figure, Figure] | None:
    """The last two figures of one dimension that is no rate."""
    plain = [one for one in known if one.dimension not in (PERCENT, POINTS)]
    if not plain:
        return None
    same = [one for one in plain if one.dimension == plain[-1].dimension]
    return (same[-2], same[-1]) if len(same) > 1 else None


def _two_times(text: str, before: Figure, after: Figure) -> bool:
    """Whether the words tell two figures as one thing at two times."""
    words = text[before.end : after.start]
    if _PART.search(words):
        return False
    return bool(
        _BECAME.search(words)
        or _ANOTHER_TIME.search(words)
        or _from_until(text, before, after)
        or _YEARS_EACH.search(text[: before.start])
    )


def _from_until(text: str, before: Figure, after: Figure) -> bool:
    words = text[before.end : after.start]
    return bool(_FROM.search(text[: before.start]) and _UNTIL.search(words))


def _differences(text: str, known: Sequence[Figure]) -> Iterator[Check]:
    """由100户增至120户，增加20户; 由80%提高到90%，提高10个百分点."""
    for before, after, stated in zip(known, known[1:], known[2:], strict=False):
        points = stated.dimension == POINTS
        alike = before.dimension == after.dimension == (PERCENT if points else stated.dimension)
        said = _SO_MUCH.match(text[after.end : stated.start])
        if alike and said and stated.dimension != PERCENT and _from_until(text, before, after):
            yield consistency.difference(before, after, stated, text, falls=not said["up"])


def _share(text: str, earlier: Sequence[Figure], stated: Figure, whose: str) -> Iterator[Check]:
    """A share against the last figure over the whole that the words name; else over one that agrees."""
    plain = [one for one in earlier if one.dimension not in (PERCENT, POINTS)]
    if not plain:
        return
    part = plain[-1]
    wholes = [
        one
        for one in plain[:-1]
        if one.dimension == part.dimension and one.low > 0 and one.high >= part.low
    ]
    checks = [consistency.share(part, whole, stated, text) for whole in reversed(wholes)]
    agreeing = next((check for check in checks if check.agrees), None)
    if agreeing:
        yield agreeing
        return
    whole = _whole_of(text, wholes, part)
    if whole is not None and _names(whose, text[: whole.start]):
        yield consistency.share(part, whole, stated, text)


def _whole_of(text: str, wholes: Sequence[Figure], part: Figure) -> Figure | None:
    """The figure that a part is told to be of: what stands before 其中, or is told as a whole."""
    if _WHOLE.search(text[: part.start]) and not _PART.search(text[: part.start]):
        return None  # a total itself
    some = list(_PART.finditer(text, 0, part.start))
    if some:
        return next((one for one in reversed(wholes) if one.end <= some[-1].start()), None)
    return next((one for one in reversed(wholes) if _WHOLE.search(text[: one.start])), None)


def _names(whose: str, before: str) -> bool:
    """Whether what a share is said to be of (占脱贫户的…) is what was named before a figure, or is not said."""
    noun = whose.removesuffix("的").strip()
    return bool(_PLAIN_SHARE.search(whose)) or noun in before[-20:]


def _share_of_both(text: str, part: Figure, whole: Figure, stated: Figure) -> Iterator[Check]:
    """A，占 B 的 C %."""
    both = part.dimension == whole.dimension and whole.low > 0 and part.low <= whole.high
    said = _SHARE_OF_BOTH.match(text[whole.end : stated.start])
    if both and said and "占" in text[part.end : whole.start]:
        yield consistency.share(part, whole, stated, text)
