from django.apps import AppConfig
from django.core import checks


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = "The watch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tracker import defaults

        defaults.fill_in()
        checks.register(defaults.check_settings)
