import polars as pl

from bangfu.core.facts.model import Table
from bangfu.core.sheets.assemble import SheetRows, assemble
from bangfu.core.sheets.county import CONSTRUCTION, HOUSING, JOBS, MONITORED, VILLAGES
from bangfu.core.sheets.income import INCOME
from bangfu.core.sheets.national import NATIONAL

VILLAGE = "420527101207"


def rows(sheet, **columns):
    frame = pl.DataFrame({"place_code": VILLAGE, **columns}).with_row_index("_row", offset=4)
    return SheetRows(
        sheet,
        frame.with_columns(pl.col("_row").cast(pl.Int64)),
        lambda row, field: f"{sheet.name}!{field}{row}",
    )


def family(**columns):
    return rows(MONITORED, **{"household_no": ["1", "1"], "person_no": ["11", "12"], **columns})


def token(value):
    return f"t{value}"


def test_a_household_is_one_row_and_its_people_are_theirs():
    out = assemble([family(monitored_class=["边缘易致贫户", None], name=["甲", "乙"])], token)
    assert out.problems == []
    [household] = out.tables[Table.HOUSEHOLD].to_dicts()
    assert (household["household_no"], household["monitored_class"]) == ("1", "边缘易致贫户")
    assert out.tables[Table.PERSON]["name"].to_list() == ["甲", "乙"]


def test_rows_of_one_household_that_disagree_are_named():
    out = assemble([family(dangerous_house=[True, False])], token)
    [problem] = out.problems
    assert problem.where == "监测对象信息!dangerous_house4"
    assert problem.rule == "one-value-a-household"


def test_numbers_become_facts_and_tokens():
    out = assemble(
        [
            family(
                certificate=["11010519491231002x", None],
                phone=["13912345678", None],
                household_phone=["123", None],
            )
        ],
        token,
    )
    first, second = out.tables[Table.PERSON].to_dicts()
    assert first["certificate_token"] == "t11010519491231002X"
    assert (first["certificate_valid"], first["certificate_sex"], first["phone_valid"]) == (
        True,
        "女",
        True,
    )
    assert (
        second["certificate_token"] is second["certificate_length"] is second["phone_valid"] is None
    )
    assert out.tables[Table.HOUSEHOLD]["household_phone_length"].to_list() == [3]


def test_a_repeated_person_is_refused():
    out = assemble([family(person_no=["11", "11"])], token)
    assert [problem.rule for problem in out.problems] == ["unique-row"]


def test_the_first_sheet_of_persons_leads_and_the_second_adds():
    national = rows(
        NATIONAL,
        household_no=["1", "2"],
        person_no=["11", "21"],
        ethnicity=["苗族", "汉族"],
        political=["群众", "群众"],
    )
    out = assemble([family(ethnicity=[None, "土家族"]), national], token)
    people = {row["person_no"]: row for row in out.tables[Table.PERSON].to_dicts()}
    assert people["11"]["ethnicity"] is None, "an empty answer of the leading sheet stays empty"
    assert people["11"]["political"] == "群众"
    assert people["21"]["ethnicity"] == "汉族"
    assert out.tables[Table.HOUSEHOLD]["household_no"].to_list() == ["1", "2"]


def test_work_rows_keep_the_order_of_the_sheet_and_strangers_are_told():
    jobs = rows(
        JOBS,
        household_no=["1", "9", "1"],
        person_no=["11", "91", "11"],
        start=[202603, 202601, 202501],
    )
    out = assemble([family(), jobs], token)
    assert out.tables[Table.JOB].select("row_no", "start").rows() == [(1, 202603), (2, 202501)]
    assert [note.where for note in out.notes] == ["已外出务工!person_no5"]


def test_other_sheets_of_households_add_columns():
    housing = rows(HOUSING, household_no=["1"], housing_grade=["C"])
    construction = rows(CONSTRUCTION, household_no=["1"], construction_type=["脱贫户"])
    [household] = (
        assemble([family(), housing, construction], token).tables[Table.HOUSEHOLD].to_dicts()
    )
    assert (household["housing_grade"], household["construction_type"]) == ("C", "脱贫户")


def test_income_is_one_row_an_item():
    income = rows(INCOME, household_no=["1"], year=[2026], a1=[1200000], e1=[None])
    assert assemble([family(), income], token).tables[Table.INCOME].rows() == [
        ("1", VILLAGE, 2026, "a1", 1200000)
    ]


def test_an_empty_list_of_values_is_missing():
    out = assemble([family(health=[["残疾"], []])], token)
    assert out.tables[Table.PERSON]["health"].to_list() == [["残疾"], None]


def test_villages_stand_once():
    out = assemble([family(), rows(VILLAGES, exited=[True, False])], token)
    assert [problem.rule for problem in out.problems] == ["unique-row"]
    assert out.tables[Table.VILLAGE]["exited"].to_list() == [True]


def test_no_sheet_at_all_gives_empty_tables():
    out = assemble([], token)
    assert all(frame.height == 0 for frame in out.tables.values())
