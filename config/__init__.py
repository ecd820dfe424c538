"""Assembles the rooms: settings, addresses, the broker and the schedule."""

from . import checks
from .celery import app as celery_app

__all__ = ["celery_app", "checks"]
