
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publishing', '0004_draw_walls'),
    ]

    operations = [
        migrations.AlterField(
            model_name='publication',
            name='kind',
            field=models.CharField(choices=[('plan', '资金项目计划'), ('project', '项目'), ('month', '资金拨付'), ('results', '项目绩效'), ('draw', '抽查'), ('seal', '月封')], max_length=10),
        ),
        migrations.AlterField(
            model_name='publicationhistory',
            name='kind',
            field=models.CharField(choices=[('plan', '资金项目计划'), ('project', '项目'), ('month', '资金拨付'), ('results', '项目绩效'), ('draw', '抽查'), ('seal', '月封')], max_length=10),
        ),
        migrations.CreateModel(
            name='HeadCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(max_length=12)),
                ('township', models.TextField(blank=True, default='')),
                ('village', models.TextField(blank=True, default='')),
                ('line_number', models.TextField()),
                ('position', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publishing.publication')),
            ],
            options={
                'indexes': [models.Index(fields=['place_code'], name='publishing_head_place')],
            },
        ),
        migrations.CreateModel(
            name='SealCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_code', models.CharField(max_length=12)),
                ('township', models.TextField(blank=True, default='')),
                ('village', models.TextField(blank=True, default='')),
                ('month', models.IntegerField()),
                ('previous', models.CharField(blank=True, default='', max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publishing.publication')),
            ],
            options={
                'indexes': [models.Index(fields=['place_code'], name='publishing_seal_place')],
            },
        ),
    ]
