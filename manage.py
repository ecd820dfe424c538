#!/usr/bin/env python
"""Django's command line for Pledgewatch."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
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
