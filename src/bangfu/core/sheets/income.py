"""The income sheet (收入明细): a household's income of twelve months, item by item.

Items and their order are those of a 2023 monitoring database; the letter is the group: a wages,
b business, c property, d transfer, e business cost.
"""

from __future__ import annotations

from bangfu.core.facts.model import Kind, Table
from bangfu.core.language import Text
from bangfu.core.sheets.county import CODE, COUNTY, HEAD_NAME, TOWNSHIP, VILLAGE
from bangfu.core.sheets.model import Column, Sheet, fact_columns

# code → (Chinese, English)
ITEMS: dict[str, Text] = {
    "a1": Text("务工", "wages from work away"),
    "a2": Text("行业公益岗", "public-welfare post of a sector"),
    "a3": Text("乡镇公益岗", "public-welfare post of the township"),
    "a4": Text("村级公益岗", "public-welfare post of the village"),
    "a5": Text("采摘", "picking"),
    "b1": Text("种植", "crops"),
    "b2": Text("养殖", "livestock"),
    "b3": Text("林果", "fruit and forestry"),
    "b4": Text("其他经营", "other business"),
    "c1": Text("资产收益分红", "dividends from assets"),
    "c2": Text("土地流转", "land leased out"),
    "c3": Text("金融贷款", "financial loans"),
    "c4": Text("代种代养", "planting or raising for others"),
    "c5": Text("其他财产", "other property income"),
    "d1": Text("计划生育", "family planning allowance"),
    "d2": Text("低保", "low-income allowance"),
    "d3": Text("特困供养", "destitute support"),
    "d4": Text("养老", "pension"),
    "d5a": Text("退耕还林", "cropland returned to woodland"),
    "d5b": Text("公益林", "public-benefit forest"),
    "d5c": Text("草原", "grassland"),
    "d5d": Text("移民", "resettlement"),
    "d5e": Text("其他生态", "other ecology payments"),
    "d6a": Text("玉米大豆", "maize and soybean"),
    "d6b": Text("地力保护", "soil protection"),
    "d6c": Text("农业保险", "agricultural insurance"),
    "d6d": Text("高龄", "old-age allowance"),
    "d6e": Text("优抚", "veterans and martyrs' families"),
    "d6f": Text("残疾", "disability allowance"),
    "d6g": Text("教育", "education aid"),
    "d6h": Text("救灾", "disaster relief"),
    "d6i": Text("失能", "disability care"),
    "d6j": Text("赡养", "support from children"),
    "d6k": Text("取暖", "heating"),
    "d6l": Text("物价", "price subsidy"),
    "d6m": Text("社会救济", "social relief"),
    "d6n": Text("防贫保险", "anti-poverty insurance"),
    "d6o": Text("捐赠赔偿", "donations and compensation"),
    "d6p": Text("其他转移", "other transfers"),
    "e1": Text("种植支出", "cost of crops"),
    "e2": Text("养殖支出", "cost of livestock"),
    "e3": Text("林果支出", "cost of fruit and forestry"),
    "e4": Text("其他经营支出", "cost of other business"),
}

GROUPS: dict[str, Text] = {
    "a": Text("工资性收入", "wages"),
    "b": Text("生产经营性收入", "business income"),
    "c": Text("财产性收入", "property income"),
    "d": Text("转移性收入", "transfer income"),
    "e": Text("生产经营性支出", "business cost"),
}

INCOME = Sheet(
    id="income",
    name="收入明细",
    title=Text(
        "家庭收入明细（12 个月，元）", "Income of the household item by item (12 months, yuan)"
    ),
    key=("household_no", "year"),
    columns=(
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        CODE,
        HEAD_NAME,
        *fact_columns(Table.HOUSEHOLD, "household_no", household_no={"required": True}),
        Column("年度", "year", Kind.INT, required=True),
        *(Column(text.zh, code, Kind.FEN) for code, text in ITEMS.items()),
    ),
)
