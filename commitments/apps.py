from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = "The record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from tracker.signals import release_ingested

        from . import append_only, tasks
        from .audit import acting, triggers
        from .linking import indexing
        from .staff import roles, sessions

        connection_created.connect(append_only.prepare_connection, dispatch_uid="append_only_connection")
        connection_created.connect(acting.prepare_connection, dispatch_uid="audit_connection")
        pre_migrate.connect(triggers.remove, sender=self, dispatch_uid="audit_triggers_away")
        post_migrate.connect(append_only.install_guards, sender=self, dispatch_uid="append_only_guards")
        # Before the triggers: what roles may do follows from the program, and is no news.
        post_migrate.connect(roles.install, sender=self, dispatch_uid="roles")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="audit_triggers")
        user_logged_in.connect(sessions.note_sign_in, dispatch_uid="hours_signed_in")
        release_ingested.connect(tasks.on_release_ingested, dispatch_uid="link_what_was_ingested")
        indexing.follow_the_record()
