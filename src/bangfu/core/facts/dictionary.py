"""The plain facts: every column the books keep of households, persons, work rows and villages.

Order is the order of the sheets. Adding a fact here asks for a column in `core.sheets`, a model field
in `books.households` and a migration; tests hold the three equal.
"""

from __future__ import annotations

from bangfu.core.facts import codes
from bangfu.core.facts.household import HOUSEHOLD_FACTS
from bangfu.core.facts.model import Fact, Kind, Table

H, P, J, L, V = Table.HOUSEHOLD, Table.PERSON, Table.JOB, Table.PLAN, Table.VILLAGE
INCOME = Table.INCOME
TEXT, CODE, VALUES, YES_NO = Kind.TEXT, Kind.CODE, Kind.VALUES, Kind.YES_NO
FEN, INT, DECIMAL, DATE, MONTH = Kind.FEN, Kind.INT, Kind.DECIMAL, Kind.DATE, Kind.MONTH
GUARDED, TOKEN = Kind.GUARDED, Kind.TOKEN

PERSON_FACTS = (
    Fact("household_no", P, TEXT, "户编号", "household number"),
    Fact("place_code", P, TEXT, "区划代码", "village code"),
    Fact("person_no", P, TEXT, "人编号", "person number"),
    Fact("name", P, TEXT, "姓名", "name"),
    Fact("certificate_type", P, CODE, "证件类型", "type of certificate", codes.CERTIFICATE),
    Fact("certificate", P, GUARDED, "证件号码", "certificate number"),
    Fact("certificate_token", P, TOKEN, "证件号码标记", "keyed token of the certificate number"),
    Fact("certificate_length", P, INT, "证件号码位数", "length of the certificate number"),
    Fact(
        "certificate_valid",
        P,
        YES_NO,
        "证件号码校验正确",
        "check digit of the certificate number is right",
    ),
    Fact(
        "certificate_placeholder",
        P,
        YES_NO,
        "证件号码为占位号",
        "certificate number is a placeholder (999999…)",
    ),
    Fact("certificate_birth", P, DATE, "证件号码出生日期", "birth date in the certificate number"),
    Fact("certificate_sex", P, CODE, "证件号码性别", "sex in the certificate number", codes.SEX),
    Fact("disability_class", P, INT, "残疾证类别", "class in the disability certificate number"),
    Fact("disability_grade", P, INT, "残疾证等级", "grade in the disability certificate number"),
    Fact("sex", P, CODE, "性别", "sex", codes.SEX),
    Fact("birth", P, DATE, "出生日期", "birth date"),
    Fact("ethnicity", P, TEXT, "民族", "ethnic group"),
    Fact("relation", P, CODE, "与户主关系", "relation to the head", codes.RELATION),
    Fact("education", P, CODE, "文化程度", "level of education", codes.EDUCATION),
    Fact("schooling", P, CODE, "在校生状况", "schooling", codes.SCHOOLING),
    Fact(
        "no_school_reason",
        P,
        CODE,
        "义务教育阶段未上学原因",
        "reason for being out of compulsory school",
        codes.NO_SCHOOL_REASON,
    ),
    Fact("health", P, VALUES, "健康状况", "health", codes.HEALTH),
    Fact("skill", P, CODE, "劳动技能", "ability to work", codes.SKILL),
    Fact("phone", P, GUARDED, "家庭成员联系电话", "phone"),
    Fact("phone_token", P, TOKEN, "家庭成员联系电话标记", "keyed token of the phone"),
    Fact("phone_length", P, INT, "家庭成员联系电话位数", "length of the phone"),
    Fact("phone_valid", P, YES_NO, "家庭成员联系电话有效", "phone is a mobile number"),
    Fact("political", P, CODE, "政治面貌", "political status", codes.POLITICAL),
    Fact(
        "resident_medical", P, YES_NO, "是否参加城乡居民基本医疗保险", "resident medical insurance"
    ),
    Fact(
        "employee_medical", P, YES_NO, "是否参加城镇职工基本医疗保险", "employee medical insurance"
    ),
    Fact("critical_illness", P, YES_NO, "是否参加大病保险", "critical-illness insurance"),
    Fact(
        "commercial_medical", P, YES_NO, "是否参加商业补充医疗保险", "commercial medical insurance"
    ),
    Fact("resident_pension", P, YES_NO, "是否参加城乡居民基本养老保险", "resident pension"),
    Fact("employee_pension", P, YES_NO, "是否参加城镇职工基本养老保险", "employee pension"),
    Fact("medical_aid", P, YES_NO, "是否接受医疗救助", "received medical aid"),
    Fact(
        "critical_illness_aid", P, YES_NO, "是否接受大病医疗救助", "received critical-illness aid"
    ),
    Fact("other_health_aid", P, YES_NO, "是否接受其他健康扶贫", "received other health aid"),
    Fact(
        "low_income_aid", P, CODE, "享受低保政策情况", "low-income allowance", codes.LOW_INCOME_AID
    ),
    Fact(
        "destitute_aid", P, CODE, "享受特困供养政策情况", "destitute support", codes.DESTITUTE_AID
    ),
    Fact("public_posts", P, VALUES, "公益性岗位", "public-welfare posts held"),
    Fact("public_post_months", P, INT, "公益性岗位(月数)", "months in a public-welfare post"),
    Fact("employment_channel", P, TEXT, "就业渠道（易地搬迁后扶使用）", "employment channel"),
    Fact("work_place", P, TEXT, "务工所在地", "place of work"),
    Fact("work_months", P, INT, "务工时间（月）", "months of work away"),
    Fact("employer", P, TEXT, "务工企业名称", "employer"),
    Fact("works_abroad", P, YES_NO, "是否国外务工", "works abroad"),
    Fact("industry", P, TEXT, "产业分类", "industry"),
    Fact("speaks_mandarin", P, YES_NO, "是否会讲普通话", "speaks Mandarin"),
    Fact(
        "disability_certificate_year",
        P,
        INT,
        "残疾证办证年度",
        "year of the disability certificate",
    ),
    Fact("disability_kind", P, TEXT, "残疾类别", "kind of disability as stated"),
    Fact("identification_basis", P, TEXT, "识别标准", "basis of recognition"),
)

