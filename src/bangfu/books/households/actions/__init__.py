"""Verbs on households."""

from bangfu.books.households.actions.dividing import merge_households, split_household
from bangfu.books.households.actions.importing import import_households
from bangfu.books.households.actions.members import add_member, change_head, remove_member
from bangfu.books.households.actions.names import index_names

__all__ = [
    "add_member",
    "change_head",
    "import_households",
    "index_names",
    "merge_households",
    "remove_member",
    "split_household",
]
