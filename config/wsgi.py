"""The web application: `gunicorn config.wsgi`."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()


def _warm() -> None:
    """Read what search needs before anybody asks. Should the database be away, whoever asks first reads it."""
    import logging

    from django.db import DatabaseError, connection
    from django.utils import timezone

    from commitments.search import copies

    try:
        copies.warm(timezone.localdate())
    except DatabaseError as error:
        logging.getLogger(__name__).warning("Search was not read in beforehand: %s", error)
    finally:
        connection.close()


threading.Thread(target=_warm, name="warm search", daemon=True).start()
