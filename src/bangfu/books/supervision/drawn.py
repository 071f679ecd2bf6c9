"""What the projects are told: which of them are drawn to be looked at before the county accepts them."""

from bangfu.books.projects import lots
from bangfu.books.supervision import queries

lots.told_by(queries.drawn)
