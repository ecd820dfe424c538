"""Subscribers' addresses leave the admin's own log, so that whoever is erased is gone from there too."""

from django.db import migrations


def forget(apps, schema_editor):
    database = schema_editor.connection.alias
    mailboxes = apps.get_model("contenttypes", "ContentType").objects.using(database).filter(
        app_label="commitments", model__in=["subscriber", "digest"]
    )
    log = apps.get_model("admin", "LogEntry").objects.using(database).filter(content_type__in=mailboxes)
    log.update(object_repr="a subscriber", change_message="")


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0011_audit"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
