"""Column rules of guarded numbers agree with the rules for one number."""

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from bangfu.core.identity import is_mobile, number_facts
from bangfu.core.sheets.numbers import certificate_facts, phone_facts, tokens

digits = st.text("0123456789", min_size=17, max_size=22)
numbers = st.one_of(
    digits,
    digits.map(lambda d: d[:17] + "X"),
    st.text(max_size=24),
    st.builds(
        lambda y, m, d, o: f"420527{y:04}{m:02}{d:02}{o:04}",
        st.integers(1900, 2030),
        st.integers(0, 13),
        st.integers(0, 32),
        st.integers(0, 9999),
    ),
)


@given(numbers)
@example("11010519491231002X")
@example("11010519491231002x")
@example("11010519491231002X43")
@example(" 999999194912310025 ")
def test_columns_agree_with_one_number(number):
    # Only blanks that sheets hold: the two strip functions differ on exotic control characters.
    number = "".join(c for c in number if c.isprintable())
    row = pl.DataFrame({"certificate": [number]}).select(certificate_facts()).row(0, named=True)
    facts = number_facts(number)
    assert row["certificate_length"] == facts.length
    assert row["certificate_valid"] == facts.checksum_valid
    assert row["certificate_placeholder"] == facts.placeholder
    assert row["certificate_birth"] == facts.birth
    assert row["certificate_sex"] == {1: "男", 2: "女", None: None}[facts.sex]
    assert row["disability_class"] == facts.disability_class
    assert row["disability_grade"] == facts.disability_grade


@given(st.one_of(st.from_regex(r"\A1[2-9][0-9]{8,10}\Z"), st.text(max_size=13)))
def test_phones_agree(phone):
    phone = "".join(c for c in phone if c.isprintable())
    row = pl.DataFrame({"phone": [phone]}).select(phone_facts("phone")).row(0, named=True)
    assert row["phone_valid"] == is_mobile(phone)


def test_missing_number_has_no_facts():
    row = pl.DataFrame({"certificate": [None]}, schema={"certificate": pl.String})
    assert set(row.select(certificate_facts()).row(0)) == {None}


def test_a_person_has_one_token_on_every_list():
    column = pl.Series(
        "certificate", ["11010519491231002x", "11010519491231002X43", " 110105194912310021 ", None]
    )
    assert tokens(column, lambda text: f"t{text}").to_list() == [
        "t11010519491231002X",
        "t11010519491231002X",
        "t110105194912310021",
        None,
    ]
