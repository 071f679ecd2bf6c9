"""Reads the procedures, their steps and fields, and the lists of conditions; refuses what cannot run.

A step whose role nobody holds, a step that nothing leads to, a procedure without an end, a time limit
that is no policy value: each is told with its file and line, before anybody stands before it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bangfu.core.language import Text
from bangfu.core.policy.documents import Spot
from bangfu.core.policy.keys import Entries, Fields
from bangfu.core.policy.model import Source, Value
from bangfu.core.policy.rules.names import nearest
from bangfu.core.policy.schema import CODES
from bangfu.core.workflow.catalogue import Procedures
from bangfu.core.workflow.model import (
    DONE,
    REJECTED,
    VOTES,
    Criteria,
    Criterion,
    Decides,
    Duty,
    Field,
    Kind,
    Procedure,
    Role,
    Step,
    Subject,
)

# The units that a key must have, by what it is for.
TIME = ("days", "working days", "months")
_UNITS_OF = {
    "due": TIME,
    "notice": ("days",),
    "gap": ("days",),
    "majority": ("share",),
    "most": ("items",),
}


def read_procedures(
    entries: Entries, sources: Mapping[str, Source], values: Sequence[Value]
) -> Procedures:
    """Everything that passes; problems are noted in `entries`."""
    return _Reading(entries, sources, values).all()


class _Reading:
    def __init__(
        self, entries: Entries, sources: Mapping[str, Source], values: Sequence[Value]
    ) -> None:
        self.entries = entries
        self.sources = sources
        self.units = {value.key: value.unit.name for value in values}

    def all(self) -> Procedures:
        for table in ("role", "procedure", "criteria"):
            self.entries.unique(table, "id")
        roles = [
            Role(item["id"], item["level"], _words(item), item.spot)
            for item in self.entries.found["role"]
        ]
        criteria = self._criteria()
        purposes = {each.purpose for each in criteria}
        procedures = [
            self._procedure(item, {role.id: role for role in roles}, purposes)
            for item in self.entries.found["procedure"]
        ]
        self._orphans("step", "procedure", {each.id for each in procedures})
        self._orphans("criterion", "criteria", {each.id for each in criteria})
        steps = {(each.id, step.id) for each in procedures for step in each.steps}
        for item in self.entries.found["field"]:
            if (item["procedure"], item["step"]) not in steps:
                self._unknown(
                    item, "step", item["step"], [s for p, s in steps if p == item["procedure"]]
                )
        return Procedures(tuple(roles), tuple(procedures), tuple(criteria))

    # Lists of conditions

    def _criteria(self) -> list[Criteria]:
        found = []
        for item in self.entries.found["criteria"]:
            self.entries.source(item, self.sources)
            period = self.entries.period(item)
            items = [
                self._criterion(each)
                for each in self.entries.found["criterion"]
                if each["criteria"] == item["id"]
            ]
            self._once(
                [each for each in self.entries.found["criterion"] if each["criteria"] == item["id"]]
            )
            if not items:
                self._told(item.spot, "清单里没有条件", "the list has no condition", item["id"])
            found.append(
                Criteria(
                    item["id"],
                    item["purpose"],
                    _words(item),
                    item["place"],
                    period,
                    tuple(items),
                    item["source"],
                    item["status"],
                    item.spot,
                )
            )
        return found

    def _criterion(self, item: Fields) -> Criterion:
        limit = item.get("limit", "")
        if limit and limit not in self.units:
            self._unknown(item, "limit", limit, self.units)
        return Criterion(
            item["id"],
            _words(item),
            item.get("evidence", ""),
            limit,
            item.get("warns", False),
            item.spot,
        )

    # Procedures

    def _procedure(
        self, item: Fields, roles: Mapping[str, Role], purposes: Collection[str]
    ) -> Procedure:
        self.entries.source(item, self.sources)
        mine = [each for each in self.entries.found["step"] if each["procedure"] == item["id"]]
        self._once(mine)
        ids = [each["id"] for each in mine]
        steps = tuple(self._step(each, ids, roles, purposes) for each in mine)
        self._ways(item, steps)
        return Procedure(
            item["id"],
            item["kind"],
            Subject(item["subject"]),
            _words(item),
            item["place"],
            self.entries.period(item),
            item.get("given", ""),
            item.get("notice_kind", ""),
            steps,
            item["source"],
            item["status"],
            item.spot,
        )

    def _step(
        self,
        item: Fields,
        ids: Sequence[str],
        roles: Mapping[str, Role],
        purposes: Collection[str],
    ) -> Step:
        self._roles(item, roles)
        before = ids[: ids.index(item["id"])]
        for key in ("returns_to", "other_than"):
            for name in item.get(key, ()):
                if name not in before:
                    self._unknown(item, key, name, before)
        due_from = item.get("due_from", "before")
        if due_from not in ("opened", "before", *before):
            self._unknown(item, "due_from", due_from, ["opened", "before", *before])
        for key in ("due", "notice", "gap", "majority"):
            self._key(item, key)
        criteria = item.get("criteria", "")
        if criteria and criteria not in purposes:
            self._unknown(item, "criteria", criteria, purposes)
        if ("notice" in item.values) != ("notice_level" in item.values):
            self._told(
                item.spot,
                "notice 和 notice_level 要一起写",
                "notice and notice_level go together",
                item["id"],
            )
        fields = self._fields(item)
        self._votes(item, fields)
        return Step(
            item["id"],
            _words(item),
            item["roles"],
            item["level"],
            Duty(item["duty"]),
            Decides(item["decides"]),
            item["next"],
            item.get("returns_to", ()),
            item.get("other_than", ()),
            item.get("due", ""),
            due_from,
            item.get("notice", ""),
            item.get("notice_level", 0),
            item.get("gap", ""),
            item.get("majority", ""),
            criteria,
            item.get("effect", ""),
            item.get("recompute", False),
            fields,
            item.spot,
        )

    def _roles(self, item: Fields, roles: Mapping[str, Role]) -> None:
        for role in item["roles"]:
            if role not in roles:
                self._unknown(item, "roles", role, roles)
            elif roles[role].level > item["level"]:
                self._told(
                    item.entry.spot("roles"),
                    f"角色“{role}”在更低一级，管不到这一步",
                    f'the role "{role}" is held below the level of this step',
                    role,
                )

    def _votes(self, item: Fields, fields: Sequence[Field]) -> None:
        if item["decides"] != Decides.VOTES:
            return
        numbers = {field.id for field in fields if field.kind is Kind.NUMBER and field.required}
        missing = [name for name in VOTES if name not in numbers]
        if missing or "majority" not in item.values:
            self._told(
                item.spot,
                f"表决的步骤要有 majority 和必填数字 {'、'.join(VOTES)}",
                f"a step decided by votes needs majority and the required numbers {', '.join(VOTES)}",
                item["id"],
            )

    def _fields(self, step: Fields) -> tuple[Field, ...]:
        mine = [
            each
            for each in self.entries.found["field"]
            if (each["procedure"], each["step"]) == (step["procedure"], step["id"])
        ]
        self._once(mine)
        kinds = {each["id"]: Kind(each["kind"]) for each in mine}
        return tuple(self._field(each, kinds) for each in mine)

    def _field(self, item: Fields, kinds: Mapping[str, Kind]) -> Field:
        kind = Kind(item["kind"])
        choices = item.get("choices", ()) or CODES.get(item.get("codes", ""), ())
        if (kind in (Kind.CHOICE, Kind.CHOICES)) != bool(choices):
            self._told(
                item.spot,
                "只有选择题要写 choices 或 codes，而且必须写",
                "choices or codes are written for a choice, and for nothing else",
                item["id"],
            )
        self._key(item, "most")
        needed_if = item.get("needed_if", "")
        if needed_if and needed_if not in kinds:
            self._unknown(item, "needed_if", needed_if, list(kinds))
        if bool(needed_if) != bool(item.get("needed_value")):
            self._told(
                item.spot,
                "needed_if 和 needed_value 要一起写",
                "needed_if and needed_value go together",
                item["id"],
            )
        if item.get("only_then", False) and not needed_if:
            self._told(
                item.spot,
                "only_then 只和 needed_if 一起写",
                "only_then goes with needed_if",
                item["id"],
            )
        part_of = item.get("part_of", "")
        if part_of and {kind, kinds.get(part_of)} != {Kind.NUMBER}:
            numbers = [name for name, each in kinds.items() if each is Kind.NUMBER]
            self._unknown(item, "part_of", part_of, numbers)
        return Field(
            item["id"],
            kind,
            _words(item),
            item.get("required", False),
            choices,
            item.get("most", ""),
            needed_if,
            item.get("needed_value", ""),
            item.get("only_then", False),
            part_of,
            item.get("group", ""),
            item.get("another", False),
            item.spot,
        )

    def _ways(self, item: Fields, steps: Sequence[Step]) -> None:
        """Steps go forward, every one is reached, and the last of the way is the end."""
        if not steps:
            self._told(item.spot, "程序没有步骤", "the procedure has no step", item["id"])
            return
        ids = [step.id for step in steps]
        for number, step in enumerate(steps):
            if step.next not in (*ids[number + 1 :], DONE):
                known = [*ids[number + 1 :], DONE]
                self._told(
                    step.spot,
                    f"next“{step.next}”不是后面的步骤，也不是 {DONE}",
                    f'next "{step.next}" is neither a later step nor {DONE} ({", ".join(known)})',
                    step.next,
                )
        reached, at = {ids[0]}, steps[0]
        while at.next in ids[ids.index(at.id) + 1 :]:
            at = steps[ids.index(at.next)]
            reached.add(at.id)
        for step in steps:
            if step.id not in reached:
                self._told(
                    step.spot,
                    f"没有步骤通到“{step.id}”",
                    f'nothing leads to the step "{step.id}"',
                    step.id,
                )
            if step.id in (DONE, REJECTED):
                self._told(step.spot, "这个名字留给结束", "this name means an end", step.id)
        if any(step.notice for step in steps) and "notice_kind" not in item.values:
            self._told(
                item.spot, "有公示就要写 notice_kind", "a notice needs notice_kind", item["id"]
            )
        if at.next != DONE:
            self._told(item.spot, "程序没有结束", "the procedure has no end", item["id"])

    # What is told

    def _key(self, item: Fields, key: str) -> None:
        """Note a key of a policy value that is unknown or of a wrong unit."""
        name = item.get(key)
        if name is None:
            return
        unit = self.units.get(name)
        if unit is None:
            self._unknown(item, key, name, self.units)
        elif unit not in _UNITS_OF[key]:
            listed = "、".join(_UNITS_OF[key])
            self._told(
                item.entry.spot(key),
                f"{key} 的单位应为 {listed}，不是 {unit}",
                f"{key} is counted in {', '.join(_UNITS_OF[key])}, not in {unit}",
                name,
            )

    def _once(self, items: Sequence[Fields]) -> None:
        """Note an id that stands twice among the entries of one owner."""
        first: dict[str, Spot] = {}
        for item in items:
            if item["id"] in first:
                self._told(
                    item.entry.spot("id"),
                    f"“{item['id']}”已在 {first[item['id']]} 写过",
                    f'"{item["id"]}" already stands at {first[item["id"]]}',
                    item["id"],
                )
            first.setdefault(item["id"], item.spot)

    def _orphans(self, table: str, key: str, known: Collection[str]) -> None:
        for item in self.entries.found[table]:
            if item[key] not in known:
                self._unknown(item, key, item[key], known)

    def _unknown(self, item: Fields, key: str, name: str, known: Collection[str]) -> None:
        near = nearest(name, known)
        self.entries.problem(
            item.entry.spot(key),
            f"{key}：没有“{name}”。{near.zh}",
            f'{key}: there is no "{name}".{near.en}',
            value=name,
            rule="procedure",
        )

    def _told(self, spot: Spot, zh: str, en: str, value: str) -> None:
        self.entries.problem(spot, f"{zh}。", f"{en}.", value=value, rule="procedure")


def _words(item: Fields) -> Text:
    return Text(item["zh"], item["en"])
