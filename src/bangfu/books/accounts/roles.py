"""The roles that every county starts with, as the first migration writes them."""

from __future__ import annotations

from django.db.migrations import RunSQL

from bangfu.books.journal.named import CODES
from bangfu.core.language import Text

# code, Chinese, English, level held at, classes of data, may write
ROLES = (
    ("keeper", "系统管理员", "keeper of the books", 0, "persons,sums,money", True),
    ("village_clerk", "村级信息员", "village clerk", 5, "persons", True),
    ("village_team", "驻村工作队", "village team", 5, "persons", True),
    ("township_reviewer", "乡镇审核员", "township reviewer", 4, "persons", True),
    ("township_head", "乡镇负责人", "township head", 4, "persons,money", True),
    ("county_officer", "县级业务员", "county officer", 3, "persons,sums,money", True),
    ("county_approver", "县级审批人", "county approver", 3, "persons,sums,money", True),
    ("sector_department", "行业部门", "sector department", 3, "sums,money", True),
    ("finance", "财政", "finance", 3, "money", True),
    ("auditor", "审计", "auditor", 3, "persons,sums,money", False),
    ("assessor", "考核评估", "assessor", 3, "sample", False),
    ("superior_reader", "省市读者", "prefecture or province reader", 2, "sums", False),
)

CODES["role"] |= {code: Text(zh, en) for code, zh, en, *_ in ROLES}

_BY_MIGRATION = (
    "select set_config('app.actor', 'migration', true),"
    " set_config('app.request', 'accounts.0001', true)"
)


def seed_roles() -> RunSQL:
    """The migration operation that writes `ROLES`; history names the actor "migration"."""
    statement = (
        "insert into accounts_role (code, name_zh, name_en, level, classes, writes)"
        " values (%s, %s, %s, %s, string_to_array(%s, ','), %s)"
    )
    return RunSQL(
        [
            _BY_MIGRATION,
            *((statement, list(role)) for role in ROLES),
        ],
        "delete from accounts_role",
    )
