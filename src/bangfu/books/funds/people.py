"""Who may do what with money: a department claims, finance checks, another of finance pays."""

from __future__ import annotations

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.queries import same_person
from bangfu.core.errors import ForbiddenError
from bangfu.core.language import Text

CLAIMANTS = ("sector_department", "county_officer")
FINANCE = ("finance",)
PLANNERS = ("county_officer",)
APPROVERS = ("county_approver",)
_ROLES = {
    CLAIMANTS: Text("行业部门或县级业务员", "a sector department or a county officer"),
    FINANCE: Text("财政", "finance"),
    PLANNERS: Text("县级业务员", "a county officer"),
    APPROVERS: Text("县级审批人", "a county approver"),
    (*PLANNERS, *APPROVERS): Text("县级业务员或审批人", "a county officer or approver"),
}


def require(by: Actor, roles: tuple[str, ...], place_code: str) -> None:
    """ForbiddenError unless the actor holds one of `roles` at the place."""
    if not by.holds(*roles, at=place_code):
        who = _ROLES[roles]
        raise ForbiddenError(Text(f"这件事由{who.zh}办理。", f"This is done by {who.en}."))


def require_another(by: Actor, *others: str) -> None:
    """ForbiddenError when the actor is one of those who acted before, under whatever account."""
    if any(same_person(by.username, other) for other in others if other):
        raise ForbiddenError(
            Text(
                "报账、审核、支付须由不同的人办理（同一人的两个账号也不行）。",
                "Who claims, who checks and who pays are different people, "
                "not one with two accounts.",
            )
        )


# The ledger is kept by county: below it nobody has pages of it.
READERS = ("keeper", "county_officer", "county_approver", "sector_department", "finance", "auditor")
