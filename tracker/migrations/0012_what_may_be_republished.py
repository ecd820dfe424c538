from django.db import migrations, models

from tracker.models.rights import Republish


def as_usual(apps, schema_editor):
    """The sources that there are may be republished as new ones of their voice and address would be."""
    Source = apps.get_model("tracker", "Source")
    for source in Source.objects.only("voice", "url"):
        Source.objects.filter(pk=source.pk).update(republish=Republish.usual(source.voice, source.url))


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0011_joined_releases"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="republish",
            field=models.CharField(
                choices=[("full", "in full"), ("quotes", "short quotes with a link")],
                default="quotes",
                help_text="What the public may see of its texts. In full only where its licence allows it.",
                max_length=10,
                verbose_name="may be republished",
            ),
        ),
        migrations.RunPython(as_usual, migrations.RunPython.noop),
    ]