JOB_FACTS = (
    Fact("household_no", J, TEXT, "户编号", "household number"),
    Fact("place_code", J, TEXT, "区划代码", "village code"),
    Fact("person_no", J, TEXT, "人编号", "person number"),
    Fact("row_no", J, INT, "行序", "order of the row in the sheet"),
    Fact(
        "job_household_type",
        J,
        CODE,
        "户类型",
        "household type as the work sheet states it",
        codes.HOUSEHOLD_TYPE,
    ),
    Fact(
        "job_monitored_class",
        J,
        CODE,
        "监测对象类别",
        "monitoring class as the work sheet states it",
        codes.MONITORED_CLASS,
    ),
    Fact(
        "job_skill", J, CODE, "劳动技能", "ability to work as the work sheet states it", codes.SKILL
    ),
    Fact("working", J, YES_NO, "是否已务工", "is working"),
    Fact("county", J, TEXT, "务工所在县", "county of work"),
    Fact("channel", J, TEXT, "就业渠道", "channel of employment"),
    Fact("start", J, MONTH, "开始时间", "first month"),
    Fact("end", J, MONTH, "结束时间", "last month; blank while still away"),
    Fact("monthly_income", J, FEN, "务工月收入", "monthly wage"),
    Fact("travel_subsidy", J, FEN, "年度交通费补助", "travel subsidy of the year"),
    Fact("sector", J, TEXT, "所属行业", "sector"),
    Fact("point_to_point", J, YES_NO, "是否点对点输送", "sent point to point"),
    Fact("job_employer", J, TEXT, "务工企业名称", "employer"),
)

PLAN_FACTS = (
    Fact("household_no", L, TEXT, "户编号", "household number"),
    Fact("place_code", L, TEXT, "区划代码", "village code"),
    Fact("person_no", L, TEXT, "人编号", "person number"),
    Fact("row_no", L, INT, "行序", "order of the row in the sheet"),
    Fact(
        "plan_household_type",
        L,
        CODE,
        "户类型",
        "household type as the plan sheet states it",
        codes.HOUSEHOLD_TYPE,
    ),
    Fact(
        "plan_skill",
        L,
        CODE,
        "劳动技能",
        "ability to work as the plan sheet states it",
        codes.SKILL,
    ),
    Fact("planning", L, YES_NO, "是否计划务工", "plans to work away"),
    Fact("plan_county", L, TEXT, "计划务工所在县", "planned county of work"),
    Fact("service_need", L, TEXT, "就业服务需求", "employment service needed"),
)

