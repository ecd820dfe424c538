from django.db import migrations, models

TABLES = ("commitments_evidence_words", "commitments_release_words")


def no_pending_lists(apps, schema_editor):
    """What is newly written goes into the index at once, and not into a list beside it that every search reads."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"ALTER INDEX {table}_gin SET (fastupdate = off)")
        schema_editor.execute(f"SELECT gin_clean_pending_list('{table}_gin')")


def pending_lists(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"ALTER INDEX {table}_gin RESET (fastupdate)")


class Migration(migrations.Migration):

    dependencies = [
        ("commitments", "0024_staff_digests"),
    ]

    operations = [
        migrations.RunPython(no_pending_lists, pending_lists),
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(condition=models.Q(("demonstration", True)), fields=["id"], name="commitment_demonstration"),
        ),
    ]
