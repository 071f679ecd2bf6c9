"""The clean county: ordinary families in every village, in which no check has anything to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sample.generator import incomes
from sample.generator.families import disable, household, labour, member, plan_to_work, send_to_work
from sample.generator.model import (
    COUNTY,
    EX_POOR,
    REFERENCE_DATE,
    TERM_YOUNGEST,
    Household,
    Member,
    age_on,
)
from sample.generator.monitored import monitor
from sample.generator.people import Registry

WORKER, SKILLED, WEAK = "普通劳动力", "技能劳动力", "弱劳动力或半劳动力"
NO_LABOUR = "无劳动力"
COUNTIES = ("夷陵区", "点军区", "伍家岗区", "猇亭区", "长阳土家族自治县", "兴山县", "远安县")
CHANNELS = ("自主外出务工", "亲友介绍", "企业招聘", "政府组织")
SECTORS = ("制造业", "建筑业", "住宿和餐饮业", "批发和零售业", "交通运输业", "居民服务业", "农业")
POSTS = ("护林员", "保洁员", "护路员", "水管员")
NEEDS = ("岗位推荐", "技能培训", "政策咨询")
# Share of families that are monitored: with a sick or disabled member, and of the others.
MONITORED_SICK, MONITORED_HEALTHY = 0.075, 0.026


class Composer:
    """Makes families out of one stream of chance."""

    def __init__(self, registry: Registry, rng: Random) -> None:
        self.registry = registry
        self.rng = rng

    def person(
        self, relation: str, sex: str, youngest: int, oldest: int, surname: str | None = None
    ) -> Member:
        birth = self.birth(youngest, oldest)
        return member(self.registry, relation, relation, sex, birth, surname)

    def birth(self, youngest: int, oldest: int) -> date:
        """A birth date of an age between the two, both included."""
        age = self.rng.randint(youngest, oldest)
        anniversary = REFERENCE_DATE.replace(year=REFERENCE_DATE.year - age, day=28)
        return min(anniversary - timedelta(days=self.rng.randint(0, 360)), TERM_YOUNGEST)

    def head(self, youngest: int, oldest: int, men: float = 0.85) -> Member:
        sex = "男" if self.rng.random() < men else "女"
        return self.person("户主", sex, youngest, oldest)

    def spouse(self, head: Member) -> Member:
        sex = "女" if head.cells["性别"] == "男" else "男"
        age = age_on(head.birth, REFERENCE_DATE)
        return self.person("配偶", sex, max(age - 5, 22), age + 1)

    def child(self, head: Member, youngest: int, oldest: int) -> Member:
        sex = self.rng.choice("男女")
        surname = str(head.cells["姓名"])[0]
        return self.person("之子" if sex == "男" else "之女", sex, youngest, oldest, surname)

    def parent(self, head: Member) -> Member:
        sex = "男" if self.rng.random() < 0.35 else "女"
        age = age_on(head.birth, REFERENCE_DATE)
        return self.person("之父" if sex == "男" else "之母", sex, age + 20, age + 30)


def elder_alone(c: Composer) -> list[Member]:
    return [c.head(61, 86, men=0.6)]


def elder_couple(c: Composer) -> list[Member]:
    head = c.head(62, 80)
    return [head, c.spouse(head)]


def adult_alone(c: Composer) -> list[Member]:
    return [c.head(35, 59, men=0.8)]


def couple(c: Composer) -> list[Member]:
    head = c.head(42, 59)
    return [head, c.spouse(head)]


def couple_child(c: Composer) -> list[Member]:
    head = c.head(30, 52)
    return [head, c.spouse(head), c.child(head, 0, 18)]


def couple_children(c: Composer) -> list[Member]:
    head = c.head(32, 48)
    return [head, c.spouse(head), c.child(head, 7, 18), c.child(head, 0, 12)]


def couple_grown_child(c: Composer) -> list[Member]:
    head = c.head(46, 59)
    return [head, c.spouse(head), c.child(head, 20, 30)]


def three_generations(c: Composer) -> list[Member]:
    head = c.head(34, 52)
    return [head, c.spouse(head), c.child(head, 2, 18), c.parent(head)]


def large_family(c: Composer) -> list[Member]:
    head = c.head(36, 50)
    family = [head, c.spouse(head), c.child(head, 8, 18), c.child(head, 0, 12), c.parent(head)]
    return family


def grandchild(c: Composer) -> list[Member]:
    head = c.head(60, 72)
    sex = c.rng.choice("男女")
    young = c.person("之孙子" if sex == "男" else "之孙女", sex, 4, 16)
    return [head, c.spouse(head), young]


def lone_parent(c: Composer) -> list[Member]:
    head = c.head(32, 52, men=0.5)
    return [head, c.child(head, 3, 18)]


def son_and_parent(c: Composer) -> list[Member]:
    head = c.head(38, 58, men=0.95)
    return [head, c.parent(head)]


COMPOSITIONS: dict[Callable[[Composer], list[Member]], int] = {
    elder_alone: 8,
    elder_couple: 9,
    adult_alone: 5,
    couple: 9,
    couple_child: 17,
    couple_children: 10,
    couple_grown_child: 17,
    three_generations: 14,
    large_family: 6,
    grandchild: 2,
    lone_parent: 2,
    son_and_parent: 5,
}


def clean_households(
    places: Iterator[str], count: int, registry: Registry, rng: Random
) -> Iterator[Household]:
    """`count` households in order, in the villages that `places` yields."""
    composer = Composer(registry, rng)
    shapes, weights = list(COMPOSITIONS), list(COMPOSITIONS.values())
    for _ in range(count):
        home = household(registry, next(places), EX_POOR)
        home.members = rng.choices(shapes, weights)[0](composer)
        _furnish(home, rng)
        for person in home.members:
            _health(person, rng)
            _learning(person, rng)
        for person in home.members:
            _work(person, registry, rng)
        sick = any(person.cells["健康状况"] != "健康" for person in home.members)
        if rng.random() < (MONITORED_SICK if sick else MONITORED_HEALTHY):
            monitor(home, registry, rng)
        else:
            _allowances(home, rng)
            _income(home, rng)
        home.cells["户联系电话"] = home.members[0].cells["家庭成员联系电话"]
        home.number_members()
        yield home


def _furnish(home: Household, rng: Random) -> None:
    ethnicity = "土家族" if rng.random() < 0.07 else "汉族"
    for person in home.members:
        person.cells["民族"] = ethnicity
    home.cells.update(
        {
            "住房面积": rng.randint(60, 160),
            "与村主干路距离": Decimal(rng.randint(0, 30)) / 10,
            "耕地面积（亩）": Decimal(rng.randint(5, 80)) / 10,
            "林地面积（亩）": Decimal(rng.randint(0, 200)) / 10,
            "退耕还林面积（亩）": Decimal(rng.randint(0, 40)) / 10,
            "林果面积（亩）": Decimal(rng.randint(0, 60)) / 10,
            "水面面积": Decimal(rng.choice((0, 0, 0, 0, 5))) / 10,
            "房屋鉴定等级": rng.choice("AAAB"),
            "人均日供水量（升）": rng.randint(40, 110),
            "取水往返时间（分钟）": rng.randint(0, 20),
            "连续缺水天数": rng.choice((0, 0, 0, 0, 2, 5)),
        }
    )


def _health(person: Member, rng: Random) -> None:
    age = age_on(person.birth, REFERENCE_DATE)
    if person.cells["在校生状况"]:
        return
    chance = rng.random()
    if chance < (0.03 if age < 60 else 0.06):
        disable(person, rng.choice("1234567") + rng.choice("1234"))
    elif chance < (0.09 if age < 60 else 0.28):
        person.cells["健康状况"] = "长期慢性病" if rng.random() < 0.9 else "患有大病"
        person.cells["劳动技能"] = labour(person.birth, "长期慢性病")


def _learning(person: Member, rng: Random) -> None:
    """Some pupils go to vocational schools; some workers have a trade or a degree, and then a job."""
    grade = str(person.cells["在校生状况"] or "")
    if grade.startswith("普通高中") and rng.random() < 0.35:
        person.cells["在校生状况"] = grade.replace("普通高中", "中职")
    elif grade == "本科一年级" and rng.random() < 0.5:
        person.cells["在校生状况"] = "高职高专一年级"
    if person.cells["劳动技能"] != WORKER:
        return
    if rng.random() < 0.06:
        person.cells["劳动技能"] = SKILLED
    if age_on(person.birth, REFERENCE_DATE) < 35 and rng.random() < 0.12:
        person.cells["文化程度"] = rng.choice(("大专", "本科及以上"))


def _work(person: Member, registry: Registry, rng: Random) -> None:
    able = person.cells["劳动技能"] in (WORKER, SKILLED)
    if not able:
        return
    bound = person.cells["劳动技能"] == SKILLED or person.cells["文化程度"] in (
        "大专",
        "本科及以上",
    )
    chance = rng.random()
    if bound or chance < 0.58:
        send_to_work(registry, person, *_spells(rng))
    elif chance < 0.63:
        _hold_post(person, registry, rng)
    elif chance < 0.70:
        plan_to_work(
            person,
            {
                "是否计划务工": rng.choice("是是否"),
                "计划务工所在县": rng.choice(COUNTIES),
                "就业服务需求": rng.choice(NEEDS),
            },
        )


def _spells(rng: Random) -> list[dict[str, str | int | None]]:
    """One spell that goes on, or an ended one before it, or only an ended one."""
    wage = 100 * rng.randint(22, 65)
    common: dict[str, str | int | None] = {
        "务工所在县": COUNTY if rng.random() < 0.3 else rng.choice(COUNTIES),
        "就业渠道": rng.choice(CHANNELS),
        "务工月收入": wage,
        "年度交通费补助": rng.choice((0, 100, 200, 300)),
        "所属行业": rng.choice(SECTORS),
        "是否点对点输送": rng.choice("否否否是"),
        "务工企业名称": f"演示{rng.choice(SECTORS)[:2]}{rng.randint(1, 300)}号公司",
    }
    going = {**common, "开始时间": f"2026年{rng.randint(1, 8):02d}月", "结束时间": None}
    ended = {
        **common,
        "是否已务工": "否",
        "开始时间": f"2025年{rng.randint(1, 5):02d}月",
        "结束时间": f"2025年{rng.randint(6, 12):02d}月",
    }
    chance = rng.random()
    if chance < 0.08:
        return [ended]
    return [ended, going] if chance < 0.2 else [going]


def _hold_post(person: Member, registry: Registry, rng: Random) -> None:
    send_to_work(
        registry,
        person,
        {
            "务工所在县": COUNTY,
            "就业渠道": "公益性岗位",
            "开始时间": "2026年01月",
            "务工月收入": 1000,
            "年度交通费补助": 0,
            "所属行业": "居民服务业",
            "务工企业名称": "村民委员会",
        },
    )
    person.cells["公益性岗位"] = rng.choice(POSTS)
    person.cells["公益性岗位(月数)"] = 10


def _allowances(home: Household, rng: Random) -> None:
    idle = all(m.cells["劳动技能"] == NO_LABOUR for m in home.members)
    if idle or rng.random() < 0.1:
        for person in home.members:
            person.cells["享受低保政策情况"] = "农村低保"
    alone = len(home.members) == 1 and home.members[0].cells["劳动技能"] == WEAK
    if alone and age_on(home.members[0].birth, REFERENCE_DATE) >= 65 and rng.random() < 0.06:
        home.members[0].cells["享受低保政策情况"] = "未享受"
        home.members[0].cells["享受特困供养政策情况"] = "农村特困"
        home.cells["特困人员救助供养金"] = 9600


def _income(home: Household, rng: Random) -> None:
    earn(home, 9400 + int(rng.gammavariate(2.2, 3300)), rng)


def earn(home: Household, yuan_a_head: int, rng: Random) -> None:
    """Groups in proportions that fit the family, brought to about this net income a head."""
    away = sum(bool(m.jobs) for m in home.members)
    old = sum(m.cells["劳动技能"] in (WEAK, NO_LABOUR) for m in home.members)
    low = sum(m.cells["享受低保政策情况"] == "农村低保" for m in home.members)
    fields = sum(m.cells["劳动技能"] in (WORKER, SKILLED, WEAK) for m in home.members)
    business = 3000 + 5000 * fields * rng.randint(60, 140) // 100
    incomes.state(
        home,
        wages=26000 * away * rng.randint(60, 130) // 100,
        business=business,
        property=rng.choice((0, 200, 500)),
        transfer=800 + 1900 * old + 4200 * low + int(home.cells["特困人员救助供养金"] or 0),
        cost=business * rng.randint(15, 30) // 100,
    )
    incomes.bring_to(home, yuan_a_head)
    home.cells[incomes.BUSINESS] = incomes.whole(home.cells[incomes.BUSINESS]) + rng.randint(0, 90)
    incomes.sum_up(home)
