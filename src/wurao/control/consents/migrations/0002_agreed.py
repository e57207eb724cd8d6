from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="request",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("agreed", "agreed"),
                    ("given", "given"),
                    ("declined", "declined"),
                ],
                default="waiting",
                max_length=20,
            ),
        ),
        migrations.RenameField(model_name="bulk", old_name="revoked", new_name="left_out"),
    ]
