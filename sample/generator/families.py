"""Members and households with every column filled as a careful village clerk would.

Schooling, education and labour follow from birth date and health, so that a family built here gives
no check of the catalogue any reason to fire.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sample.generator.model import (
    COUNTY,
    NO,
    PREFECTURE,
    PROVINCE,
    REFERENCE_DATE,
    YES,
    Cell,
    Cells,
    Household,
    Member,
    age_on,
)
from sample.generator.people import Registry

TERM_START = date(2026, 9, 1)
GRADES = {
    **dict.fromkeys(range(-1, 3), "学龄前儿童"),
    **dict.fromkeys(range(3, 6), "学前教育"),
    **dict.fromkeys(range(6, 12), "小学"),
    12: "七年级",
    13: "八年级",
    14: "九年级",
    15: "普通高中一年级",
    16: "普通高中二年级",
    17: "普通高中三年级",
    18: "本科一年级",
}
FIRST_LABOUR, RETIRED, FRAIL = 16, 60, 75

HELP = (
    "产业帮扶",
    "就业帮扶",
    "金融帮扶",
    "公益岗位帮扶",
    "住房安全保障",
    "饮水安全保障",
    "健康帮扶",
    "义务教育保障",
    "教育帮扶",
    "综合保障",
    "社会帮扶",
    "搬迁",
    "生产生活条件改善",
    "基础设施建设",
)
AFTER_FLAGS = (
    "风险消除后是否义务教育阶段适龄儿童少年失学辍学",
    "风险消除后是否住房损毁",
    "风险消除后是否有家庭成员未参加城乡居民（职工）基本医疗保险",
    "风险消除后是否饮水设施损毁",
)
AFTER_MONEY = (
    "风险消除后工资性收入",
    "风险消除后财产性收入",
    "风险消除后转移性收入",
    "风险消除后生产经营性收入",
    "风险消除后生产经营性支出",
    "风险消除后家庭纯收入",
    "风险消除后家庭人均纯收入",
    "风险消除后理赔收入",
    "风险消除后合规自付支出",
)
MONITORING = (
    "监测对象类别",
    "识别监测时间",
    "致贫/返贫风险1",
    "致贫/返贫风险2",
    "致贫/返贫风险3",
    "致贫/返贫风险4",
    "致贫/返贫风险5",
    "自然灾害子项",
    "其他备注",
    "风险是否已消除",
    "风险消除方式",
    "消除监测时间",
    "整户无劳动能力兜底保障户",
    *HELP,
    "公益性岗位帮扶其他备注",
    "实施开发式帮扶措施情况",
    *AFTER_FLAGS,
    *AFTER_MONEY,
    "信息采集人",
    "信息采集人联系电话",
)


def household(registry: Registry, place: str, household_type: str) -> Household:
    """A household without members, its house, water, land and roads in order."""
    cells: Cells = {
        "户类型": household_type,
        "户联系电话": registry.phone(),
        **dict.fromkeys(MONITORING),
        "财产性收入": 0,
        "理赔收入": 0,
        "合规自付支出": 0,
        "特困人员救助供养金": 0,
        "是否危房户": NO,
        "住房面积": 110,
        "是否解决安全饮用水": YES,
        "是否义务教育阶段适龄儿童少年失学辍学": NO,
        "是否有家庭成员未参加城乡居民（职工）基本医疗保险": NO,
        "是否通生活用电": YES,
        "是否有卫生厕所": YES,
        "入户道路是否硬化": YES,
        "与村主干路距离": Decimal("0.8"),
        "耕地面积（亩）": Decimal("3.5"),
        "林地面积（亩）": Decimal("6.0"),
        "退耕还林面积（亩）": Decimal("1.0"),
        "林果面积（亩）": Decimal("2.0"),
        "牧草地面积": 0,
        "水面面积": 0,
        "房屋鉴定等级": "A",
        "人均日供水量（升）": 60,
        "取水往返时间（分钟）": 5,
        "连续缺水天数": 0,
        "户类型（乡村建设）": household_type,
    }
    return Household(place, registry.household_number(), cells, [])


def member(
    registry: Registry,
    role: str,
    relation: str,
    sex: str,
    birth: date,
    surname: str | None = None,
) -> Member:
    """A healthy person of this birth date; schooling, education and labour follow from age."""
    birth, number = registry.certificate(birth, sex)
    adult = age_on(birth, REFERENCE_DATE) >= FIRST_LABOUR
    cells: Cells = {
        "姓名": registry.name(sex, surname),
        "与户主关系": relation,
        "性别": sex,
        "证件类型": "居民身份证",
        "证件号码": number,
        "出生日期": f"{birth:%Y%m%d}",
        "民族": "汉族",
        "政治面貌": "群众",
        "家庭成员联系电话": registry.phone() if adult else None,
        "健康状况": "健康",
        "义务教育阶段未上学原因": None,
        "是否参加城乡居民基本医疗保险": YES,
        "是否参加城镇职工基本医疗保险": NO,
        "是否参加大病保险": YES,
        "是否参加城乡居民基本养老保险": YES if adult else NO,
        "是否参加城镇职工基本养老保险": NO,
        "是否参加商业补充医疗保险": NO,
        "是否接受医疗救助": NO,
        "是否接受大病医疗救助": NO,
        "是否接受其他健康扶贫": NO,
        "享受低保政策情况": "未享受",
        "享受特困供养政策情况": "不享受",
        "公益性岗位": None,
        "公益性岗位(月数)": None,
        "就业渠道（易地搬迁后扶使用）": None,
        "务工所在地": None,
        "务工时间（月）": None,
        "务工企业名称": None,
        "是否国外务工": NO,
        "是否会讲普通话": YES,
        "产业分类": None,
        "残疾类别": None,
        "残疾证办证年度": None,
        "识别标准": "国家标准",
    }
    person = Member(role, birth, cells)
    settle_age(person)
    return person


def settle_age(person: Member) -> None:
    """Schooling, education and labour as age and health have them."""
    person.cells["在校生状况"] = schooling(person.birth)
    person.cells["文化程度"] = None if schooling(person.birth) else education(person.birth)
    person.cells["劳动技能"] = labour(person.birth, str(person.cells["健康状况"]))


def schooling(birth: date) -> str | None:
    """The class a child of this birth date is in; None once out of school."""
    return GRADES.get(age_on(birth, TERM_START))


def education(birth: date) -> str:
    """The level a person of this birth date usually has."""
    age = age_on(birth, REFERENCE_DATE)
    if age < 30:
        return "高中"
    if age < RETIRED:
        return "初中"
    return "小学" if age < FRAIL else "文盲或半文盲"


def labour(birth: date, health: str) -> str:
    """Ability to work: none for students, weak for the sick and the old, none for the frail."""
    age = age_on(birth, REFERENCE_DATE)
    if age < FIRST_LABOUR or schooling(birth) or age >= FRAIL:
        return "无劳动力"
    if age >= RETIRED or health != "健康":
        return "弱劳动力或半劳动力"
    return "普通劳动力"


def disable(person: Member, suffix: str) -> None:
    """Give the person a disability certificate: `suffix` is the digit of class and of grade."""
    kinds = dict(
        zip("1234567", ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), strict=True)
    )
    person.cells["证件类型"] = "残疾人证"
    person.cells["证件号码"] = f"{person.cells['证件号码']}{suffix}"
    person.cells["健康状况"] = "残疾"
    person.cells["残疾类别"] = kinds[suffix[0]]
    person.cells["残疾证办证年度"] = 2019
    person.cells["劳动技能"] = labour(person.birth, "残疾")


JOB: Mapping[str, Cell] = {
    "是否已务工": YES,
    "务工所在县": "夷陵区",
    "就业渠道": "自主外出务工",
    "开始时间": "2026年02月",
    "结束时间": None,
    "务工月收入": 3600,
    "年度交通费补助": 300,
    "所属行业": "制造业",
    "是否点对点输送": NO,
    "务工企业名称": "演示制造有限公司",
}
PLAN: Mapping[str, Cell] = {
    "是否计划务工": YES,
    "计划务工所在县": "夷陵区",
    "就业服务需求": "岗位推荐",
}


def send_to_work(registry: Registry, person: Member, *spells: Mapping[str, Cell]) -> None:
    """Replace the person's work rows, and say the same in the main sheet; no spell: no work."""
    person.jobs = [{**JOB, **spell} for spell in spells]
    if not person.jobs:
        for column in ("务工所在地", "务工时间（月）", "务工企业名称"):
            person.cells[column] = None
        return
    last = person.jobs[-1]
    person.cells["务工所在地"] = PROVINCE + PREFECTURE + str(last["务工所在县"] or COUNTY)
    person.cells["务工时间（月）"] = 8
    person.cells["务工企业名称"] = last["务工企业名称"]
    person.cells["家庭成员联系电话"] = person.cells["家庭成员联系电话"] or registry.phone()


def plan_to_work(person: Member, *plans: Mapping[str, Cell]) -> None:
    """Replace the person's plans to go to work."""
    person.plans = [{**PLAN, **plan} for plan in plans]
