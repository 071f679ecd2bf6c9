"""The five sheets of the county's own exports: 监测对象信息, 户信息(乡村建设), 已外出务工, 计划外出务工, 行政村.

Their header stands on the third row under two title rows. Columns and spellings were read off real
exports (domain: sheet columns); a column that a sheet lacks is simply missing.
"""

from __future__ import annotations

from bangfu.core.facts.dictionary import PERSON_FACTS
from bangfu.core.facts.household import HOUSEHOLD_FACTS
from bangfu.core.facts.model import Kind, Table
from bangfu.core.language import Text
from bangfu.core.sheets.model import Column, Sheet, fact_columns, name_column

COUNTY = name_column("县", "county_name", "县(市、区、旗)", "县（市、区、旗）", "区县")
TOWNSHIP = name_column("乡", "township_name", "乡(镇)", "乡（镇）", "乡镇", required=True)
VILLAGE = name_column("村", "village_name", "行政村", required=True)
CODE = Column("区划代码", "place_code", Kind.TEXT, aliases=("行政区划代码", "村代码"))

# Stand in many sheets for the reader's eye; what counts is the number.
NAME = name_column("姓名", "name")
HEAD_NAME = name_column("户主姓名", "head_name")

SEX_SPELLINGS = {"1": "男", "2": "女", "男性": "男", "女性": "女"}
RELATION_SPELLINGS = {
    "本人": "户主",
    "女儿": "之女",
    "儿子": "之子",
    "母亲": "之母",
    "父亲": "之父",
    "女婿": "之女婿",
    "儿媳": "之儿媳",
    "孙子": "之孙子",
    "孙女": "之孙女",
    "祖父": "之祖父",
    "祖母": "之祖母",
    "兄弟媳妇": "之兄弟媳妇",
    "兄弟姐妹": "之兄弟姐妹",
}
SCHOOLING_SPELLINGS = {
    "高中一年级": "普通高中一年级",
    "高中二年级": "普通高中二年级",
    "高中三年级": "普通高中三年级",
    "硕士生及以上": "硕士研究生及以上",
}
EDUCATION_SPELLINGS = {"高职高专": "大专", "本科及研究生及以上": "本科及以上", "本科": "本科及以上"}
SKILL_SPELLINGS = {"无劳动能力": "无劳动力", "技能劳动能力": "技能劳动力", "普通劳动": "普通劳动力"}
RISK_SPELLINGS = {
    "务工就业不稳": "因务工就业不稳",
    "自然灾害": "因自然灾害",
    "因缺劳动力": "缺劳动力",
}
HEALTH_SPELLINGS = {"无患大病": "患有大病", "大病": "患有大病", "慢性病": "长期慢性病"}
EMPLOYMENT_HELP_SPELLINGS = {"外出劳务补贴": "外出务工补贴"}
HEALTH_HELP_SPELLINGS = {"参加城乡居民基本医疗保险个人缴费补贴": "城乡居民基本医疗保险个人缴费补贴"}

# Facts that the import derives or that another sheet feeds.
_NOT_IN_MAIN = {
    "place_code",
    "household_phone_length",
    "household_phone_valid",
    "collector_phone_length",
    "housing_grade",
    "water_litres",
    "water_minutes",
    "water_shortage_days",
    "construction_type",
    "certificate_token",
    "certificate_length",
    "certificate_valid",
    "certificate_placeholder",
    "certificate_birth",
    "certificate_sex",
    "disability_class",
    "disability_grade",
    "phone_token",
    "phone_length",
    "phone_valid",
}
_RISK = {"spellings": RISK_SPELLINGS}
_OPEN = {"open_list": True}
_MAIN_HOUSEHOLD = [fact.name for fact in HOUSEHOLD_FACTS if fact.name not in _NOT_IN_MAIN]
_MAIN_PERSON = [
    fact.name
    for fact in PERSON_FACTS
    if fact.name not in _NOT_IN_MAIN and fact.name != "household_no"
]

