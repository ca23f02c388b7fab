from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_web_gates")]

    operations = [
        migrations.AddField(
            model_name="boot",
            name="heard_ms",
            field=models.BigIntegerField(default=0),
        ),
    ]
