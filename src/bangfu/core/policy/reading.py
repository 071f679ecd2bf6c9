"""From policy documents to a `Policy`, or to every problem in them at once."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.documents import Document
from bangfu.core.policy.keys import Entries
from bangfu.core.policy.model import LeftOut
from bangfu.core.policy.procedures import read_procedures
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rule_reading import Rules
from bangfu.core.policy.schemes import read_schemes
from bangfu.core.policy.signs import read_signs
from bangfu.core.policy.values import read_values


def load(documents: Iterable[Document]) -> Policy:
    """The policy that the documents state together.

    Raises InputError with every problem found, each with file, line and column.
    """
    entries = Entries(documents)
    sources = entries.sources()
    values = read_values(entries, sources)
    rules = Rules(entries, values)
    definitions = rules.definitions.all()
    checks = rules.checks(sources)
    procedures = read_procedures(entries, sources, values)
    schemes = read_schemes(entries, rules, sources, values)
    signs = read_signs(entries, rules, sources)
    if entries.problems:
        count = len(entries.problems)
        raise InputError(
            Text(f"政策文件有 {count} 处问题。", f"The policy files have {count} problem(s)."),
            sorted(entries.problems, key=_by_spot),
        )
    left_out = [
        LeftOut(item["id"], Text(item.get("zh", item["why"]), item["why"]), item.spot)
        for item in entries.found["left_out"]
    ]
    return Policy(sources, values, definitions, checks, left_out, procedures, schemes, signs)


def _by_spot(problem: Problem) -> tuple[str, int, int]:
    file, line, column = problem.where.rsplit(":", 2)
    return file, int(line), int(column)
