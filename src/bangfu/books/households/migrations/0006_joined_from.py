from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0005_sampled_by_function'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='happening',
            index=models.Index(condition=models.Q(('kind', 'merge')), fields=['other_no'], name='households_happening_joined'),
        ),
    ]
