from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = "The record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tracker.signals import release_ingested

        from . import append_only, tasks
        from .linking import indexing

        connection_created.connect(append_only.prepare_connection, dispatch_uid="append_only_connection")
        post_migrate.connect(append_only.install_guards, sender=self, dispatch_uid="append_only_guards")
        release_ingested.connect(tasks.on_release_ingested, dispatch_uid="link_what_was_ingested")
        indexing.follow_the_record()
