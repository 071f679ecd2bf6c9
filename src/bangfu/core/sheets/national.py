"""The national system's household export: 47 columns, a row a person (domain: code lists)."""

from __future__ import annotations

from bangfu.core.facts.model import Kind, Table
from bangfu.core.language import Text
from bangfu.core.sheets.county import (
    CODE,
    EDUCATION_SPELLINGS,
    HEALTH_SPELLINGS,
    RELATION_SPELLINGS,
    SCHOOLING_SPELLINGS,
    SEX_SPELLINGS,
    SKILL_SPELLINGS,
)
from bangfu.core.sheets.model import Column, Sheet, fact_columns, name_column

NATIONAL = Sheet(
    id="national",
    name="全国系统导出",
    title=Text(
        "全国系统户信息导出（47 列）", "Household export of the national system (47 columns)"
    ),
    key=("household_no", "person_no"),
    columns=(
        name_column("省", "province_name"),
        name_column("市", "prefecture_name"),
        name_column("县", "county_name"),
        name_column("乡", "township_name", required=True),
        name_column("村", "village_name", required=True),
        CODE,
        *fact_columns(
            Table.HOUSEHOLD,
            "household_no",
            "household_phone",
            household_no={"required": True},
        ),
        *fact_columns(
            Table.PERSON,
            "person_no",
            "name",
            "sex",
            "birth",
            "certificate_type",
            "certificate",
            "ethnicity",
            "phone",
            "relation",
            "education",
            "schooling",
            "skill",
            "work_months",
            "health",
            "political",
            "employer",
            "employee_pension",
            "critical_illness",
            "resident_medical",
            "resident_pension",
            "no_school_reason",
            "speaks_mandarin",
            "commercial_medical",
            "works_abroad",
            "industry",
            "critical_illness_aid",
            "other_health_aid",
            "public_posts",
            "public_post_months",
            "employment_channel",
            "disability_kind",
            "work_place",
            "employee_medical",
            "disability_certificate_year",
            "identification_basis",
            person_no={"header": "人口编号", "aliases": ("人编号",), "required": True},
            sex={"spellings": SEX_SPELLINGS},
            phone={"header": "成员联系电话", "aliases": ("家庭成员联系电话",)},
            relation={"spellings": RELATION_SPELLINGS},
            education={"spellings": EDUCATION_SPELLINGS},
            schooling={"spellings": SCHOOLING_SPELLINGS},
            skill={"spellings": SKILL_SPELLINGS},
            health={"spellings": HEALTH_SPELLINGS},
            resident_medical={
                "header": "是否参加新型农村合作医疗（城乡居民基本医疗保险）",
                "aliases": ("是否参加城乡居民基本医疗保险",),
            },
            no_school_reason={"header": "失学或辍学原因", "open_list": True},
            public_posts={"header": "公益性岗位类型", "open_list": True},
            employment_channel={"header": "就业渠道"},
        ),
        Column("年度", "year", Kind.INT),
        # Stated per person; the household's own facts hold it.
        Column("是否享受低保", "stated_low_income", Kind.YES_NO),
        Column("是否特困供养人员", "stated_destitute", Kind.YES_NO),
        Column("户主姓名", "head_name", Kind.TEXT),
        Column("户主证件号码", "head_certificate", Kind.GUARDED),
    ),
)
