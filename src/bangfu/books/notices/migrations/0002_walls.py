"""The walls of notices, the ties between their tables, and what the public role may do."""

from pathlib import Path

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

SQL = Path(__file__).parents[1] / "sql"
UNDO = """
drop function notices_objection(text, bigint, text, bytea, bytea, text, text);
alter table notices_row drop constraint notices_row_no_number;
alter table notices_notice drop constraint notices_notice_no_number;
drop policy only_open on notices_row;
drop policy open on notices_row;
drop policy only_open on notices_notice;
drop policy open on notices_notice;
"""
# Money too: payments and project plans go on the same board and are answered for there.
CLASSES = [DataClass.PERSONS, DataClass.MONEY]


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("journal", "0001_initial")]

    operations = [
        policies.walled("notices_notice", classes=CLASSES),
        policies.walled("notices_noticehistory", classes=CLASSES),
        policies.walled("notices_row", classes=CLASSES),
        policies.walled("notices_objection", classes=CLASSES),
        policies.walled("notices_objectionhistory", classes=CLASSES),
        policies.tied("notices_row", ["notice_id"], "notices_notice", ["id"]),
        policies.tied("notices_objection", ["notice_id"], "notices_notice", ["id"]),
        migrations.RunSQL((SQL / "0002_public.sql").read_text("utf-8"), UNDO),
    ]
