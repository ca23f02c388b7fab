from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_kiosk_invited_under")]

    operations = [
        migrations.AlterField(
            model_name="claim",
            name="kid",
            field=models.BinaryField(db_index=True, max_length=8),
        ),
    ]
