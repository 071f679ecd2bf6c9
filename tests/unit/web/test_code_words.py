"""Every value of a closed list has an English word."""

from bangfu.core.facts import codes
from bangfu.web.codes import ENGLISH


def test_every_value_has_an_english_word():
    lists = [values for name, values in vars(codes).items() if name.isupper()]
    values = {value for one in lists for value in one if not value.isascii()}
    assert values - ENGLISH.keys() == set()