INCOME_FACTS = (
    Fact("household_no", INCOME, TEXT, "户编号", "household number"),
    Fact("place_code", INCOME, TEXT, "区划代码", "village code"),
    Fact("year", INCOME, INT, "年度", "year"),
    Fact("item", INCOME, TEXT, "收入项", "code of the income item (core.sheets.income)"),
    Fact("fen", INCOME, FEN, "金额", "amount of the twelve months"),
)

VILLAGE_FACTS = (
    Fact("place_code", V, TEXT, "区划代码", "village code"),
    Fact("exited", V, YES_NO, "是否出列", "village has exited"),
    Fact("household_total", V, INT, "总户数", "households"),
    Fact("population", V, INT, "总人口数", "people"),
    Fact("collective_income", V, FEN, "村级集体经济收入（万元）", "collective income"),
    Fact("primary_schools", V, INT, "村小学（个数）", "primary schools"),
    Fact(
        "pension_members", V, INT, "参加城乡居民基本养老保险人数", "members of the resident pension"
    ),
    Fact("bus", V, YES_NO, "是否通客运班车", "bus service"),
    Fact("clinics", V, INT, "行政村卫生室个数", "clinics"),
    Fact("public_toilets", V, INT, "行政村公共卫生厕所个数", "public toilets"),
    Fact("doctors", V, INT, "行政村执业（助理）医师（人）", "licensed doctors"),
    Fact(
        "rubbish_points",
        V,
        INT,
        "行政村生产生活垃圾集中堆放点个数（个）",
        "rubbish collection points",
    ),
    Fact("libraries", V, INT, "行政村文化（图书）室个数 （个）", "reading rooms"),
    Fact("low_income_households", V, INT, "低保户数", "low-income households"),
    Fact("low_income_people", V, INT, "低保人口数", "low-income people"),
    Fact("destitute_people", V, INT, "特困供养人口数", "destitute people"),
    Fact("disabled_people", V, INT, "残疾人口数", "disabled people"),
    Fact("paved_road", V, YES_NO, "到乡镇是否通沥青（水泥）路", "paved road to the township"),
    Fact("dangerous_houses", V, INT, "危房户数", "dangerous houses"),
    Fact("unsafe_water_households", V, INT, "未实现饮水安全户数", "households without safe water"),
    Fact("village_cropland", V, DECIMAL, "耕地面积（亩）", "cropland, mu"),
    Fact("village_woodland", V, DECIMAL, "林地面积（亩）", "woodland, mu"),
)

FACTS: dict[Table, tuple[Fact, ...]] = {
    H: HOUSEHOLD_FACTS,
    P: PERSON_FACTS,
    J: JOB_FACTS,
    L: PLAN_FACTS,
    INCOME: INCOME_FACTS,
    V: VILLAGE_FACTS,
}

# The thirteen answers that are compulsory once a risk is removed.
AFTER_REMOVAL = tuple(fact.name for fact in HOUSEHOLD_FACTS if fact.name.startswith("after_"))

# The fourteen families of measures; the first four are development-type (开发式).
DEVELOPMENT_HELP = ("industry_help", "employment_help", "finance_help", "public_post_help")
HELP = tuple(fact.name for fact in HOUSEHOLD_FACTS if fact.name.endswith("_help"))


def plain(table: Table) -> dict[str, Fact]:
    """The plain facts of a table, by name, in the order of its columns."""
    return {fact.name: fact for fact in FACTS[table]}


def is_closed(fact: Fact) -> bool:
    """Whether the fact's values are those of its list.

    The measures of the help families are open lists: real sheets hold more than the known ones.
    """
    return fact.kind in (Kind.CODE, Kind.VALUES) and bool(fact.values) and fact.name not in HELP
