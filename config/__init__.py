"""Assembles the rooms: settings, addresses, the broker and the schedule."""

from .celery import app as celery_app

__all__ = ["celery_app"]
