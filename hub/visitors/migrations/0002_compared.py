from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visitors", "0001_initial")]

    operations = [
        migrations.AddField("datarequest", "compared", models.DateTimeField(null=True)),
        migrations.AddField(
            "datarequest", "compared_by", models.CharField(blank=True, max_length=150)
        ),
        migrations.AddField("datarequest", "proof", models.BinaryField(null=True)),
    ]
