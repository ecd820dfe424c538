from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = "The record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from tracker import signals

        from . import append_only, following, tasks
        from .audit import acting, triggers
        from .linking import indexing, joined_releases
        from .search import text_tables
        from .staff import roles, sessions

        connection_created.connect(append_only.prepare_connection, dispatch_uid="append_only_connection")
        connection_created.connect(acting.prepare_connection, dispatch_uid="audit_connection")
        pre_migrate.connect(triggers.remove, sender=self, dispatch_uid="audit_triggers_away")
        connection_created.connect(text_tables.prepare_connection, dispatch_uid="text_tables_connection")
        pre_migrate.connect(following.remove, sender=self, dispatch_uid="following_triggers_away")
        pre_migrate.connect(text_tables.remove, sender=self, dispatch_uid="text_tables_triggers_away")
        post_migrate.connect(append_only.install_guards, sender=self, dispatch_uid="append_only_guards")
        # Before the triggers: what roles may do follows from the program, and is no news.
        post_migrate.connect(roles.install, sender=self, dispatch_uid="roles")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="audit_triggers")
        post_migrate.connect(following.install, sender=self, dispatch_uid="following_triggers")
        post_migrate.connect(text_tables.install, sender=self, dispatch_uid="text_tables_triggers")
        user_logged_in.connect(sessions.note_sign_in, dispatch_uid="hours_signed_in")
        signals.release_ingested.connect(tasks.on_release_ingested, dispatch_uid="link_what_was_ingested")
        signals.releases_joined.connect(joined_releases.on_joined, dispatch_uid="go_along_with_a_join")
        signals.release_taken_apart.connect(joined_releases.on_taken_apart, dispatch_uid="link_what_was_taken_apart")
        signals.revision_retold.connect(joined_releases.on_retold, dispatch_uid="judge_by_the_publishers_voice")
        indexing.follow_the_record()
