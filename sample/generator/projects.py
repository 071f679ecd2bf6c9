"""The project bank: 1,500 projects of 179 villages, the field's eleven fields filled as people fill them.

Key villages have a score of projects each, so that the floors of the county's pooling rules can be
met; the others have a handful. One in twenty-five lacks its performance target and is not admitted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sample.generator import funds
from sample.generator.model import Cell, Village

TOTAL = 1500
KEY_VILLAGES = 10
IN_A_KEY_VILLAGE = 24
EVERYONE, EX_POOR = "全体村民", funds.EX_POOR_ONLY
HEADER = (
    *("项目编号", "项目名称", "类别", "建设性质", "区划代码", "实施地点", "时间进度", "责任单位"),
    *("建设任务", "资金规模（元）", "筹资方式", "受益对象", "受益户数", "绩效目标"),
    *("群众参与和带贫减贫机制", "优先分", "必须实施", "单位金额（元）", "可分单位", "前置项目", "互斥组"),
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind of project: cost from `low` to `high` 10,000 yuan, or `unit` yuan a household."""

    purpose: str
    department: str
    what: Sequence[str]
    low: int
    high: int
    weight: int
    task: str
    unit: int = 0
    beneficiaries: str = EVERYONE
    # What share of the village's ex-poor households a project by the household reaches, per cent.
    reach: tuple[int, int] = (15, 60)


KINDS = (
    Kind(funds.INDUSTRY, funds.REVITALISATION, ("柑橘品改园", "茶叶基地", "中药材基地", "生猪养殖小区", "核桃提质园"), 12, 70, 16, "新建或改造基地{n}亩"),
    Kind(funds.INDUSTRY, funds.FARMING, ("柑橘精品果园", "高山蔬菜基地", "食用菌大棚"), 15, 60, 8, "建设基地{n}亩"),
    Kind(funds.INDUSTRY, funds.REVITALISATION, ("到户产业奖补",), 0, 0, 8, "奖补发展产业的农户", 5_000, EX_POOR),
    Kind(funds.TRADE, funds.REVITALISATION, ("果品冷藏库", "电商物流点", "果品分选线", "产地集配中心"), 18, 90, 9, "建设流通设施{n}处"),
    Kind(funds.ROAD, funds.TRANSPORT, ("通组公路硬化", "村道安防工程", "农村公路危桥改造"), 25, 130, 15, "硬化路面{n}百米"),
    Kind(funds.ROAD, funds.PLANNING, ("以工代赈道路", "产业路维修"), 12, 45, 4, "修筑道路{n}百米"),
    Kind(funds.DRINKING, funds.WATER, ("饮水管网改造", "集中供水水池", "水源保护"), 8, 60, 8, "铺设管道{n}百米"),
    Kind(funds.IRRIGATION, funds.WATER, ("山塘整治", "灌溉渠道", "提灌站"), 10, 70, 8, "整治渠道{n}百米"),
    Kind(funds.FLOOD, funds.WATER, ("山洪沟治理", "水位监测预警设施"), 15, 70, 2, "治理沟道{n}百米"),
    Kind(funds.FIELD, funds.FARMING, ("高标准农田", "坡耕地改造"), 25, 110, 5, "改造农田{n}亩"),
    Kind(funds.TIDY, funds.FINANCE, ("一事一议环境整治", "村庄亮化"), 8, 35, 6, "整治院落{n}处"),
    Kind(funds.TIDY, funds.FARMING, ("户厕改造", "生活污水处理"), 8, 45, 6, "改造{n}户"),
    Kind(funds.FOREST, funds.FORESTRY, ("退化林修复", "生态公益林抚育", "油茶林改造"), 8, 40, 6, "抚育林地{n}亩"),
    Kind(funds.HOUSE, funds.HOUSING, ("危房改造",), 0, 0, 6, "改造农村危房", 25_000, EX_POOR, (5, 25)),
    Kind(funds.RELOCATION, funds.PLANNING, ("搬迁安置点配套",), 20, 80, 3, "完善安置点设施{n}处", 0, EX_POOR),
    Kind(funds.POSTS, funds.LABOUR, ("公益性岗位补贴", "生态护林员补贴"), 0, 0, 7, "补贴公益性岗位人员", 9_600, EX_POOR),
    Kind(funds.TRAINING, funds.LABOUR, ("技能培训班", "外出务工交通补贴"), 0, 0, 4, "培训和补贴务工人员", 1_800, EX_POOR),
    Kind(funds.CREDIT, funds.REVITALISATION, ("小额信贷贴息",), 0, 0, 4, "贴息贷款户", 2_200, EX_POOR),
    Kind(funds.SCHOOL, funds.REVITALISATION, ("雨露计划补助",), 0, 0, 5, "补助职业教育在校生", 3_000, EX_POOR),
    Kind(funds.ENERGY, funds.FARMING, ("户用太阳能热水器",), 0, 0, 3, "安装户用清洁能源设备", 2_800),
    Kind(funds.PUBLIC, funds.CULTURE, ("文化广场", "党群服务中心维修"), 10, 50, 4, "建设面积{n}十平方米"),
    Kind(funds.SCHOOL, funds.EDUCATION, ("村小食堂改造", "教学点维修"), 15, 60, 2, "改造校舍{n}十平方米"),
    Kind(funds.CLINIC, funds.HEALTH, ("村卫生室标准化", "卫生室设备"), 6, 25, 3, "改造卫生室{n}间"),
    Kind(funds.TOURISM, funds.CULTURE, ("乡村旅游步道", "民宿集群配套"), 20, 80, 3, "建设设施{n}处"),
    Kind(funds.MANAGEMENT, funds.REVITALISATION, ("项目前期设计和监理",), 2, 6, 1, "前期工作{n}项"),
)  # fmt: skip
# Two of each in every key village before chance decides: the departments that its floor names.
SURE = tuple(
    (purpose, department)
    for purpose, department in (
        (funds.INDUSTRY, funds.REVITALISATION),
        (funds.TRADE, funds.REVITALISATION),
        (funds.ROAD, funds.TRANSPORT),
        (funds.ROAD, funds.PLANNING),
        (funds.DRINKING, funds.WATER),
        (funds.FOREST, funds.FORESTRY),
        (funds.TIDY, funds.FINANCE),
    )
    for _ in range(2)
)


