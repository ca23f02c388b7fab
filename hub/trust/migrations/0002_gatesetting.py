from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trust", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="GateSetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(blank=True, max_length=48)),
                ("key", models.CharField(max_length=40)),
                ("value", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("scope"), models.F("key"), name="one_value_per_key"
                    )
                ],
            },
        ),
    ]
