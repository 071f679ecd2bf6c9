"""Who may do what with money to households: village, township and county check; another one pays."""

from __future__ import annotations

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.queries import same_person
from bangfu.core.errors import ForbiddenError
from bangfu.core.language import Text

VILLAGE = ("village_clerk", "village_team")
TOWNSHIP = ("township_reviewer", "township_head")
APPROVERS = ("county_approver",)
MAKERS = ("county_officer", "county_approver")
FINANCE = ("finance",)
_ROLES = {
    VILLAGE: Text("村级信息员或驻村工作队", "the village clerk or the village team"),
    TOWNSHIP: Text("乡镇审核员或负责人", "the township's reviewer or head"),
    APPROVERS: Text("县级审批人", "the county approver"),
    MAKERS: Text("县级业务员或审批人", "a county officer or approver"),
    FINANCE: Text("财政", "finance"),
}


def require(by: Actor, roles: tuple[str, ...], place_code: str) -> None:
    """ForbiddenError unless the actor holds one of `roles` at the place."""
    if not by.holds(*roles, at=place_code):
        who = _ROLES[roles]
        raise ForbiddenError(Text(f"这件事由{who.zh}办理。", f"This is done by {who.en}."))


def may_lend(by: Actor, place_code: str) -> bool:
    """Whether the actor records loans at a place: village, township or the county's officers."""
    return by.holds(*VILLAGE, *TOWNSHIP, *MAKERS, at=place_code)


def require_another(by: Actor, *others: str) -> None:
    """ForbiddenError when the actor is one of those who acted before, under whatever account."""
    if any(same_person(by.username, other) for other in others if other):
        raise ForbiddenError(
            Text(
                "申报、审核、审批、付款须由不同的人办理（同一人的两个账号也不行）。",
                "Who applies, checks, approves and pays are different people, "
                "not one with two accounts.",
            )
        )
