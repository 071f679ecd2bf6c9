"""The page of docs/reference that lists the signs of red flags and every fact that they can name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bangfu.core.facts.model import Fact, Kind
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.nodes import FactRef, Node, walk
from bangfu.core.policy.rules.types import KIND_TYPES
from bangfu.core.red_flags.signs import Sign, Word
from bangfu.core.red_flags.subjects import SUBJECTS, Subject

_HEAD = """# Red flags

A rule fires by its signs. They stand in `policy/signs.toml`, in the [rule language](rule-language.md);
titles, meanings, next steps and thresholds stand in `policy/red_flags.toml`. A sign is asked of a *subject*
(`about`), whose facts are listed below: `among` chooses the rows that count, `when` is asked of what they
are together, and the sentence holds values in braces. Amounts are money; a decimal or a division in a
sentence is said in per cent.
"""


def red_flags_page(policy: Policy) -> str:
    """The page, in Markdown."""
    signs = policy.signs
    parts = [_HEAD, "## Signs", ""]
    for rule in dict.fromkeys(sign.rule for sign in signs):
        parts += [f"### {rule}", ""]
        parts += [line for sign in signs if sign.rule == rule for line in _sign(sign)]
        parts.append("")
    parts += ["## Subjects", ""]
    for subject in SUBJECTS.values():
        parts += _subject(subject, [sign for sign in signs if sign.subject is subject])
    return "\n".join(parts)


def _sign(sign: Sign) -> list[str]:
    among = f", among `{_flat(sign.written['among'])}`" if "among" in sign.written else ""
    named = [
        f"`{name}` = {spec.node.key or spec.node.values[0]}"
        for name, spec in sign.parameters.items()
    ]
    return [
        f"- **{sign.id}** (`{sign.subject.name}`{among}): `{_flat(sign.written['when'])}`"
        + (f"; {', '.join(named)}" if named else "")
        + ("" if set(sign.place) == {"0"} else f"; in {sign.place}"),
        f"  - {sign.written['zh']}",
        f"  - {sign.written['en']}",
    ]


def _flat(expression: str) -> str:
    return " ".join(expression.split())


def _subject(subject: Subject, signs: Sequence[Sign]) -> list[str]:
    lines = [f"### {subject.name}", "", f"{subject.text.en} ({subject.text.zh}).", ""]
    if subject.needs:
        lines += [f"Put together with {', '.join(subject.needs)}.", ""]
    if subject.rows:
        lines += ["Rows, for `among`:", ""]
        lines += _facts(subject.rows, signs, lambda sign: [sign.among] if sign.among else [])
        lines += ["", "Together, for `when` and the sentence:", ""]
    lines += [*_facts(subject.facts, signs, lambda sign: [sign.when, *sign.values]), ""]
    if subject.words:
        lines += ["| word of a sentence | meaning | 含义 | used by |", "|---|---|---|---|"]
        for name, text in subject.words.items():
            using = [s for s in signs if Word(name) in (*s.zh, *s.en)]
            lines.append(f"| `{name}` | {text.en} | {text.zh} | {_users(using)} |")
        lines.append("")
    return lines


def _facts(
    facts: Mapping[str, Fact], signs: Sequence[Sign], asked: Callable[[Sign], Iterable[Node]]
) -> list[str]:
    lines = ["| fact | type | meaning | 含义 | used by |", "|---|---|---|---|---|"]
    for name, fact in facts.items():
        using = [s for s in signs if any(FactRef(fact) in walk(node) for node in asked(s))]
        lines.append(f"| `{name}` | {_type(fact)} | {fact.en} | {fact.zh} | {_users(using)} |")
    return lines


def _users(signs: Iterable[Sign]) -> str:
    return ", ".join(dict.fromkeys(f"{sign.rule}.{sign.id}" for sign in signs)) or "—"


def _type(fact: Fact) -> str:
    if fact.kind is Kind.SHARE:
        return "share"
    return KIND_TYPES[fact.kind] + (f": {', '.join(fact.values)}" if fact.values else "")
