"""Which project may pay which households: those of the place it lies in, that every line of its plan serves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bangfu.books.funds.models import Balance
from bangfu.books.households.models import Household
from bangfu.books.payments.models import Entitlement
from bangfu.books.projects.models import AFTERWARDS, Project, Stage
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Stage as Account
from bangfu.core.policy.resolve import Policy

EX_POOR, MONITORED = "脱贫户", ("监测户", "监测对象")
_TENDERED = (Stage.TENDER, Stage.BUILDING, Stage.BUILT, Stage.ACCEPTED, Stage.HANDED_OVER)
ELSEWHERE = Text("不住在项目所在的地方", "live outside the project's place")


@dataclass(frozen=True, slots=True)
class Served:
    """What is asked of a project: the place of a household, and the words lines have for its kind."""

    place_code: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Strings:
    """What holds back one line that pays a project; None is no string."""

    line: str
    areas: Sequence[str] | None
    beneficiaries: Sequence[str] | None

    def reason(self, household: Served) -> Text | None:
        """Why the line may not pay a household. Words of a county's own for beneficiaries were held against
        the project's when its plan was made; of a household they cannot be told."""
        if self.areas is not None and not any(
            places.contains(area, household.place_code) for area in self.areas
        ):
            return Text(
                f"资金 {self.line} 只能用在别的地方", f"line {self.line} is for other places only"
            )
        told = self.beneficiaries
        if told and set(told) <= {EX_POOR, *MONITORED} and not household.kinds & set(told):
            only = "、".join(told)
            return Text(f"资金 {self.line} 只能用于{only}", f"line {self.line} is for {only} only")
        return None


def served(rows: Iterable[Entitlement]) -> Counter[Served]:
    """The households of some entitlements as a project is held against them, and how many of each."""
    at = {row.household_no: row.place_code for row in rows}
    known = Household.objects.filter(household_no__in=list(at))
    kinds = {
        number: _kinds(registered, monitored)
        for number, registered, monitored in known.values_list(
            "household_no", "household_type", "monitored_class"
        )
    }
    return Counter(Served(place, kinds.get(number, frozenset())) for number, place in at.items())


def misfits(
    place_code: str, lines: Collection[Strings], households: Counter[Served]
) -> Counter[Text]:
    """Why a project at a place, paid by these lines, may not pay some of the households; how many each."""
    found: Counter[Text] = Counter()
    for household, count in households.items():
        if not places.contains(place_code, household.place_code):
            found[ELSEWHERE] += count
        for line in lines:
            why = line.reason(household)
            if why is not None:
                found[why] += count
    return found


def why_works(project: Project, policy: Policy, *, on: date) -> Text | None:
    """Why a project is works, whose money builds and does not go to households; None for one that is not.

    One that is paid afterwards, as an award, may go to them. A purpose may pay both, a school's kitchen
    and its students: until a tender tells, policy has the words by which works are known.
    """
    if project.mode in AFTERWARDS:
        return None
    if project.stage in _TENDERED:
        return Text("已经招标", "it was put out to tender")
    words = policy.value("payments.works_words", place=project.place_code, on=on).value
    for word in words.get(project.purpose, ()):
        if word in project.name or word in project.task:
            return Text(f"名称或建设任务写有“{word}”", f"its name or task says “{word}”")
    return None


def lines_of(project_ids: Collection[int]) -> dict[int, list[Strings]]:
    """The lines with planned money left for some projects, by project."""
    found: dict[int, list[Strings]] = defaultdict(list)
    rows = Balance.objects.filter(
        stage=Account.ALLOCATED.value, amount__gt=0, project_id__in=list(project_ids)
    ).order_by("line__number")
    for project, line, areas, people in rows.values_list(
        "project_id", "line__number", "line__areas", "line__beneficiaries"
    ):
        found[project].append(Strings(line, areas, people))
    return found


def _kinds(registered: str | None, monitored: str | None) -> frozenset[str]:
    return frozenset(
        [*([EX_POOR] if registered == EX_POOR else []), *(MONITORED if monitored else [])]
    )
