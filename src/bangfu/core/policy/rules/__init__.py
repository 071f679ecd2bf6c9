"""The small rule language: parsed with Python's `ast` against a white list, typed, never executed.

`parser` turns text into the typed nodes of `nodes`; `compile` turns nodes into Ibis expressions;
`compose` lays many rules over the tables of a snapshot at once.
"""
