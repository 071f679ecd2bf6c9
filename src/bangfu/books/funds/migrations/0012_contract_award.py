"""Contracts for services, and contracts on what was tendered held against its award."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql" / "0007_award.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('funds', '0011_contract_schemes'),
        ('projects', '0006_bidder_walls'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='contract',
            name='funds_contract_basis',
        ),
        migrations.AlterField(
            model_name='contract',
            name='basis',
            field=models.CharField(choices=[('contract', '合同'), ('service', '服务合同'), ('award', '奖补批复'), ('roster', '发放清册')], max_length=10),
        ),
        migrations.AlterField(
            model_name='contracthistory',
            name='basis',
            field=models.CharField(choices=[('contract', '合同'), ('service', '服务合同'), ('award', '奖补批复'), ('roster', '发放清册')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['contract', 'service', 'award', 'roster'])), name='funds_contract_basis'),
        ),
        migrations.RunSQL(
            SQL.read_text("utf-8"),
            "drop trigger funds_award on funds_contract; drop function funds_hold_against_award();",
        ),
    ]