@dataclass
class Project:
    """One row of the bank while it is being made."""

    number: str
    kind: Kind
    village: Village
    cells: dict[str, Cell]


def make(
    villages: Sequence[Village], registered: Counter[str], keys: Sequence[Village], rng: Random
) -> list[Project]:
    """All projects, numbered in the order of villages."""
    counts = {village.code: 0 for village in villages}
    key_codes = {village.code for village in keys}
    for code in key_codes:
        counts[code] = IN_A_KEY_VILLAGE
    others = [village.code for village in villages if village.code not in key_codes]
    for index in range(TOTAL - IN_A_KEY_VILLAGE * len(keys)):
        counts[others[index % len(others)]] += 1
    projects: list[Project] = []
    for village in villages:
        kinds = _kinds(counts[village.code], rng, sure=village.code in key_codes)
        for kind in kinds:
            number = f"XM2026{len(projects) + 1:04d}"
            projects.append(_project(number, kind, village, registered[village.code], rng))
    _tie(projects, rng)
    return projects


def rows(projects: Sequence[Project]) -> list[list[Cell]]:
    return [[project.cells.get(column) for column in HEADER] for project in projects]


def _kinds(count: int, rng: Random, *, sure: bool) -> list[Kind]:
    named = {(kind.purpose, kind.department): kind for kind in reversed(KINDS)}
    chosen = [named[pair] for pair in SURE] if sure else []
    weights = [kind.weight for kind in KINDS]
    return chosen + rng.choices(KINDS, weights, k=count - len(chosen))


def _project(number: str, kind: Kind, village: Village, households: int, rng: Random) -> Project:
    what = rng.choice(list(kind.what))
    short = village.name.removesuffix("村民委员会").removesuffix("居民委员会")
    cells: dict[str, Cell] = {
        "项目编号": number,
        "项目名称": f"{short}{what}项目",
        "类别": kind.purpose,
        "建设性质": rng.choice(("新建", "新建", "改建", "续建")),
        "区划代码": village.code,
        "实施地点": f"{village.township}{short}",
        "时间进度": f"2026年{rng.randint(1, 5)}月至2026年{rng.randint(8, 12)}月",
        "责任单位": kind.department,
        "筹资方式": rng.choice(("财政资金", "财政资金", "财政资金为主，群众投工投劳")),
        "受益对象": kind.beneficiaries,
        "群众参与和带贫减贫机制": rng.choice(
            ("优先吸纳脱贫人口务工", "土地流转和入股分红", "群众监督实施并参与后期管护")
        ),
        "优先分": f"{rng.randint(400, 980) / 10:.1f}",
        "必须实施": "是" if rng.random() < 0.014 else "否",
    }
    if kind.unit:
        most = max(2, households * rng.randint(*kind.reach) // 100)
        cells |= {"单位金额（元）": kind.unit, "可分单位": most, "资金规模（元）": kind.unit * most}
        cells |= {"建设任务": f"{kind.task}{most}户", "受益户数": most, "必须实施": "否"}
        # Priority is counted by the unit, so that a whole project weighs about as much as another.
        cells["优先分"] = f"{rng.randint(400, 980) / 10 / most:.2f}"
    else:
        cost = _skewed(kind.low, kind.high, rng) * 10_000 + rng.choice((0, 0, 0, 2_500, 6_800))
        benefit = max(5, households * rng.randint(10, 90) // 100)
        cells |= {"资金规模（元）": cost, "受益户数": benefit}
        cells["建设任务"] = kind.task.format(n=rng.randint(2, 40))
    if rng.random() >= 0.04 or cells["必须实施"] == "是":
        cells["绩效目标"] = f"受益农户{cells['受益户数']}户，满意度95%以上"
    return Project(number, kind, village, cells)


def _skewed(low: int, high: int, rng: Random) -> int:
    return low + int((high - low) * rng.random() ** 1.6)


def _tie(projects: Sequence[Project], rng: Random) -> None:
    """Prerequisites and exclusive groups between projects of one village, never in a circle."""
    by_village: dict[str, list[Project]] = {}
    for project in projects:
        if project.cells["必须实施"] == "否" and "绩效目标" in project.cells:
            by_village.setdefault(project.village.code, []).append(project)
    groups = 0
    for own in by_village.values():
        roads = [p for p in own if p.kind.purpose == funds.ROAD]
        plants = [p for p in own if p.kind.purpose == funds.TRADE]
        if roads and plants and rng.random() < 0.35:
            plants[0].cells["前置项目"] = roads[0].number
        same = [p for p in own if p.kind.purpose == funds.DRINKING]
        if len(same) > 1 and rng.random() < 0.8:
            groups += 1
            for project in same[:2]:
                project.cells["互斥组"] = f"H{groups:03d}"
