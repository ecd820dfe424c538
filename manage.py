#!/usr/bin/env python
"""Django's command line for Pledgewatch."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    from commitments.audit.acting import acting

    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        with acting(f"command {name}" if name.isidentifier() else "command"):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The settings are wrong: {error}")
    except DatabaseError as error:
        words = str(error)
        if "no such table" in words or ("relation" in words and "does not exist" in words):
            sys.exit("The database is not prepared yet: run `manage.py migrate` first.")
        raise


if __name__ == "__main__":
    main()
