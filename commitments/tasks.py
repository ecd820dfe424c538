"""Celery's way in: each task finds or claims work, calls one function and records the outcome."""

from __future__ import annotations

from celery import shared_task


def on_release_ingested(revision, **kwargs):
    pass
