"""Addresses found quickly are those that Django finds."""

import pytest
from django.template import engines
from django.urls import NoReverseMatch, get_resolver, reverse

from bangfu.web.addresses import address_of

VIEWS = sorted(
    {
        (name, len(names))
        for name in get_resolver().reverse_dict
        if isinstance(name, str)
        for ways, *_ in get_resolver().reverse_dict.getlist(name)
        for _, names in ways
    }
)


def test_there_are_views_of_every_kind():
    assert {count for _, count in VIEWS} >= {0, 1, 2}


@pytest.mark.parametrize("first", ["420527101200", "7", "a b", "户/1", "2026-10", "#?&"])
def test_an_address_is_what_django_gives(first: str):
    for view, count in VIEWS:
        arguments = [first, "3", "4"][:count]
        try:
            expected = reverse(view, args=arguments)
        except NoReverseMatch:
            with pytest.raises(NoReverseMatch):
                address_of(view, *arguments)
        else:
            assert address_of(view, *arguments) == expected


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{% url 'household' number %}", "/households/42/"),
        ("{% url 'household' household_no=number %}", "/households/42/"),
        ("{% url view number %}", "/households/42/"),
        ("{% url 'household' 'a&b' %}", "/households/a&amp;b/"),
        ("{% url 'household' number as kept %}{{ kept }}{{ kept }}", "/households/42/" * 2),
    ],
)
def test_the_word_of_templates(written: str, said: str):
    template = engines["django"].from_string(written)
    assert template.render({"number": 42, "view": "household"}) == said
