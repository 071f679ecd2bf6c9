"""The families that scenarios start from. Each is in order: no check fires on it as it stands.

| name | who |
|---|---|
| 脱贫户 | ex-poor family of four: couple of working age, a pupil, the head's mother; the head works away |
| 脱贫独居户 | ex-poor, one man of 63 |
| 监测户 | monitored (边缘易致贫户), risk open: the same family of four |
| 脱贫不稳定户 | the same, but ex-poor as well |
| 监测独居户 | monitored, risk open: one healthy man of 50 |
| 监测务工户 | monitored, risk open: a couple without children or parents, the head works outside the county |
| 兜底户 | monitored, risk open: one man of 79, no labour, on the low-income allowance |
| 已消除户 | monitored, risk removed by assistance: the family of four |
| 已消除独居户 | monitored, risk removed: one healthy man of 50 |
| 已消除务工户 | monitored, risk removed: the couple |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from sample.generator import incomes
from sample.generator.families import AFTER_FLAGS, household, member, send_to_work
from sample.generator.model import EX_POOR, NO, ORDINARY, REFERENCE_DATE, YES, Household
from sample.generator.people import Registry

COLLECTOR = "村信息员"


def birth_at(age: int, variant: int) -> date:
    """A birth date of this age on the reference date, before September; variants spread the days."""
    anniversary = REFERENCE_DATE.replace(year=REFERENCE_DATE.year - age, day=1)
    return anniversary - timedelta(days=62 + variant * 7 % 210)


def _family(home: Household, registry: Registry, variant: int) -> None:
    head = member(registry, "户主", "户主", "男", birth_at(45, variant))
    home.members = [
        head,
        member(registry, "配偶", "配偶", "女", birth_at(43, variant)),
        member(registry, "孩子", "之子", "男", birth_at(10, variant), str(head.cells["姓名"])[0]),
        member(registry, "老人", "之母", "女", birth_at(68, variant)),
    ]
    send_to_work(registry, head, {})
    incomes.state(home, wages=30000, business=24000, property=500, transfer=4500, cost=9000)


def _couple(home: Household, registry: Registry, variant: int) -> None:
    home.members = [
        member(registry, "户主", "户主", "男", birth_at(41, variant)),
        member(registry, "配偶", "配偶", "女", birth_at(39, variant)),
    ]
    send_to_work(registry, home.members[0], {})
    incomes.state(home, wages=12000, business=6000, property=100, transfer=900, cost=3000)


def _alone(age: int) -> Callable[[Household, Registry, int], None]:
    def fill(home: Household, registry: Registry, variant: int) -> None:
        home.members = [member(registry, "户主", "户主", "男", birth_at(age, variant))]
        incomes.state(home, wages=0, business=9000, property=300, transfer=5700, cost=2500)

    return fill


def _monitored(home: Household) -> None:
    home.cells.update(
        {
            "监测对象类别": "边缘易致贫户" if home.cells["户类型"] == ORDINARY else "脱贫不稳定户",
            "识别监测时间": "202505",
            "致贫/返贫风险1": "意外事故",
            "风险是否已消除": NO,
            "整户无劳动能力兜底保障户": NO,
            "产业帮扶": "种植业",
            "健康帮扶": "慢病签约服务",
            "实施开发式帮扶措施情况": "已实施",
            "信息采集人": COLLECTOR,
            "信息采集人联系电话": home.cells["户联系电话"],
        }
    )
    incomes.bring_to(home, 7000)


def _guaranteed(home: Household) -> None:
    _monitored(home)
    for person in home.members:
        person.cells["享受低保政策情况"] = "农村低保"
    home.cells.update(
        {
            "致贫/返贫风险1": "缺劳动力",
            "整户无劳动能力兜底保障户": YES,
            "产业帮扶": None,
            "综合保障": "低保",
            "实施开发式帮扶措施情况": None,
        }
    )


def _removed(home: Household) -> None:
    _monitored(home)
    home.cells.update(
        {
            "识别监测时间": "202305",
            "风险是否已消除": YES,
            "风险消除方式": "帮扶消除",
            "消除监测时间": "202406",
            **dict.fromkeys(AFTER_FLAGS, NO),
        }
    )
    state_after(home, 13000)


def state_after(home: Household, yuan_a_head: int) -> None:
    """The nine amounts after removal, at this net income a head."""
    net = yuan_a_head * len(home.members)
    parts = {"工资性": net // 2, "财产性": net // 50, "转移性": net // 5}
    cost = net // 10
    business = net + cost - sum(parts.values())
    home.cells.update({f"风险消除后{name}收入": amount for name, amount in parts.items()})
    home.cells.update(
        {
            "风险消除后生产经营性收入": business,
            "风险消除后生产经营性支出": cost,
            "风险消除后家庭纯收入": net,
            "风险消除后家庭人均纯收入": Decimal(yuan_a_head),
            "风险消除后理赔收入": 0,
            "风险消除后合规自付支出": 0,
        }
    )


_Fill = Callable[[Household, Registry, int], None]
_Status = Callable[[Household], None] | None
ARCHETYPES: dict[str, tuple[str, _Fill, _Status]] = {
    "脱贫户": (EX_POOR, _family, None),
    "脱贫独居户": (EX_POOR, _alone(63), None),
    "监测户": (ORDINARY, _family, _monitored),
    "脱贫不稳定户": (EX_POOR, _family, _monitored),
    "监测独居户": (ORDINARY, _alone(50), _monitored),
    "监测务工户": (ORDINARY, _couple, _monitored),
    "兜底户": (ORDINARY, _alone(79), _guaranteed),
    "已消除户": (ORDINARY, _family, _removed),
    "已消除独居户": (ORDINARY, _alone(50), _removed),
    "已消除务工户": (ORDINARY, _couple, _removed),
}


def build(name: str, registry: Registry, place: str, variant: int) -> Household:
    """One household of the archetype `name` in village `place`, with its own persons."""
    household_type, fill, status = ARCHETYPES[name]
    home = household(registry, place, household_type)
    fill(home, registry, variant)
    if status:
        status(home)
    return home
