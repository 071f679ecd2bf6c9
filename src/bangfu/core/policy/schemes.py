"""Reads the schemes of the policy documents with their conditions; refuses what cannot be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.payments.schemes import Condition, Formula, Payee, Scheme, Schemes
from bangfu.core.payments.terms import TermKind
from bangfu.core.policy.keys import Entries, Fields
from bangfu.core.policy.model import Source, Value
from bangfu.core.policy.rule_reading import Rules
from bangfu.core.policy.rules.names import nearest
from bangfu.core.policy.rules.types import Type

# What type the value behind each key has, by formula; a key that is not here is not taken.
_MONEY = frozenset({Type.MONEY})
_SHARES = frozenset({Type.DECIMAL})
_WHOLE = frozenset({Type.INT, Type.DECIMAL})
_KEYS: Mapping[Formula, Mapping[str, frozenset[Type]]] = {
    Formula.FIXED: {"rate": _MONEY},
    Formula.PER_UNIT: {"rate": _MONEY, "most": _WHOLE},
    Formula.SHARE: {"rate": _SHARES, "cap": _MONEY},
    Formula.INTEREST: {"rate": _SHARES, "cap": _MONEY},
}
_PURPOSES = "funds.purposes"
_NEEDS_BASE = (Formula.PER_UNIT, Formula.SHARE)


def read_schemes(
    entries: Entries, rules: Rules, sources: Mapping[str, Source], values: Sequence[Value]
) -> Schemes:
    """Every scheme that passes; problems are noted in `entries`."""
    return _Reading(entries, rules, sources, values).all()


class _Reading:
    def __init__(
        self,
        entries: Entries,
        rules: Rules,
        sources: Mapping[str, Source],
        values: Sequence[Value],
    ) -> None:
        self.entries = entries
        self.rules = rules
        self.sources = sources
        self.types = {value.key: value.unit.type for value in values}
        self.purposes = {name for value in values if value.key == _PURPOSES for name in value.value}

    def all(self) -> Schemes:
        items = self.entries.found["scheme"]
        known = {item["id"] for item in items}
        for item in self.entries.found["condition"]:
            if item["scheme"] not in known:
                near = nearest(item["scheme"], known)
                self.entries.problem(
                    item.entry.spot("scheme"),
                    f"没有补助项目“{item['scheme']}”。{near.zh}",
                    f'There is no scheme "{item["scheme"]}".{near.en}',
                    value=item["scheme"],
                )
        return Schemes(tuple(self._scheme(item) for item in items))

    def _scheme(self, item: Fields) -> Scheme:
        self.entries.source(item, self.sources)
        formula = Formula(item["formula"])
        for name in ("rate", "most", "cap"):
            self._key(item, name, formula)
        if formula in _NEEDS_BASE and not item.get("base_zh"):
            self.entries.problem(
                item.spot,
                "要写明按什么计算（base_zh、base_en）。",
                "Say what it is reckoned by (base_zh, base_en).",
                value=item["id"],
            )
        grain = Table(item["grain"])
        for name in item["purposes"]:
            self._purpose(item, name)
        stated = [each for each in self.entries.found["condition"] if each["scheme"] == item["id"]]
        read = [self._condition(each, grain) for each in stated]
        conditions = [each for each in read if each is not None]
        if not stated:
            self.entries.problem(
                item.spot,
                "补助项目没有条件：谁可以享受？",
                "The scheme has no condition: who may have it?",
                value=item["id"],
            )
        return Scheme(
            item["id"],
            grain,
            TermKind(item["term"]),
            formula,
            item.get("rate", ""),
            item.get("most", ""),
            item.get("cap", ""),
            Text(item.get("base_zh", ""), item.get("base_en", "")),
            tuple(item["purposes"]),
            Payee(item["payee"]),
            item.get("group", ""),
            item["place"],
            self.entries.period(item),
            Text(item["zh"], item["en"]),
            tuple(conditions),
            item["source"],
            item["status"],
            item.get("note", ""),
            item.spot,
        )

    def _key(self, item: Fields, name: str, formula: Formula) -> None:
        key = item.get(name, "")
        wanted = _KEYS[formula].get(name)
        if not key:
            if name == "rate":
                self.entries.problem(
                    item.spot, "缺少 rate。", "The rate is missing.", value=item["id"]
                )
            return
        if wanted is None:
            self.entries.problem(
                item.entry.spot(name),
                f"“{formula}”不用 {name}。",
                f'The formula "{formula}" takes no {name}.',
                value=key,
            )
        elif key not in self.types:
            near = nearest(key, self.types)
            self.entries.problem(
                item.entry.spot(name),
                f"没有政策值“{key}”。{near.zh}",
                f'There is no policy value "{key}".{near.en}',
                value=key,
            )
        elif self.types[key] not in wanted:
            self.entries.problem(
                item.entry.spot(name),
                f"政策值“{key}”的单位不能作 {name}。",
                f'The unit of "{key}" does not fit {name}.',
                value=key,
            )

    def _purpose(self, item: Fields, name: str) -> None:
        if name not in self.purposes:
            near = nearest(name, self.purposes)
            self.entries.problem(
                item.entry.spot("purposes"),
                f"没有用途“{name}”。{near.zh}",
                f'There is no purpose "{name}".{near.en}',
                value=name,
            )

    def _condition(self, item: Fields, grain: Table) -> Condition | None:
        parameters = self.rules.parameters(item)
        node = self.rules.rule(item, grain, parameters)
        if node is None:
            return None
        text = Text(item["zh"], item["en"])
        return Condition(item["id"], node, item["when"].strip(), text, parameters, item.spot)
