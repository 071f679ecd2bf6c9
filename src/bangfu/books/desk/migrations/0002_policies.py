"""Who may see sums sees the figures of places, and who counts them."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial")]

    operations = [
        policies.walled("desk_placefigures", classes=[DataClass.SUMS]),
        policies.walled("desk_placefigureshistory", classes=[DataClass.SUMS]),
    ]
