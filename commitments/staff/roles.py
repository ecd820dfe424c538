"""What each role may do. The groups of these names are set to this after every `migrate`; docs/roles.md shows it.

Each role may do what the one before it may, and what is said of it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.db.models import Q

#: What can be done with the rows of a model, as Django names it and as we say it.
VERBS = {"view": "see", "add": "add", "change": "change", "delete": "remove"}


@dataclass(frozen=True)
class Role:
    """`may` lists, for each verb of VERBS, models as in "tracker.source"."""

    name: str
    summary: str
    may: dict[str, tuple[str, ...]]


def _of(app: str, names: str) -> tuple[str, ...]:
    return tuple(f"{app}.{name}" for name in names.split())


_WATCH = _of(
    "tracker",
    "source poll release revision appearance provenance attachment snapshot keptapart changenote pendingentry backfill "
    "recheck sourcealert tick",
)
_RECORD = _of(
    "commitments",
    "commitment definition target targetcomponent statuschange evidence measurement series milestone question "
    "nextevidence statusproposal goalpost possiblecommitment tablepointer tablereading administration department "
    "policyarea linkedrevision merge movedrow departmentname succession formerlead linkerversion linkerswitch "
    "withholding reply import ownwords",
)
_TO_COME = _of("commitments", "question nextevidence")
_MAIL = _of("commitments", "digest bounce brake")
_HOOKS = _of("commitments", "webhook webhookmessage")
_READERS = _of("commitments", "subscriber subscription")
_NAMES = _of("commitments", "series administration department policyarea")

VIEWER = Role("Viewer", "sees the record and the watch, drafts included", {"view": _WATCH + _RECORD})
RESEARCHER = Role(
    "Researcher",
    "decides on evidence, figures from tables, goalposts and possible commitments, adds documents by hand, keeps what "
    "was asked and what is expected, and sees what readers say is wrong",
    {
        "view": ("commitments.correctionrequest",),
        "add": (*_TO_COME, "tracker.release"),
        "change": (*_TO_COME, *_of("commitments", "evidence goalpost possiblecommitment tablereading")),
    },
)
EDITOR = Role(
    "Editor",
    (
        "writes commitments, brings them from files, publishes and merges them, changes their status or confirms one "
        "that is proposed, points at figures in tables, answers what readers say is wrong, and keeps from the public "
        "what must not be shown; sees the audit"
    ),
    {
        "view": ("commitments.auditentry",),
        "add": (
            *_of("commitments", "commitment definition statuschange milestone withholding reply import tablepointer"),
            *_NAMES,
        ),
        "change": (
            *_of("commitments", "commitment milestone statusproposal correctionrequest reply tablepointer"),
            *_NAMES,
        ),
        "delete": ("commitments.milestone", *_TO_COME, *_NAMES),
    },
)
MANAGER = Role(
    "Manager",
    (
        "keeps the sources, the linker's version, the subscribers, the webhooks and the accounts, and writes the "
        "owner's own pages"
    ),
    {
        "view": ("auth.user", "commitments.erasure", "axes.accessattempt", *_READERS, *_MAIL, *_HOOKS),
        "add": ("auth.user", "tracker.source", *_READERS, *_of("commitments", "linkerswitch ownwords webhook")),
        "change": ("auth.user", "tracker.source", *_READERS, *_of("commitments", "ownwords webhook")),
        "delete": ("tracker.source", *_READERS, *_of("commitments", "ownwords webhook"), "axes.accessattempt"),
    },
)
ROLES = (VIEWER, RESEARCHER, EDITOR, MANAGER)


def permissions(role: Role) -> set[tuple[str, str]]:
    """All that a role may, as pairs of a model and a verb."""
    return {
        (model, verb)
        for each in ROLES[: ROLES.index(role) + 1]
        for verb, models in each.may.items()
        for model in models
    }


def install(using: str, **kwargs: object) -> None:
    """Make the groups, or set them right again. Permissions that Django has not made yet are made first."""
    if Group._meta.db_table not in connections[using].introspection.table_names():
        return
    for label in sorted({model.partition(".")[0] for model, _ in permissions(MANAGER)}):
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role.name)
        wanted = Q(pk__in=[])
        for model, verb in permissions(role):
            app, _, name = model.partition(".")
            wanted |= Q(content_type__app_label=app, codename=f"{verb}_{name}")
        group.permissions.set(Permission.objects.using(using).filter(wanted))


def as_markdown() -> str:
    """docs/roles.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Roles"
    yield ""
    yield "Everyone who signs in has one role. Each may do what the one before it may, and more:"
    yield ""
    for role in ROLES:
        yield f"- **{role.name}** {role.summary}."
    yield ""
    yield "Roles are groups of Django's, set to this table by every `migrate`. What one person may do beyond their"
    yield "role, a superuser gives them by single permissions. A superuser may do everything but what nobody may:"
    yield "change history, or remove an account. `make roles` writes this page from `commitments/staff/roles.py`."
    yield ""
    yield f"| | {' | '.join(role.name for role in ROLES)} |"
    yield f"|---|{'---|' * len(ROLES)}"
    for model in sorted({model for model, _ in permissions(MANAGER)}, key=_words):
        cells = [
            ", ".join(words for verb, words in VERBS.items() if (model, verb) in permissions(role)) for role in ROLES
        ]
        yield f"| {_words(model)} | {' | '.join(cells)} |"


def _words(model: str) -> str:
    words = str(apps.get_model(model)._meta.verbose_name_plural)
    return words[0].upper() + words[1:]
