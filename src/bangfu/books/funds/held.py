"""What the projects are told: which lines pay them, and how far each has come."""

from bangfu.books.funds import standing
from bangfu.books.projects import money

money.told_by(standing.lines_of)
