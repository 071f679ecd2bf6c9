"""Published summaries lie behind the wall of persons: their small counts are not left out."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_summary")]

    operations = [policies.walled("desk_summary", classes=[DataClass.PERSONS])]
