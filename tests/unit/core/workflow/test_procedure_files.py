"""Procedure files that cannot run are refused, each with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu.books.accounts.roles import ROLES
from bangfu.core.errors import InputError
from bangfu.core.policy import Document, load
from bangfu.core.workflow.diagram import mermaid
from bangfu.core.workflow.model import EVIDENCE, Duty
from bangfu.files.policy_folder import read_policy

# The checks have nothing to do with procedures, and take long to read.
DOCUMENTS = [
    document
    for document in read_policy(Path(__file__).parents[4] / "policy")
    if not document.label.startswith("policy/checks/")
]
POLICY = load(DOCUMENTS)


def _changed(label: str, old: str, new: str) -> list[Document]:
    documents = []
    for document in DOCUMENTS:
        if document.label == f"policy/procedures/{label}.toml":
            assert old in document.text
            text = document.text.replace(old, new, 1)
            documents.append(Document(document.label, text))
        else:
            documents.append(document)
    return documents


@pytest.mark.parametrize(
    ("label", "old", "new", "told"),
    [
        ("monitoring", '"township_reviewer", "township_head"', '"township_revier"', "township_revier"),
        ("monitoring", 'next = "county"', 'next = "done"', "county"),
        ("monitoring", 'next = "done"', 'next = "measures"', "measures"),
        ("monitoring", 'next = "verify"', 'next = "clue"', "clue"),
        ("monitoring", 'due = "cases.verify_days"', 'due = "cases.verify_day"', "cases.verify_day"),
        ("monitoring", 'due = "cases.verify_days"', 'due = "monitoring.risks"', "items"),
        ("monitoring", 'majority = "cases.majority"\n', "", "majority"),
        ("monitoring", 'notice_level = 5\n', "", "notice_level"),
        ("monitoring", 'notice_kind = "recognition"\n', "", "notice_kind"),
        ("monitoring", 'returns_to = ["verify"]', 'returns_to = ["county"]', "returns_to"),
        ("monitoring", 'codes = "risk"\n', "", "choices"),
        ("monitoring", 'needed_value = "其他"\n', "", "needed_value"),
        ("monitoring", "another = true", "only_then = true", "only_then"),
        ("exit_county", 'part_of = "exited_total"', 'part_of = "assessed_by"', "part_of"),
        ("monitoring", 'id = "coping"', 'id = "risks"', "risks"),
        ("registration", 'other_than = ["verify"]', 'other_than = ["verfy"]', "verfy"),
        ("removal", 'criteria = "monitoring.removal"', 'criteria = "monitoring.remove"', "monitoring.remove"),
        ("removal", 'evidence = "guarantees_met"', 'evidence = "guaranteed"', "guarantees_met"),
        ("removal", 'limit = "income.line"', 'limit = "income.lines"', "income.lines"),
        ("exit_village", 'effect = "exit_village"', 'effect = "exit"', "exit_village"),
        ("exit_county", 'source = "peoples-daily-2019-07-03"', 'source = "nobody"', "nobody"),
        ("shared", 'id = "township_head"\nlevel = 4', 'id = "township_head"\nlevel = 5', "township_head"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_told_with_its_line(label, old, new, told):
    with pytest.raises(InputError) as refused:
        load(_changed(label, old, new))
    problems = refused.value.problems
    files = {problem.where.rsplit(":", 2)[0] for problem in problems}
    assert f"policy/procedures/{label}.toml" in files or label == "shared"
    assert all(problem.where.rsplit(":", 2)[1].isdigit() for problem in problems)
    assert any(told in problem.text.en + problem.value for problem in problems)


def test_roles_of_procedures_are_the_roles_of_the_accounts():
    kept = {code: (zh, en, level) for code, zh, en, level, *_ in ROLES}
    for role in POLICY.procedures.roles:
        assert kept[role.id] == (role.text.zh, role.text.en, role.level)


def test_every_step_can_be_acted_on_by_a_role_that_sees_persons():
    persons = {code for code, _, _, _, classes, writes in ROLES if "persons" in classes and writes}
    for procedure in POLICY.procedures.all:
        for step in procedure.steps:
            assert set(step.roles) <= persons


def test_every_procedure_is_decided_above_where_it_is_entered():
    for procedure in POLICY.procedures.all:
        duties = [step.duty for step in procedure.steps]
        assert duties[0] is Duty.ENTER
        assert duties.count(Duty.DECIDE) == 1


def test_every_evidence_is_used_by_some_list():
    used = {item.evidence for each in POLICY.procedures.criteria for item in each.items}
    assert used - {""} == set(EVIDENCE)


def test_the_diagram_shows_every_way():
    drawn = mermaid(POLICY.procedures.by_id["monitoring"])
    for way in (
        "[*] --> clue",
        "clue --> verify",
        "assembly --> township",
        "assembly --> rejected",
        "county --> measures",
        "county --> verify: returned, new round",
        "measures --> [*]",
    ):
        assert way in drawn
