"""Fund lines (资金明细), the project bank (项目库) and the year's key villages (重点村)."""

from __future__ import annotations

import polars as pl

from bangfu.core.facts.model import Kind
from bangfu.core.language import Text
from bangfu.core.sheets.model import Column, Sheet

FUND_CLASSES = ("财政扶贫资金", "行业扶贫资金", "到户资金", "社会资金")
FUND_LEVELS = ("中央", "省", "市", "县", "社会")

_AREAS = Text(
    "区划代码，用逗号分开；空着表示不限", "Place codes, comma-separated; empty means anywhere"
)
_PURPOSES = Text("用途名称，用逗号分开；空着表示不限", "Purposes, comma-separated; empty means any")

FUNDS = Sheet(
    id="funds",
    name="资金明细",
    title=Text("资金明细，一笔资金一行", "Fund lines, a row a line"),
    key=("line_id",),
    columns=(
        Column("资金编号", "line_id", Kind.TEXT, required=True),
        Column("资金名称", "name", Kind.TEXT, required=True),
        Column("资金类别", "fund_class", Kind.CODE, values=FUND_CLASSES, required=True),
        Column("级次", "level", Kind.CODE, values=FUND_LEVELS),
        Column("主管部门", "department", Kind.TEXT, required=True),
        Column("文号", "document", Kind.TEXT, required=True),
        Column("下达日期", "announced_on", Kind.DATE),
        Column("下达金额（元）", "amount", Kind.FEN, required=True),
        Column("到位金额（元）", "received", Kind.FEN),
        Column("可用用途", "purposes", Kind.VALUES, note=_PURPOSES),
        Column("使用范围", "areas", Kind.VALUES, note=_AREAS, aliases=("使用范围(区划代码)",)),
        Column("受益对象", "beneficiaries", Kind.VALUES),
        Column("支出期限", "spend_by", Kind.DATE),
        Column("可否统筹", "poolable", Kind.YES_NO, required=True),
        Column("产业占比下限", "industry_at_least", Kind.SHARE),
        Column("管理费上限", "management_at_most", Kind.SHARE),
    ),
)

PROJECTS = Sheet(
    id="projects",
    name="项目库",
    title=Text("项目库，一个项目一行", "The project bank, a row a project"),
    key=("project_id",),
    columns=(
        Column("项目编号", "project_id", Kind.TEXT, required=True),
        Column("项目名称", "name", Kind.TEXT, required=True),
        Column("类别", "purpose", Kind.TEXT, aliases=("类别(用途)", "项目类别"), required=True),
        Column("建设性质", "nature", Kind.TEXT),
        Column("区划代码", "place_code", Kind.TEXT, required=True),
        Column("实施地点", "location", Kind.TEXT),
        Column("时间进度", "schedule", Kind.TEXT),
        Column("责任单位", "department", Kind.TEXT, required=True),
        Column("建设任务", "task", Kind.TEXT),
        Column("资金规模（元）", "cost", Kind.FEN, required=True),
        Column("筹资方式", "financing", Kind.TEXT),
        Column("受益对象", "beneficiaries", Kind.VALUES),
        Column("受益户数", "beneficiary_households", Kind.INT),
        Column("绩效目标", "target", Kind.TEXT),
        Column("群众参与和带贫减贫机制", "mechanism", Kind.TEXT),
        Column("优先分", "priority", Kind.DECIMAL),
        Column("必须实施", "required", Kind.YES_NO),
        Column("单位金额（元）", "unit_cost", Kind.FEN, aliases=("单位金额",)),
        Column("可分单位", "max_units", Kind.INT, aliases=("最多单位数",)),
        Column("前置项目", "prerequisites", Kind.VALUES),
        Column("互斥组", "exclusive_group", Kind.TEXT),
    ),
)

KEY_VILLAGES = Sheet(
    id="key_villages",
    name="重点村",
    title=Text("年度整村推进重点村名单", "Key villages of the year"),
    key=("place_code",),
    columns=(
        Column("区划代码", "place_code", Kind.TEXT, required=True),
        Column("乡", "township_name", Kind.TEXT, aliases=("乡镇",)),
        Column("村名", "name", Kind.TEXT, aliases=("村", "行政村")),
        Column("建档立卡户数", "registered_households", Kind.INT, required=True),
        Column("上年整合资金（元）", "last_year", Kind.FEN),
        Column(
            "实施年度",
            "year",
            Kind.INT,
            note=Text(
                "名单含几年的村时填写；不填即为导入的年度。",
                "For a list of several years; left out, it is the year of the import.",
            ),
        ),
    ),
)

YEARLY_TOTALS = Sheet(
    id="yearly_totals",
    name="历年整合资金",
    title=Text("历年整合资金总额", "Total of pooled funds, year by year"),
    key=("year",),
    columns=(
        Column("年度", "year", Kind.INT, required=True),
        Column("整合资金总额（元）", "total", Kind.FEN, required=True),
        Column("说明", "note", Kind.TEXT),
    ),
)


def of_year(key_villages: pl.DataFrame, year: int) -> pl.DataFrame:
    """The key villages of one year, of a sheet that may list a whole programme."""
    return key_villages.filter(pl.col("year").is_null() | (pl.col("year") == year))
