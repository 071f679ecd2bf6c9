"""The walls between books and people: scope, row-level policies, grants, guarded columns, history.

Shared machinery for every app of the books. It has no tables of its own.
"""