MONITORED = Sheet(
    id="monitored",
    name="监测对象信息",
    title=Text(
        "监测对象和脱贫户信息，一人一行", "Monitored and ex-poor households, a row a person"
    ),
    key=("household_no", "person_no"),
    columns=(
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        CODE,
        *fact_columns(
            Table.HOUSEHOLD,
            *_MAIN_HOUSEHOLD,
            household_no={"required": True},
            risk_1=_RISK,
            risk_2=_RISK,
            risk_3=_RISK,
            risk_4=_RISK,
            risk_5=_RISK,
            risk_removed={"aliases": ("风险是否已消除0",)},
            disaster_subtype={"aliases": ("因自然灾害子项",)},
            development_status={"spellings": {"是": "已实施", "否": "尚未实施"}},
            stated_income_per_head={"aliases": ("人均纯收入(元)", "家庭人均纯收入", "人均纯收入")},
            industry_help=_OPEN,
            employment_help={"open_list": True, "spellings": EMPLOYMENT_HELP_SPELLINGS},
            finance_help=_OPEN,
            health_help={"open_list": True, "spellings": HEALTH_HELP_SPELLINGS},
            compulsory_education_help=_OPEN,
            education_help=_OPEN,
            social_security_help=_OPEN,
            public_post_help={"open_list": True, "aliases": ("公益性岗位帮扶",)},
        ),
        *fact_columns(
            Table.PERSON,
            *_MAIN_PERSON,
            person_no={"aliases": ("人口编号",), "required": True},
            sex={"spellings": SEX_SPELLINGS},
            relation={"spellings": RELATION_SPELLINGS},
            schooling={"spellings": SCHOOLING_SPELLINGS},
            education={"spellings": EDUCATION_SPELLINGS},
            skill={"spellings": SKILL_SPELLINGS},
            health={"spellings": HEALTH_SPELLINGS},
            no_school_reason=_OPEN,
            low_income_aid={"spellings": {"不享受": "未享受"}},
            destitute_aid={"spellings": {"未享受": "不享受"}},
            public_posts=_OPEN,
            phone={"aliases": ("成员联系电话",)},
        ),
    ),
)

CONSTRUCTION = Sheet(
    id="construction",
    name="户信息(乡村建设)",
    title=Text("乡村建设户信息", "Households in the rural-construction sheet"),
    key=("household_no",),
    columns=(
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        CODE,
        *fact_columns(
            Table.HOUSEHOLD,
            "household_no",
            "construction_type",
            household_no={"required": True},
            construction_type={"header": "户类型", "required": True},
        ),
        Column("证件号码", "certificate", Kind.GUARDED),
        NAME,
        HEAD_NAME,
    ),
)

JOBS = Sheet(
    id="jobs",
    name="已外出务工",
    title=Text("已外出务工信息，一段务工一行", "Work away from home, a row a spell"),
    key=("household_no", "person_no", "row_no"),
    columns=(
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        CODE,
        NAME,
        HEAD_NAME,
        Column("证件号码", "certificate", Kind.GUARDED),
        *fact_columns(
            Table.JOB,
            "household_no",
            "person_no",
            "job_household_type",
            "job_monitored_class",
            "job_skill",
            "working",
            "county",
            "channel",
            "start",
            "end",
            "monthly_income",
            "travel_subsidy",
            "sector",
            "point_to_point",
            "job_employer",
            household_no={"required": True},
            person_no={"required": True},
            job_skill={"spellings": SKILL_SPELLINGS},
        ),
    ),
)

PLANS = Sheet(
    id="plans",
    name="计划外出务工",
    title=Text("计划外出务工信息", "Plans to work away from home"),
    key=("household_no", "person_no", "row_no"),
    columns=(
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        CODE,
        NAME,
        HEAD_NAME,
        Column("证件号码", "certificate", Kind.GUARDED),
        *fact_columns(
            Table.PLAN,
            "household_no",
            "person_no",
            "plan_household_type",
            "plan_skill",
            "planning",
            "plan_county",
            "service_need",
            household_no={"required": True},
            person_no={"required": True},
            plan_skill={"spellings": SKILL_SPELLINGS},
            planning={"aliases": ("是否计划外出务工",)},
        ),
    ),
)

VILLAGES = Sheet(
    id="villages",
    name="行政村",
    title=Text("行政村信息，一村一行", "Villages, a row a village"),
    key=("place_code",),
    columns=(
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        CODE,
        *fact_columns(
            Table.VILLAGE,
            "exited",
            "household_total",
            "population",
            "collective_income",
            "primary_schools",
            "pension_members",
            "bus",
            "clinics",
            "public_toilets",
            "doctors",
            "rubbish_points",
            "libraries",
            "low_income_households",
            "low_income_people",
            "destitute_people",
            "disabled_people",
            "paved_road",
            "dangerous_houses",
            "unsafe_water_households",
            "village_cropland",
            "village_woodland",
            exited={"required": True},
            collective_income={"unit_fen": 1_000_000},
        ),
    ),
)

HOUSING = Sheet(
    id="housing",
    name="住房与饮水",
    title=Text(
        "住房鉴定和饮水情况，一户一行", "Housing grade and drinking water, a row a household"
    ),
    key=("household_no",),
    columns=(
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        CODE,
        HEAD_NAME,
        *fact_columns(
            Table.HOUSEHOLD,
            "household_no",
            "housing_grade",
            "water_litres",
            "water_minutes",
            "water_shortage_days",
            household_no={"required": True},
            housing_grade={"spellings": {"A级": "A", "B级": "B", "C级": "C", "D级": "D"}},
        ),
    ),
)
