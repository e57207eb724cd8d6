import django.utils.timezone
from django.db import migrations, models

_SUM = (
    'INSERT INTO stops_daycount (scope, "by", channel, day, name, action, "count") '
    """SELECT scope, "by", 'all', day, name, action, SUM("count") FROM stops_daycount """
    'GROUP BY scope, "by", day, name, action'
)
_TAKE_OUT = "DELETE FROM stops_daycount WHERE channel = 'all'"


class Migration(migrations.Migration):
    dependencies = [
        ("stops", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="takenpart",
            name="taken_at",
            field=models.DateTimeField(db_index=True, default=django.utils.timezone.now),
        ),
        migrations.RemoveConstraint(model_name="daycount", name="day_count_of"),
        migrations.RunSQL(_SUM, _TAKE_OUT),
        migrations.AddConstraint(
            model_name="daycount",
            constraint=models.UniqueConstraint(
                fields=("scope", "by", "channel", "day", "name", "action"), name="day_count_of"
            ),
        ),
    ]
