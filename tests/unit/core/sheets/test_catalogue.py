from bangfu.core.facts.dictionary import AFTER_REMOVAL, FACTS, HELP
from bangfu.core.facts.model import Table
from bangfu.core.sheets.catalogue import BY_ID, SHEETS
from bangfu.core.sheets.national import NATIONAL

DERIVED = (
    "_length",
    "_valid",
    "_token",
    "_placeholder",
    "_birth",
    "_sex",
    "disability_class",
    "disability_grade",
    "row_no",
    "place_code",
    "household_no",
)


def test_no_header_means_two_columns():
    for sheet in SHEETS:
        headers = [header for column in sheet.columns for header in column.headers]
        assert len(headers) == len(set(headers)), sheet.id
    assert len(BY_ID) == len(SHEETS)


def test_the_national_export_has_its_47_columns():
    assert len([c for c in NATIONAL.columns if c.field != "place_code"]) == 47


def test_every_plain_fact_is_fed_by_a_sheet_or_derived_at_the_import():
    for table, facts in FACTS.items():
        if table is Table.INCOME:
            continue  # the income sheet has a column an item; it becomes a row an item
        fed = {c.field for sheet in SHEETS for c in sheet.columns if c.table is table}
        left = {f.name for f in facts if f.name not in fed and not f.name.endswith(DERIVED)}
        assert not left, table


def test_the_after_removal_answers_are_thirteen_and_the_measures_fourteen():
    assert (len(AFTER_REMOVAL), len(HELP)) == (13, 14)
