"""Every value of a closed list has an English word."""

import pytest

from bangfu.core.facts import codes
from bangfu.core.facts.english import ENGLISH
from bangfu.files.policy_folder import policy_in_force


def test_every_value_has_an_english_word():
    lists = [values for name, values in vars(codes).items() if name.isupper()]
    values = {value for one in lists for value in one if not value.isascii()}
    assert values - ENGLISH.keys() == set()


@pytest.mark.parametrize("key", ["funds.purposes", "payments.loan_purposes"])
def test_every_purpose_of_the_policy_has_an_english_word(key):
    purposes = {name for value in policy_in_force().every(key) for name in value.value}
    assert purposes
    assert purposes - ENGLISH.keys() == set()


def test_every_choice_of_a_case_form_has_an_english_word():
    steps = [step for found in policy_in_force().procedures.by_id.values() for step in found.steps]
    choices = {choice for step in steps for field in step.fields for choice in field.choices}
    assert "干部定期排查" in choices
    assert choices - ENGLISH.keys() == set()
