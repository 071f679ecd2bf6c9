"""Which figures of a sentence are the parts of which total, and which shares are of one whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bangfu.core.indicators import consistency
from bangfu.core.indicators.consistency import Check
from bangfu.core.indicators.figures import PERCENT, POINTS, Figure

_TOTAL = re.compile(r"(共计|合计|总计|一共|总额|总投资|总规模|共|total(?:led|s)?)[^\d。；;]{0,10}$")
_ALL = re.compile(r"分别|包括|包含|由|consist|namely|made up")
# A colon and an enumeration: 四项资金9.5亿元：财政2.1亿元、行业……
_LIST = re.compile(r"\s*:[^。;]*\d[^。;]*、")
_SOME = re.compile(r"其中|of which|of it")
# Where what follows a figure is no longer one of the parts.
_ELSEWHERE = re.compile(
    r"[;。]|其中|用于|支出|支付|已|比|较|增|减|升|降|合计|共计|总计|总投资|累计|每|均"
)
# 中央5亿元、省级3亿元和市县1亿元，合计9亿元
_NEXT = re.compile(r"^(?:、|和|与|及|以及)(?:[^\d,;:。、()]|\d{4}年){0,14}$")
_FIRST = re.compile(r"(?:^|[,;:。]|其中)(?:[^\d,;:。、()]|\d{4}年){0,20}$")
_SUMMED = re.compile(
    r"^[,;]?\s*(?:以上|上述)?(?:[二两三四五六七八九十]+[项类级])?(?:资金)?"
    r"(?:合计|共计|总计|一共|共)(?:为|达到|达|是|:|安排|投入|整合|下达|筹集|资金)*\s*$"
)
_EACH = re.compile("每|均")
_SHARE = re.compile(r"占(?:比|比例|比重)?(?:为|达到|达)?:?\s*$")
_SHARES = re.compile(r"分别占(?:比|比例|比重)?(?:为|达到|达)?:?\s*$")
_NEXT_SHARE = re.compile(
    r"^\s*[、和与](?!\s*其中)[^\d,;:。、占]{1,12}占(?:比|比例|比重)?(?:为|达)?\s*$"
)
_NEXT_OF_SHARES = re.compile(r"^\s*[、和与]\s*$")
# Money is of one source or one use; people and villages are often of several kinds at once.
_PARTED = re.compile("资金|投资|经费|财政|中央|省级|市级|县级|行业|社会|自筹|构成|组成")
_SEVERAL_WHOLES = re.compile(r"年|季|月|同期|[村县乡镇市区户人]\s*(?:分别)?占")


def totals(text: str, known: Sequence[Figure]) -> Iterator[Check]:
    """A total against the parts that follow it, or that were named before it."""
    for at, stated in enumerate(known):
        after, before = text[stated.end :], text[: stated.start]
        listed_after = _LIST.match(after) is not None
        if stated.dimension in (PERCENT, POINTS) or not (listed_after or _TOTAL.search(before)):
            continue
        parts = _following(text, known[at + 1 :], stated)
        some = _SOME.search(after)
        if some and parts:
            start = stated.end + some.start()
            listed = _of_one_list(text, [one for one in parts if one.start > start])
            if listed:
                yield consistency.at_most(stated, listed, text)
        elif (listed_after or _ALL.search(after)) and len(parts) > 1:
            yield _agreeing(stated, [parts[:end] for end in range(len(parts), 1, -1)], text)
        elif not parts:
            yield from _from_before(text, known[:at], stated)


def _following(text: str, known: Sequence[Figure], total: Figure) -> list[Figure]:
    """The figures behind a total that may be its parts: those of its dimension, up to where others begin."""
    parts: list[Figure] = []
    for one in known:
        if one.dimension != total.dimension or _in_brackets(text[total.end : one.start]):
            continue
        if parts and _ELSEWHERE.search(text[parts[-1].end : one.start]):
            break
        parts.append(one)
    return parts


def _in_brackets(before: str) -> bool:
    """Whether brackets are open: (中央50万元、省级10万元) are parts of a part."""
    return before.count("(") > before.count(")")


def _of_one_list(text: str, parts: Sequence[Figure]) -> list[Figure]:
    """The first parts, as long as they are joined in one way: by 、 or by commas."""
    listed = list(parts[:1])
    ways = [
        "、" if re.search("[、和与及]", text[one.end : other.start]) else ","
        for one, other in pairwise(parts)
    ]
    for way, part in zip(ways, parts[1:], strict=False):
        if way != ways[0]:
            break
        listed.append(part)
    return listed


def _from_before(text: str, known: Sequence[Figure], stated: Figure) -> Iterator[Check]:
    """A total against the enumeration that leads to it, or all that was told 分别 before it."""
    same = [one for one in known if one.dimension == stated.dimension]
    if len(same) < 2:
        return
    before = text[: stated.start]
    tails = [same[start:] for start in range(len(same) - 1)]
    if _ALL.search(before) or "+" in before:
        yield _agreeing(stated, tails, text)
        return
    listed = _leading_to(text, known, stated)
    if listed:
        check = _agreeing(stated, [listed, *tails], text)
        alone = len(listed) == len(same) or "其中" in text[same[0].end : listed[0].start]
        if check.agrees or alone:
            yield check


def _leading_to(text: str, known: Sequence[Figure], stated: Figure) -> list[Figure]:
    """The parts of an enumeration that ends in a total at once; none where something is between."""
    last = known[-1]
    if last.dimension != stated.dimension or not _SUMMED.match(text[last.end : stated.start]):
        return []
    listed = [last]
    for one in reversed(known[:-1]):
        between = text[one.end : listed[0].start]
        if one.dimension != stated.dimension or not _NEXT.match(between):
            break
        listed.insert(0, one)
    head = _FIRST.search(text[: listed[0].start])
    if len(listed) < 2 or not head or _EACH.search(text[head.start() : stated.start]):
        return []
    return listed


def _agreeing(stated: Figure, ways: Sequence[Sequence[Figure]], text: str) -> Check:
    """The first way to choose a total's parts with which it agrees; else the first of all."""
    checks = [consistency.total(stated, parts, text) for parts in ways]
    return next((check for check in checks if check.agrees), checks[0])


def shares_of_one_whole(text: str, known: Sequence[Figure]) -> Iterator[Check]:
    """财政占50%、行业占30%、社会占30%: the parts of one sum of money, which are more than all of it."""
    run: list[Figure] = []
    for one in known:
        follows = run and _joins(text, run, one)
        if not follows:
            yield from _whole(text, run)
            run = [one] if one.dimension == PERCENT and _SHARE.search(text[: one.start]) else []
        else:
            run.append(one)
    yield from _whole(text, run)


def _joins(text: str, run: Sequence[Figure], one: Figure) -> bool:
    between = text[run[-1].end : one.start]
    each = _SHARES.search(text[: run[0].start])
    return one.dimension == PERCENT and bool(
        (_NEXT_OF_SHARES if each else _NEXT_SHARE).match(between)
    )


def _whole(text: str, run: Sequence[Figure]) -> Iterator[Check]:
    if len(run) < 2:
        return
    begin = max(text.rfind(";", 0, run[0].start), text.rfind(":", 0, run[0].start)) + 1
    told = text[begin : run[-1].start]
    if _PARTED.search(told) and not _SEVERAL_WHOLES.search(told):
        yield consistency.shares(run, text)
