"""The rows of every household sheet, as the county's and the national system export them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from random import Random

from sample.generator import incomes
from sample.generator.families import AFTER_FLAGS, AFTER_MONEY, HELP
from sample.generator.model import (
    COUNTY,
    NO,
    PREFECTURE,
    PROVINCE,
    YES,
    Cell,
    Cells,
    Household,
    Member,
    Village,
)
from sample.generator.villages import CROPLAND, WOODLAND

Row = list[Cell]

MAIN = (
    *("县", "乡", "村", "户编号", "人编号", "姓名", "与户主关系", "性别", "证件类型", "证件号码"),
    *("出生日期", "民族", "家庭成员联系电话", "户联系电话", "户类型", "监测对象类别", "识别监测时间"),
    *(f"致贫/返贫风险{i}" for i in range(1, 6)),
    *("自然灾害子项", "其他备注", "风险是否已消除", "风险消除方式", "消除监测时间"),
    *("整户无劳动能力兜底保障户", "文化程度", "在校生状况", "义务教育阶段未上学原因", "健康状况", "劳动技能"),
    *("是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险", "是否参加大病保险"),
    *("是否参加城乡居民基本养老保险", "是否参加城镇职工基本养老保险", "是否接受医疗救助"),
    *("享受低保政策情况", "享受特困供养政策情况", "公益性岗位", "公益性岗位(月数)"),
    *("就业渠道（易地搬迁后扶使用）", "务工所在地"),
    *(incomes.WAGES, incomes.BUSINESS, incomes.PROPERTY, incomes.TRANSFER, incomes.COST),
    *(incomes.NET, incomes.PER_HEAD, "理赔收入", "合规自付支出", "特困人员救助供养金"),
    *("是否危房户", "住房面积", "是否解决安全饮用水", "是否义务教育阶段适龄儿童少年失学辍学"),
    *("是否有家庭成员未参加城乡居民（职工）基本医疗保险", "是否通生活用电", "是否有卫生厕所"),
    *("入户道路是否硬化", "与村主干路距离", "耕地面积（亩）", "林地面积（亩）", "退耕还林面积（亩）"),
    *("林果面积（亩）", "牧草地面积", "水面面积"),
    *HELP,
    *("公益性岗位帮扶其他备注", "实施开发式帮扶措施情况", *AFTER_FLAGS, *AFTER_MONEY),
    *("信息采集人", "信息采集人联系电话"),
)  # fmt: skip
# The national export: its header, and the cell that feeds it.
NATIONAL: Mapping[str, str] = {
    "户编号": "户编号",
    "人口编号": "人编号",
    "姓名": "姓名",
    "性别": "性别",
    "出生日期": "出生日期",
    "证件类型": "证件类型",
    "证件号码": "证件号码",
    "民族": "民族",
    "户联系电话": "户联系电话",
    "成员联系电话": "家庭成员联系电话",
    "年度": "年度",
    "与户主关系": "与户主关系",
    "文化程度": "文化程度",
    "在校生状况": "在校生状况",
    "劳动技能": "劳动技能",
    "务工时间（月）": "务工时间（月）",
    "健康状况": "健康状况",
    "政治面貌": "政治面貌",
    "务工企业名称": "务工企业名称",
    "是否享受低保": "是否享受低保",
    "是否参加城镇职工基本养老保险": "是否参加城镇职工基本养老保险",
    "是否参加大病保险": "是否参加大病保险",
    "是否参加新型农村合作医疗（城乡居民基本医疗保险）": "是否参加城乡居民基本医疗保险",
    "是否参加城乡居民基本养老保险": "是否参加城乡居民基本养老保险",
    "失学或辍学原因": "义务教育阶段未上学原因",
    "是否会讲普通话": "是否会讲普通话",
    "是否参加商业补充医疗保险": "是否参加商业补充医疗保险",
    "是否国外务工": "是否国外务工",
    "产业分类": "产业分类",
    "是否接受大病医疗救助": "是否接受大病医疗救助",
    "是否接受其他健康扶贫": "是否接受其他健康扶贫",
    "公益性岗位类型": "公益性岗位",
    "公益性岗位(月数)": "公益性岗位(月数)",
    "就业渠道": "就业渠道（易地搬迁后扶使用）",
    "残疾类别": "残疾类别",
    "务工所在地": "务工所在地",
    "户主姓名": "户主姓名",
    "户主证件号码": "户主证件号码",
    "是否参加城镇职工基本医疗保险": "是否参加城镇职工基本医疗保险",
    "是否特困供养人员": "是否特困供养人员",
    "残疾证办证年度": "残疾证办证年度",
    "识别标准": "识别标准",
}
NATIONAL_HEADER = ("省", "市", "县", "乡", "村", *NATIONAL)
CONSTRUCTION = ("县(市、区、旗)", "乡(镇)", "行政村", "户编号", "户主姓名", "证件号码", "户类型")
_WORKER = ("县", "乡", "行政村", "户编号", "人编号", "姓名", "证件号码", "户类型")
JOBS = (
    *(*_WORKER, "监测对象类别", "劳动技能", "是否已务工", "务工所在县", "就业渠道", "开始时间"),
    *("结束时间", "务工月收入", "年度交通费补助", "所属行业", "是否点对点输送", "务工企业名称"),
)  # fmt: skip
PLANS = (*_WORKER, "劳动技能", "是否计划务工", "计划务工所在县", "就业服务需求")
HOUSING = (
    *("县", "乡", "村", "户编号", "户主姓名", "房屋鉴定等级", "人均日供水量（升）"),
    *("取水往返时间（分钟）", "连续缺水天数"),
)  # fmt: skip
INCOME = ("县", "乡", "村", "户编号", "户主姓名", "年度", *incomes.ITEM_COLUMNS)
VILLAGES = (
    *("县", "乡", "村", "是否出列", "总户数", "总人口数", "村级集体经济收入（万元）", "村小学（个数）"),
    *("参加城乡居民基本养老保险人数", "是否通客运班车", "行政村卫生室个数", "行政村公共卫生厕所个数"),
    *("行政村执业（助理）医师（人）", "行政村生产生活垃圾集中堆放点个数（个）"),
    *("行政村文化（图书）室个数 （个）", "低保户数", "低保人口数", "特困供养人口数", "残疾人口数"),
    *("到乡镇是否通沥青（水泥）路", "危房户数", "未实现饮水安全户数", CROPLAND, WOODLAND),
)  # fmt: skip
YEAR = 2026


class Sheets:
    """Rows of the household sheets, in the order of the households."""

    def __init__(self, households: Iterable[Household], villages: Iterable[Village]) -> None:
        self._households = list(households)
        self._villages = {village.code: village for village in villages}

    def main(self) -> Iterator[Row]:
        for home in self._households:
            shared = {**home.cells, "户编号": home.number, **self._place(home)}
            for person in home.members:
                cells = {**shared, **person.cells, "人编号": person.number}
                yield [cells.get(column) for column in MAIN]

    def national(self) -> Iterator[Row]:
        for home in self._households:
            place = self._place(home)
            head = home.head()
            shared: Cells = {
                "户编号": home.number,
                "户联系电话": home.cells["户联系电话"],
                "年度": YEAR,
                "户主姓名": head.cells["姓名"] if head else None,
                "户主证件号码": head.cells["证件号码"] if head else None,
            }
            where: Row = [PROVINCE, PREFECTURE, place["县"], place["乡"], place["村"]]
            for person in home.members:
                cells = {**shared, **person.cells, **_stated_aid(person), "人编号": person.number}
                yield where + [cells[source] for source in NATIONAL.values()]

    def construction(self) -> Iterator[Row]:
        for home in self._households:
            person = home.head() or home.members[0]
            where = [*self._place(home).values(), home.number]
            kind = home.cells["户类型（乡村建设）"]
            yield [*where, person.cells["姓名"], person.cells["证件号码"], kind]

    def jobs(self) -> Iterator[Row]:
        for home in self._households:
            for person in home.members:
                for job in person.jobs:
                    own = [home.cells["监测对象类别"], person.skill]
                    yield self._worker(home, person) + own + [job[c] for c in JOBS[10:]]

    def plans(self) -> Iterator[Row]:
        for home in self._households:
            for person in home.members:
                for plan in person.plans:
                    yield [*self._worker(home, person), person.skill, *(plan[c] for c in PLANS[9:])]

    def housing(self) -> Iterator[Row]:
        for home in self._households:
            named = {**home.cells, **self._named(home)}
            yield [named[column] for column in HOUSING]

    def income(self, rng: Random) -> Iterator[Row]:
        for home in self._households:
            named = {**self._named(home), "年度": YEAR, **incomes.split(home, rng)}
            yield [named.get(column) for column in INCOME]

    def villages(self, rows: Mapping[str, Cells]) -> Iterator[Row]:
        for code, village in self._villages.items():
            named = {"县": COUNTY, "乡": village.township, "村": village.name, **rows[code]}
            yield [named[column] for column in VILLAGES]

    def _place(self, home: Household) -> Cells:
        village = self._villages[home.place]
        return {"县": COUNTY, "乡": village.township, "村": village.name}

    def _named(self, home: Household) -> Cells:
        head = home.head() or home.members[0]
        return {**self._place(home), "户编号": home.number, "户主姓名": head.cells["姓名"]}

    def _worker(self, home: Household, person: Member) -> Row:
        where = [*self._place(home).values(), home.number, person.number]
        return [*where, person.cells["姓名"], person.cells["证件号码"], home.cells["户类型"]]


def _stated_aid(person: Member) -> Cells:
    low = person.cells["享受低保政策情况"] in ("农村低保", "城市低保")
    destitute = person.cells["享受特困供养政策情况"] in ("农村特困", "城市特困")
    return {"是否享受低保": YES if low else NO, "是否特困供养人员": YES if destitute else NO}
