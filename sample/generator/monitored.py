"""Monitored households of the clean county: risks that fit the family, measures that fit the risks."""

from __future__ import annotations

from random import Random

from sample.generator import incomes
from sample.generator.archetypes import state_after
from sample.generator.families import AFTER_FLAGS
from sample.generator.model import EX_POOR, NO, ORDINARY, YES, Cells, Household
from sample.generator.people import Registry

NO_LABOUR = "无劳动力"
ABLE = ("普通劳动力", "技能劳动力")
SUBSIDY = "城乡居民基本医疗保险个人缴费补贴"
# Households recognised from this month on no longer get the premium subsidy.
SUBSIDY_END = 202304
COLLECTORS = ("村信息员甲", "村信息员乙", "村信息员丙")


def monitor(home: Household, registry: Registry, rng: Random) -> None:
    """Turn a family into a monitored household, its risk open or removed."""
    idle = all(m.cells["劳动技能"] == NO_LABOUR for m in home.members)
    _classify(home, rng)
    for person in home.members:
        _plain_schooling(person.cells)
        if idle:
            person.cells["享受低保政策情况"] = "农村低保"
    home.cells.update(
        {
            "整户无劳动能力兜底保障户": YES if idle else NO,
            "信息采集人": rng.choice(COLLECTORS),
            "信息采集人联系电话": registry.phone(),
        }
    )
    _income(home, rng)
    _risks(home, rng)
    if idle or rng.random() < 0.12:
        _open(home, rng)
    else:
        _removed(home, rng)
    _measures(home, rng, idle=idle)


def _classify(home: Household, rng: Random) -> None:
    kind = rng.choices(("脱贫不稳定户", "边缘易致贫户", "突发严重困难户"), (5, 4, 2))[0]
    home_type = EX_POOR if kind == "脱贫不稳定户" else ORDINARY
    home.cells.update({"监测对象类别": kind, "户类型": home_type, "户类型（乡村建设）": home_type})


def _plain_schooling(cells: Cells) -> None:
    """Vocational pupils need the Rain-and-Dew grant; the monitored families here have none."""
    grade = str(cells["在校生状况"] or "")
    if grade.startswith("中职"):
        cells["在校生状况"] = grade.replace("中职", "普通高中")
    elif grade.startswith("高职"):
        cells["在校生状况"] = "本科一年级"


def _income(home: Household, rng: Random) -> None:
    size = len(home.members)
    low = sum(m.cells["享受低保政策情况"] == "农村低保" for m in home.members)
    away = sum(bool(m.jobs) for m in home.members)
    incomes.state(
        home,
        wages=14000 * away,
        business=7000 * size,
        property=100,
        transfer=1500 * size + 4000 * low,
        cost=1500 * size,
    )
    incomes.bring_to(home, rng.randint(5200, 9000))


def _risks(home: Household, rng: Random) -> None:
    cells = home.cells
    health = {m.cells["健康状况"] for m in home.members}
    skills = [m.cells["劳动技能"] for m in home.members]
    able = sum(skill in ABLE for skill in skills)
    fitting = ["意外事故", "产业失败", "因自然灾害"]
    if health & {"长期慢性病", "患有大病"}:
        fitting += ["因病"] * 4
    if "残疾" in health:
        fitting += ["因残"] * 4
    if NO_LABOUR in skills and able * 4 <= len(skills):
        fitting += ["缺劳动力"] * 3
    if any(str(m.cells["在校生状况"]).startswith(("普通高中", "本科")) for m in home.members):
        fitting += ["因学"] * 3
    if NO_LABOUR not in skills and any(m.jobs for m in home.members):
        fitting += ["因务工就业不稳"] * 3
    chosen = sorted({rng.choice(fitting) for _ in range(rng.choice((1, 1, 2)))})
    for index, risk in enumerate(chosen, start=1):
        cells[f"致贫/返贫风险{index}"] = risk
    if "因自然灾害" in chosen:
        cells["自然灾害子项"] = rng.choice(("洪涝", "地质", "旱灾"))
    if "因病" in chosen:
        cells["合规自付支出"] = 100 * rng.randint(30, 400)


def _open(home: Household, rng: Random) -> None:
    early = rng.random() < 0.15
    month = rng.choice((202111, 202206, 202303)) if early else _month(rng, 2023, 5, 40)
    home.cells.update({"识别监测时间": str(month), "风险是否已消除": NO})


def _removed(home: Household, rng: Random) -> None:
    start = rng.randint(0, 40)
    month = _after(2021, 6, start)
    home.cells.update(
        {
            "识别监测时间": str(month),
            "风险是否已消除": YES,
            "风险消除方式": "帮扶消除" if rng.random() < 0.9 else "自然消除",
            "消除监测时间": str(_after(2021, 6, start + rng.randint(7, 20))),
            **dict.fromkeys(AFTER_FLAGS, NO),
        }
    )
    state_after(home, rng.randint(10500, 19000))


def _measures(home: Household, rng: Random, *, idle: bool) -> None:
    cells = home.cells
    risks = {cells[f"致贫/返贫风险{i}"] for i in range(1, 6)}
    health = ["慢病签约服务"]
    if "因病" in risks:
        health.append("大病救治")
    if int(str(cells["识别监测时间"])) < SUBSIDY_END:
        health.append(SUBSIDY)
    cells["健康帮扶"] = ",".join(health)
    if not idle:
        cells["产业帮扶"] = rng.choice(("种植业", "养殖业", "加工业", "乡村旅游"))
        cells["实施开发式帮扶措施情况"] = "已实施"
        if rng.random() < 0.1:
            cells["金融帮扶"] = "小额信贷"
    if any(m.cells["公益性岗位"] for m in home.members):
        cells["公益岗位帮扶"] = "公益性岗位安置"
    if "因学" in risks:
        cells["教育帮扶"] = "助学贷款"
    if rng.random() < 0.3:
        cells["社会帮扶"] = "结对帮扶"
    _safety_net(home)
    _employment(home, rng)


def _safety_net(home: Household) -> None:
    net = []
    if any(m.cells["享受低保政策情况"] == "农村低保" for m in home.members):
        net.append("低保")
    if any(m.cells["证件类型"] == "残疾人证" for m in home.members):
        net.append("残疾人补贴")
    home.cells["综合保障"] = ",".join(net) or None


def _employment(home: Household, rng: Random) -> None:
    """Training for families of workers only, one of whom is at work."""
    no_labour = any(m.cells["劳动技能"] in (NO_LABOUR, "丧失劳动力") for m in home.members)
    at_work = any(job["是否已务工"] == YES for m in home.members for job in m.jobs)
    if not no_labour and at_work and rng.random() < 0.4:
        home.cells["就业帮扶"] = "技能培训"


def _month(rng: Random, year: int, month: int, span: int) -> int:
    return _after(year, month, rng.randint(0, span))


def _after(year: int, month: int, months: int) -> int:
    total = year * 12 + month - 1 + months
    return total // 12 * 100 + total % 12 + 1
