"""What the codes in the details of an act are called; what has no name here stays as written."""

from __future__ import annotations

from bangfu.core.language import Text
from bangfu.core.workflow.model import DONE, REJECTED
from bangfu.files.policy_folder import policy_in_force

# By the detail that holds a code, and the code. An app adds its own where it makes them.
CODES: dict[str, dict[str, Text]] = {
    "lang": {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")},
    "as": {"xlsx": Text("Excel 工作簿", "Excel workbook"), "pdf": Text("PDF", "PDF")},
    # The same step bears another name in each procedure; an act names it by what is done there.
    "step": {
        "apply": Text("申请", "application"),
        "assembly": Text("村级评议", "village assembly"),
        "assess": Text("自查评估", "self-assessment"),
        "clue": Text("线索", "clue"),
        "countersign": Text("第二人复核", "second look"),
        "county": Text("县级审定", "county"),
        "decide": Text("县级审定", "county's decision"),
        "measures": Text("制定帮扶措施", "measures"),
        "meeting": Text("村民（代表）会议", "villagers' meeting"),
        "propose": Text("提出", "proposal"),
        "record": Text("登记", "registration"),
        "township": Text("乡镇审核", "township"),
        "verify": Text("入户核实", "visit to the household"),
        "village": Text("村级自验", "village's own check"),
        DONE: Text("办结", "done"),
        REJECTED: Text("未通过", "did not pass"),
    },
    "role": {},
    "kind": {},
}


def named(detail: str, code: str) -> Text | None:
    """The name of a code that stands in a detail of an act; None for a value that is no known code."""
    known = CODES.get(detail, {}).get(code)
    if known is not None:
        return known
    if detail == "procedure":
        procedure = policy_in_force().procedures.by_id.get(code)
        return procedure.text if procedure else None
    if detail == "code":
        papers = [row for each in policy_in_force().every("claims.papers") for row in each.value]
        return next((Text(row["zh"], row["en"]) for row in papers if row["code"] == code), None)
    if detail == "kind":
        found = [p.text for p in policy_in_force().procedures.all if p.kind == code]
        return found[-1] if found else None
    return policy_in_force().schemes.words(code) if detail == "scheme" else None
