"""What an import calls the tables it changed."""

from bangfu.books.intake.importing import table_name
from bangfu.core.sheets.rosters import ROSTERS


def test_every_table_has_a_name_in_both_languages():
    names = ["household", "person", "places", "key_villages", *(sheet.id for sheet in ROSTERS)]
    for name in names:
        told = table_name(name)
        assert not told.zh.isascii()
        assert told.en.isascii()
        assert name not in told.zh
