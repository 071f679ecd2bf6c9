"""No row that is written pays for an index that nothing reads."""

from django.apps import apps
from django.db import connections

from bangfu.books.walls.indexes import drop_needless

_OF = """
select t.relname, c.relname, a.attname from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_class t on t.oid = i.indrelid
join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
where t.relnamespace = 'public'::regnamespace and not i.indisunique
"""


def indexes():
    with connections["owner"].cursor() as cursor:
        cursor.execute(_OF)
        return set(cursor.fetchall())


def test_a_history_is_found_by_its_row_and_its_household_alone(db_owner):
    histories = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    names = {model._meta.db_table for model in histories}
    declared = {index.name for model in histories for index in model._meta.indexes}
    mine = {one for one in indexes() if one[0] in names}
    assert len(histories) > 40
    assert declared <= {index for _, index, _ in mine}
    rest = {(table, column) for table, index, column in mine if index not in declared}
    assert {column for _, column in rest} == {"household_no"}
    assert ("households_incomeitemhistory", "household_no") in rest


def test_a_key_of_another_table_is_indexed_once(db_owner):
    found = indexes()
    of = [column for table, _, column in found if table == "households_incomeitemhistory"]
    assert of.count("household_no") == 1
    # An answer is found by the longer index that begins with its record; a claim by its contract's own.
    assert [column for table, _, column in found if table == "cases_answer"].count("record_id") == 0
    assert [column for table, _, column in found if table == "funds_claim"].count(
        "contract_id"
    ) == 1
    # Places are looked for by the beginning of their code.
    assert [one for one in found if one[0] == "places_place" and one[1].endswith("_like")]


def test_what_is_dropped_stays_dropped_and_the_rest_stays(db_owner):
    before = indexes()
    with db_owner.cursor() as cursor:
        cursor.execute("create index again on payments_paymenthistory (batch_id)")
    assert indexes() - before == {("payments_paymenthistory", "again", "batch_id")}
    drop_needless("owner")
    assert indexes() == before
