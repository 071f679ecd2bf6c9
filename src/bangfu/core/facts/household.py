"""The plain facts of a household; `core.facts.dictionary` holds them with those of the other tables."""

from __future__ import annotations

from bangfu.core.facts import codes
from bangfu.core.facts.model import Fact, Kind, Table

H = Table.HOUSEHOLD
TEXT, CODE, VALUES, YES_NO = Kind.TEXT, Kind.CODE, Kind.VALUES, Kind.YES_NO
FEN, INT, DECIMAL, DATE, MONTH = Kind.FEN, Kind.INT, Kind.DECIMAL, Kind.DATE, Kind.MONTH
GUARDED, TOKEN = Kind.GUARDED, Kind.TOKEN

HOUSEHOLD_FACTS = (
    Fact("household_no", H, TEXT, "户编号", "household number"),
    Fact("place_code", H, TEXT, "区划代码", "village code"),
    Fact("household_type", H, CODE, "户类型", "household type", codes.HOUSEHOLD_TYPE),
    Fact("monitored_class", H, CODE, "监测对象类别", "monitoring class", codes.MONITORED_CLASS),
    Fact("identified_month", H, MONTH, "识别监测时间", "month recognised for monitoring"),
    Fact("risk_1", H, CODE, "致贫/返贫风险1", "risk 1", codes.RISK),
    Fact("risk_2", H, CODE, "致贫/返贫风险2", "risk 2", codes.RISK),
    Fact("risk_3", H, CODE, "致贫/返贫风险3", "risk 3", codes.RISK),
    Fact("risk_4", H, CODE, "致贫/返贫风险4", "risk 4", codes.RISK),
    Fact("risk_5", H, CODE, "致贫/返贫风险5", "risk 5", codes.RISK),
    Fact("disaster_subtype", H, CODE, "自然灾害子项", "disaster sub-type", codes.DISASTER),
    Fact("risk_other_note", H, TEXT, "其他备注", "note on the other risk"),
    Fact("risk_removed", H, YES_NO, "风险是否已消除", "risk removed"),
    Fact("removal_mode", H, CODE, "风险消除方式", "way of removal", codes.REMOVAL_MODE),
    Fact("removed_month", H, MONTH, "消除监测时间", "month of removal"),
    Fact(
        "no_labour_guaranteed",
        H,
        YES_NO,
        "整户无劳动能力兜底保障户",
        "whole household without labour, under the safety net",
    ),
    Fact("household_phone", H, GUARDED, "户联系电话", "household phone"),
    Fact("household_phone_length", H, INT, "户联系电话位数", "length of the household phone"),
    Fact(
        "household_phone_valid", H, YES_NO, "户联系电话有效", "household phone is a mobile number"
    ),
    Fact("collector", H, TEXT, "信息采集人", "data collector"),
    Fact("collector_phone", H, GUARDED, "信息采集人联系电话", "collector's phone"),
    Fact(
        "collector_phone_length",
        H,
        INT,
        "信息采集人联系电话位数",
        "length of the collector's phone",
    ),
    # Income at identification or of the year, as the sheet states it.
    Fact("wage_income", H, FEN, "工资性收入", "wage income"),
    Fact("business_income", H, FEN, "生产经营性收入", "business income"),
    Fact("property_income", H, FEN, "财产性收入", "property income"),
    Fact("transfer_income", H, FEN, "转移性收入", "transfer income"),
    Fact("business_cost", H, FEN, "生产经营性支出", "business cost"),
    Fact("stated_net_income", H, FEN, "家庭纯收入", "net income as stated"),
    Fact("stated_income_per_head", H, FEN, "人均纯收入（元）", "net income per head as stated"),
    Fact("claims_income", H, FEN, "理赔收入", "insurance and damage claims received"),
    Fact("out_of_pocket", H, FEN, "合规自付支出", "compliant out-of-pocket spending"),
    Fact("destitute_allowance", H, FEN, "特困人员救助供养金", "destitute allowance received"),
    # Two worries, three guarantees, water.
    Fact("dangerous_house", H, YES_NO, "是否危房户", "dangerous house"),
    Fact("house_area", H, DECIMAL, "住房面积", "house area, m2"),
    Fact("safe_water", H, YES_NO, "是否解决安全饮用水", "safe drinking water"),
    Fact(
        "dropout",
        H,
        YES_NO,
        "是否义务教育阶段适龄儿童少年失学辍学",
        "a child of compulsory school age dropped out",
    ),
    Fact(
        "uninsured_member",
        H,
        YES_NO,
        "是否有家庭成员未参加城乡居民（职工）基本医疗保险",
        "a member without basic medical insurance",
    ),
    # Living and production conditions.
    Fact("electricity", H, YES_NO, "是否通生活用电", "household electricity"),
    Fact("sanitary_toilet", H, YES_NO, "是否有卫生厕所", "sanitary toilet"),
    Fact("paved_access", H, YES_NO, "入户道路是否硬化", "paved access road"),
    Fact("main_road_km", H, DECIMAL, "与村主干路距离", "distance to the village main road, km"),
    Fact("cropland", H, DECIMAL, "耕地面积（亩）", "cropland, mu"),
    Fact("woodland", H, DECIMAL, "林地面积（亩）", "woodland, mu"),
    Fact(
        "returned_woodland", H, DECIMAL, "退耕还林面积（亩）", "cropland returned to woodland, mu"
    ),
    Fact("orchard", H, DECIMAL, "林果面积（亩）", "orchard, mu"),
    Fact("pasture", H, DECIMAL, "牧草地面积", "pasture, mu"),
    Fact("water_surface", H, DECIMAL, "水面面积", "water surface, mu"),
    # Measures (帮扶措施), each family one column.
    Fact("industry_help", H, VALUES, "产业帮扶", "industry help", codes.INDUSTRY_HELP),
    Fact("employment_help", H, VALUES, "就业帮扶", "employment help", codes.EMPLOYMENT_HELP),
    Fact("finance_help", H, VALUES, "金融帮扶", "finance help", codes.FINANCE_HELP),
    Fact("public_post_help", H, VALUES, "公益岗位帮扶", "public-welfare post"),
    Fact("housing_help", H, VALUES, "住房安全保障", "safe housing"),
    Fact("water_help", H, VALUES, "饮水安全保障", "safe water"),
    Fact("health_help", H, VALUES, "健康帮扶", "health help", codes.HEALTH_HELP),
    Fact(
        "compulsory_education_help",
        H,
        VALUES,
        "义务教育保障",
        "compulsory education guarantee",
        codes.COMPULSORY_EDUCATION_HELP,
    ),
    Fact("education_help", H, VALUES, "教育帮扶", "education help", codes.EDUCATION_HELP),
    Fact(
        "social_security_help", H, VALUES, "综合保障", "social security", codes.SOCIAL_SECURITY_HELP
    ),
    Fact("social_help", H, VALUES, "社会帮扶", "help from society"),
    Fact("relocation_help", H, VALUES, "搬迁", "relocation"),
    Fact(
        "conditions_help", H, VALUES, "生产生活条件改善", "better living and production conditions"
    ),
    Fact("infrastructure_help", H, VALUES, "基础设施建设", "infrastructure"),
    Fact("public_post_note", H, TEXT, "公益性岗位帮扶其他备注", "note on the public-welfare post"),
    Fact(
        "development_status",
        H,
        CODE,
        "实施开发式帮扶措施情况",
        "development-type measures carried out",
        codes.DEVELOPMENT_STATUS,
    ),
    # After removal of risk: thirteen compulsory answers.
    Fact(
        "after_dropout",
        H,
        YES_NO,
        "风险消除后是否义务教育阶段适龄儿童少年失学辍学",
        "after removal: dropout",
    ),
    Fact(
        "after_house_damaged", H, YES_NO, "风险消除后是否住房损毁", "after removal: house damaged"
    ),
    Fact(
        "after_uninsured",
        H,
        YES_NO,
        "风险消除后是否有家庭成员未参加城乡居民（职工）基本医疗保险",
        "after removal: a member uninsured",
    ),
    Fact(
        "after_water_damaged",
        H,
        YES_NO,
        "风险消除后是否饮水设施损毁",
        "after removal: water supply damaged",
    ),
    Fact("after_wage_income", H, FEN, "风险消除后工资性收入", "after removal: wage income"),
    Fact("after_property_income", H, FEN, "风险消除后财产性收入", "after removal: property income"),
    Fact("after_transfer_income", H, FEN, "风险消除后转移性收入", "after removal: transfer income"),
    Fact(
        "after_business_income",
        H,
        FEN,
        "风险消除后生产经营性收入",
        "after removal: business income",
    ),
    Fact("after_business_cost", H, FEN, "风险消除后生产经营性支出", "after removal: business cost"),
    Fact("after_net_income", H, FEN, "风险消除后家庭纯收入", "after removal: net income"),
    Fact(
        "after_income_per_head",
        H,
        FEN,
        "风险消除后家庭人均纯收入",
        "after removal: net income per head",
    ),
    Fact("after_claims_income", H, FEN, "风险消除后理赔收入", "after removal: claims received"),
    Fact(
        "after_out_of_pocket",
        H,
        FEN,
        "风险消除后合规自付支出",
        "after removal: compliant out-of-pocket spending",
    ),
    # From the housing and water sheets (township surveys), not in the national export.
    Fact(
        "housing_grade", H, CODE, "房屋鉴定等级", "assessed grade of the house", codes.HOUSING_GRADE
    ),
    Fact("water_litres", H, INT, "人均日供水量（升）", "litres of water a person a day"),
    Fact("water_minutes", H, INT, "取水往返时间（分钟）", "minutes to fetch water, both ways"),
    Fact("water_shortage_days", H, INT, "连续缺水天数", "days in a row without water"),
    # From 户信息(乡村建设).
    Fact(
        "construction_type",
        H,
        CODE,
        "户类型（乡村建设）",
        "household type in the rural-construction sheet",
        codes.HOUSEHOLD_TYPE,
    ),
)
