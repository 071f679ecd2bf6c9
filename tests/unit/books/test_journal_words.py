"""The journal in words: every verb that the program writes has its sentence, money is yuan."""

import re
from pathlib import Path

from bangfu.books.accounts.roles import ROLES
from bangfu.books.desk.tasks import PRINT
from bangfu.books.households.actions.happening import KINDS
from bangfu.books.journal.named import CODES
from bangfu.books.journal.words import VERBS, details, subject
from bangfu.core.workflow.model import DONE, REJECTED
from bangfu.files.policy_folder import load_policy
from bangfu.web.speech import speaking

BOOKS = Path(__file__).parents[3] / "src" / "bangfu" / "books"
APPS = "|".join(path.name for path in BOOKS.iterdir() if path.is_dir())
# Names of kinds of tasks, of timers and of a file, which are no verbs of the journal.
TASKS = {
    "notices.turn",
    "intake.check",
    "intake.bring_in",
    "desk.records",
    "households.export",
    "households.xlsx",
    "social_registry.look",
    "social_registry.look_for",
    "screening.calendar",
    "screening.days_of_month",
    "publishing.nightly",
    "publishing.turn",
}


def test_every_verb_has_its_words():
    keys = set(load_policy().keys)
    written = {
        found
        for path in BOOKS.rglob("*.py")
        for found in re.findall(rf'"((?:{APPS})\.[a-z_]+)"', path.read_text("utf-8"))
        if not found.startswith("jobs.") or found == "jobs.request"
    }
    verbs = written - keys - TASKS
    assert len(verbs) > 50
    assert verbs | {f"households.{kind}" for kind in KINDS} <= set(VERBS)


def test_details_are_words_and_yuan():
    assert details("funds.announce", '{"1号": 123456}') == "1号：1,234.56 元"
    assert details("households.recognise", '{"monitored_class": "突发严重困难户"}') == (
        "监测对象类别：突发严重困难户"
    )
    assert details("households.death", '{"on": "2026-11-01"}') == "日期：2026-11-01"
    assert details("x", "") == ""
    with speaking("en"):
        assert details("funds.announce", '{"1号": 5}') == "1号: 0.05 yuan"
        assert details("accounts.grant", '{"from": "2026-01-01", "role": "keeper"}') == (
            "from: 2026-01-01; role: keeper of the books"
        )


def test_codes_in_details_are_words():
    said = details("jobs.request", f'{{"as": "xlsx", "kind": "{PRINT}", "lang": "zh"}}')
    assert said == "格式：Excel 工作簿；种类：打印簿册；语言：中文"
    assert details("cases.open", '{"kind": "removal", "procedure": "removal"}') == (
        "种类：风险消除；程序：风险消除"
    )
    assert (
        details("payments.apply", '{"scheme": "vocational_aid"}')
        == "补助项目：雨露计划职业教育补助"
    )
    assert details("x", '{"kind": "what no policy knows"}') == "种类：what no policy knows"


def test_every_role_has_its_word():
    assert {code for code, *_ in ROLES} == set(CODES["role"])


def test_every_step_of_a_procedure_has_its_word():
    steps = {step.id for each in load_policy().procedures.all for step in each.steps}
    assert steps | {DONE, REJECTED} == set(CODES["step"])


def test_subjects_are_words():
    assert subject("household 4205 person 3") == "农户 4205 成员 3"
    with speaking("en"):
        assert subject("case 7") == "case 7"
