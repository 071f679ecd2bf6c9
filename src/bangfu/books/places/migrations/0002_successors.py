from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["successor"], name="places_place_successor"),
        ),
    ]
