"""What publishing is told as it happens: a list was fixed, or drawn from."""

from bangfu.books.publishing import actions
from bangfu.books.supervision import telling

telling.told_to(actions.publish_draw)
