"""Reads the signs of red flags from the policy documents; refuses what names nothing or cannot be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from bangfu.core.facts.model import Fact
from bangfu.core.language import Text
from bangfu.core.policy.keys import Entries, Fields
from bangfu.core.policy.model import ParameterSpec, Source
from bangfu.core.policy.rule_reading import Rules
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.names import Scope, nearest
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.parser import Refused, parse_condition, parse_value
from bangfu.core.policy.rules.types import ZH, Type
from bangfu.core.red_flags.signs import SAID, Sentence, Sign, Word
from bangfu.core.red_flags.subjects import SUBJECTS, Subject

# A rule's title, meaning and next step stand in the value of this key.
RULE = "red_flags.{}"
SAYS = ("meaning_zh", "meaning_en", "next_zh", "next_en")
_BLANK = re.compile(r"\{([^{}]*)\}")


def read_signs(entries: Entries, rules: Rules, sources: Mapping[str, Source]) -> list[Sign]:
    """Every sign that passes, in the order of the files; problems are noted in `entries`."""
    reading = _Reading(entries, rules, sources)
    read = [reading.sign(item) for item in entries.found["sign"]]
    signs = [sign for sign in read if sign is not None]
    _no_two_at_once(entries, signs)
    return signs


def _no_two_at_once(entries: Entries, signs: Sequence[Sign]) -> None:
    """One sign is stated once for a place and a day."""
    groups: dict[tuple[str, str, str], list[Sign]] = {}
    for sign in signs:
        groups.setdefault((sign.rule, sign.id, sign.place), []).append(sign)
    for group in groups.values():
        for one, other in combinations(group, 2):
            later, earlier = sorted((one, other), key=_start, reverse=True)
            if later.period.start is not None and earlier.period.covers(later.period.start):
                entries.problem(
                    later.spot,
                    f"{later.rule} 的迹象“{later.id}”在 {later.place} 的时期与 {earlier.spot} 重叠。",
                    f'The sign "{later.id}" of {later.rule} at {later.place} overlaps in time with '
                    f"that at {earlier.spot}.",
                    value=later.id,
                )


def _start(sign: Sign) -> tuple[str, str, int]:
    return str(sign.period.start), sign.spot.file, sign.spot.line


def _known_rules(entries: Entries) -> set[str]:
    """The rules whose values say, wherever they are stated, what a rule says."""
    values = [item for item in entries.found["value"] if item["key"].startswith(RULE.format(""))]
    short = {item["key"] for item in values if not _says_all(item["value"])}
    return {
        item["key"].removeprefix(RULE.format("")) for item in values if item["key"] not in short
    }


def _says_all(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(each), str) and value[each].strip() for each in SAYS
    )


class _Reading:
    def __init__(self, entries: Entries, rules: Rules, sources: Mapping[str, Source]) -> None:
        self.entries = entries
        self.rules = rules
        self.sources = sources
        self.known = _known_rules(entries)

    def sign(self, item: Fields) -> Sign | None:
        """One sign, or None with problems noted."""
        before = len(self.entries.problems)
        self.entries.source(item, self.sources)
        self._of_a_rule(item)
        subject = self._subject(item)
        if subject is None:
            return None
        parameters = self._parameters(item, subject)
        among = self._among(item, subject, parameters)
        when = self._condition(item, "when", subject.facts, parameters)
        zh, en = (self._sentence(item, key, subject, parameters) for key in ("zh", "en"))
        period = self.entries.period(item)
        if when is None or len(self.entries.problems) > before:
            return None
        sign = Sign(
            item["rule"],
            item["id"],
            subject,
            among,
            when,
            {key: item[key].strip() for key in ("among", "when", "zh", "en") if item.get(key)},
            zh,
            en,
            item.get("matter", ""),
            parameters,
            item["place"],
            period,
            item["source"],
            item["status"],
            item.get("note", ""),
            item.spot,
        )
        self.rules.unused(item, parameters, _asked(sign))
        return sign

    def _of_a_rule(self, item: Fields) -> None:
        if item["rule"] in self.known:
            return
        near = nearest(item["rule"], self.known)
        self.entries.problem(
            item.entry.spot("rule"),
            f"没有疑点规则“{item['rule']}”：政策值 {RULE.format(item['rule'])} 要写明 {'、'.join(SAYS)}。{near.zh}",
            f'There is no rule "{item["rule"]}" of red flags: a value {RULE.format(item["rule"])} that '
            f"states {', '.join(SAYS)}.{near.en}",
            value=item["rule"],
        )

    def _subject(self, item: Fields) -> Subject | None:
        subject = SUBJECTS.get(item["about"])
        if subject is None:
            near = nearest(item["about"], SUBJECTS)
            self.entries.problem(
                item.entry.spot("about"),
                f"疑点里没有“{item['about']}”这种对象。{near.zh}",
                f'Red flags are not looked for in any "{item["about"]}".{near.en}',
                value=item["about"],
            )
        return subject

    def _parameters(self, item: Fields, subject: Subject) -> dict[str, ParameterSpec]:
        parameters = self.rules.parameters(item)
        for name in parameters:
            if name in subject.facts or name in subject.rows or name in subject.words:
                self.entries.problem(
                    item.entry.spot("parameters", name),
                    f"参数名“{name}”已是“{subject.name}”的事实或文字。",
                    f'The parameter name "{name}" is taken by a fact or word of {subject.name}.',
                    value=name,
                )
        return parameters

    def _among(
        self, item: Fields, subject: Subject, parameters: Mapping[str, ParameterSpec]
    ) -> Node | None:
        if item.get("among") is None:
            return None
        if not subject.rows:
            self.entries.problem(
                item.entry.spot("among"),
                f"“{subject.name}”不由多行组成，不写 among。",
                f'A "{subject.name}" is not put together from rows and takes no among.',
                value=subject.name,
            )
            return None
        return self._condition(item, "among", subject.rows, parameters)

    def _condition(
        self,
        item: Fields,
        key: str,
        facts: Mapping[str, Fact],
        parameters: Mapping[str, ParameterSpec],
    ) -> Node | None:
        node, refused = parse_condition(item[key], _scope(facts, parameters))
        self.rules.refusals(item, key, refused, parameters)
        return node

    def _sentence(
        self, item: Fields, key: str, subject: Subject, parameters: Mapping[str, ParameterSpec]
    ) -> Sentence:
        """The pieces of a sentence: its words, and what stands in braces."""
        written = item[key]
        pieces: list[str | Word | Node] = []
        at = 0
        for blank in _BLANK.finditer(written):
            pieces.append(written[at : blank.start()])
            piece, refused = _piece(blank[1], subject, parameters)
            self.rules.refusals(item, key, refused, parameters, offset=blank.start(1))
            if piece is not None:
                pieces.append(piece)
            at = blank.end()
        pieces.append(written[at:])
        return tuple(piece for piece in pieces if piece != "")


def _scope(facts: Mapping[str, Fact], parameters: Mapping[str, ParameterSpec]) -> Scope:
    return Scope(None, {name: spec.node for name, spec in parameters.items()}, facts=facts)


def _piece(
    written: str, subject: Subject, parameters: Mapping[str, ParameterSpec]
) -> tuple[Word | Node | None, list[Refused]]:
    """What stands in the braces of a sentence: a word of the candidate, or a value that can be said."""
    if written in subject.words:
        return Word(written), []
    scope = _scope(subject.facts, parameters)
    if written.isidentifier() and written not in scope.known():
        near = nearest(written, [*scope.known(), *subject.words])
        text = Text(
            f"没有叫“{written}”的名称。{near.zh}", f'No name "{written}" is known here.{near.en}'
        )
        return None, [Refused(0, 0, text, written)]
    node, refused = parse_value(written, scope)
    if node is not None and not _sayable(node):
        text = Text(
            f"句子里说不出{ZH[node.type]}；可用金额、整数、比例、日期、文字。",
            f"A sentence cannot say a {node.type}; "
            "it says money, whole numbers, shares, dates and texts.",
        )
        return None, [Refused(0, 0, text, written)]
    return node, refused


def _sayable(node: Node) -> bool:
    one = not (isinstance(node, nodes.Parameter) and node.many)
    share = not isinstance(node, nodes.Ratio) or node.type is Type.DECIMAL
    return one and share and node.type in SAID


def _asked(sign: Sign) -> Iterable[Node]:
    yield sign.when
    if sign.among is not None:
        yield sign.among
    yield from sign.values
