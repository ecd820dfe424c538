"""A promise in public, and the questions asked of the whole record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone

from commitments import timing

from .address import Addressed, FormerSlug
from .people import Administration, Department, PolicyArea

if TYPE_CHECKING:
    from .definition import Definition
    from .status import StatusChange


class Judgeability(models.TextChoices):
    """Can it be rated at all?"""

    VERIFIABLE = "verifiable", "can be checked"
    WORDING = "wording", "unclear wording"
    MEASURE = "measure", "no measure given"
    BASELINE = "baseline", "no baseline given"
    DEADLINE = "deadline", "no deadline given"
    DATA = "data", "no data published"


class Publication(models.TextChoices):
    DRAFT = "draft", "draft"
    SCHEDULED = "scheduled", "scheduled"
    PUBLISHED = "published", "published"


class Importance(models.IntegerChoices):
    """How much it matters to this desk. Never public."""

    LOW = 1, "low"
    NORMAL = 2, "normal"
    HIGH = 3, "high"


def is_public(of: str = "") -> Q:
    """Whether the public may see a commitment now. `of` leads to it from another model: "commitment".

    One that is scheduled is public once its time has come: the clock says so, and nothing has to be done.
    """
    to = f"{of}__" if of else ""
    scheduled = {f"{to}publication": Publication.SCHEDULED, f"{to}publish_at__lte": timezone.now()}
    return Q(**{f"{to}publication": Publication.PUBLISHED}) | Q(**scheduled)


#: Somebody looked at it lately if it was no longer ago than this.
LOOKED_LATELY = dt.timedelta(days=30)
#: From so long without evidence on, a commitment is silent.
SILENCE = dt.timedelta(days=90)


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def public(self) -> Self:
        """What has a public address now, those included that were merged into another and lead there."""
        return self.filter(is_public())

    def published(self) -> Self:
        return self.public().filter(merged_into=None)

    def followed_by(self, person: int) -> Self:
        """Those that a person, given by key, owns or watches: what the staff's pages call mine."""
        watched = Commitment.watchers.through.objects.filter(commitment=OuterRef("pk"), user=person)
        return self.filter(Q(owner=person) | Exists(watched))

    def in_force(self, on: dt.date) -> Self:
        """Annotate what holds on a day: `definition_id`, `status`, `status_change_id`, `status_since`,
        `due_from`, `due_by`. Without a `status_change_id` nobody has judged it.

        The definition and the status in force are the latest by the day from which they hold; of several
        from one day, the one recorded last. Before the first of them holds, the first is used.
        """
        from .definition import Definition
        from .status import Status, StatusChange

        definitions = Definition.objects.filter(commitment=OuterRef("pk")).latest_in_force_first(on)
        statuses = StatusChange.objects.filter(commitment=OuterRef("pk")).latest_in_force_first(on)
        return self.annotate(
            definition_id=Subquery(definitions.values("pk")[:1]),
            due_from=Subquery(definitions.values(day=Coalesce("deadline_earliest", "deadline_latest"))[:1]),
            due_by=Subquery(definitions.values("deadline_latest")[:1]),
            status=Coalesce(
                Subquery(statuses.values("to_status")[:1]),
                Value(Status.NOT_STARTED.value),
                output_field=models.CharField(),
            ),
            status_change_id=Subquery(statuses.values("pk")[:1]),
            status_since=Subquery(
                statuses.values(day=Case(When(effective_is_known=True, then="effective_from")))[:1],
            ),
        )

    def with_timing(self, timing_key: str, on: dt.date) -> Self:
        """Commitments whose timing on a day is `timing_key` (one of timing.Timing)."""
        return self.in_force(on).filter(timing.condition(timing.Timing(timing_key), on))

    def overdue(self, on: dt.date) -> Self:
        """Past the last day of their deadline, without a final status; longest overdue first."""
        return self.with_timing(timing.Timing.OVERDUE, on).order_by("due_by", "pk")

    def due_soon(self, on: dt.date) -> Self:
        """Their deadline's last day is at most 30 days away; soonest first."""
        return self.with_timing(timing.Timing.DUE_SOON, on).order_by("due_by", "pk")

    def overdue_and_not_looked_at(self, on: dt.date) -> Self:
        """Published and overdue, and nobody has looked at them for `LOOKED_LATELY`."""
        lately = Q(reviewed_on__gte=on - LOOKED_LATELY)
        return self.published().overdue(on).exclude(lately)

    def silent(self, on: dt.date) -> Self:
        """Published, not final, promised longer ago than `SILENCE`, and without accepted evidence since then."""
        from .evidence import Evidence

        since = on - SILENCE
        heard = Evidence.objects.accepted().filter(commitment=OuterRef("pk"), release__published_at__date__gt=since)
        promised_before = Q(made_on=None) | Q(made_on__lte=since)
        open_ones = self.published().in_force(on).exclude(status__in=timing.FINAL)
        return open_ones.filter(promised_before, ~Exists(heard))

    def past_review(self, on: dt.date) -> Self:
        """Published, not final, and not looked at for longer than their own interval."""
        open_ones = self.published().in_force(on).exclude(status__in=timing.FINAL)
        looked = Coalesce("reviewed_on", TruncDate("created_at"))
        return open_ones.annotate(unlooked_days=DaysBefore(on, looked)).filter(
            unlooked_days__gt=F("review_interval_days")
        )


class DaysBefore(Func):
    """How many days a day, given as an expression, was before `on`."""

    output_field = models.IntegerField()

    def __init__(self, on: dt.date, day: Any) -> None:
        super().__init__(Value(on, output_field=models.DateField()), day)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "CAST(julianday(%(expressions)s) AS INTEGER)"
        return super().as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner="::date - ", **more)


class Commitment(Addressed):
    """A promise that a body made in public, checkable by someone else later.

    Its words, target and deadline are in its definitions; its status in its status changes.
    """

    addressed_as = FormerSlug.Kind.COMMITMENT

    class Kind(models.TextChoices):
        ACTION = "action", "action"
        OUTCOME = "outcome", "outcome"

    reference = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ACTION)
    made_on = models.DateField(null=True, blank=True)
    made_by = models.CharField(
        max_length=200, blank=True, help_text="Who said it, in which office: “Jane Doe, Home Secretary”."
    )
    extent = models.CharField(max_length=100, blank=True, help_text="The whole or the part of the country it is for.")
    administration = models.ForeignKey(
        Administration, on_delete=models.PROTECT, related_name="commitments", null=True, blank=True
    )
    adopted_by = models.ForeignKey(
        Administration, on_delete=models.PROTECT, related_name="adopted_commitments", null=True, blank=True
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="commitments", null=True, blank=True
    )
    other_departments = models.ManyToManyField(Department, related_name="shared_commitments", blank=True)
    policy_area = models.ForeignKey(
        PolicyArea, on_delete=models.PROTECT, related_name="commitments", null=True, blank=True
    )
    keywords = models.TextField(blank=True, help_text="Names it goes by, separated by commas; used for linking.")
    series = models.ManyToManyField("commitments.Series", related_name="commitments", blank=True)
    judgeability = models.CharField(max_length=20, choices=Judgeability, default=Judgeability.VERIFIABLE)
    judgeability_note = models.TextField(blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="parts", null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="merged", null=True, blank=True)
    publication = models.CharField(max_length=20, choices=Publication, default=Publication.PUBLISHED)
    publish_at = models.DateTimeField(
        "public from",
        null=True,
        blank=True,
        help_text="For “scheduled”: it is published by itself when this time has come.",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="owned_commitments",
        null=True,
        blank=True,
        help_text="Who looks after it.",
    )
    watchers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="watched_commitments", blank=True, help_text="Who else wants to know."
    )
    importance = models.PositiveSmallIntegerField(choices=Importance, default=Importance.NORMAL)
    review_interval_days = models.PositiveIntegerField(default=180)
    reviewed_on = models.DateField(null=True, blank=True)
    demonstration = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    linkable_since = models.DateTimeField(
        null=True,
        editable=False,
        db_index=True,
        help_text="When the linker first saw its words as they are; releases linked before then are looked at again "
        "for it. Empty until it has.",
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["reference"]
        indexes = [
            models.Index(fields=["publication", "merged_into"], name="commitment_public"),
            models.Index(fields=["made_on"], name="commitment_made_on"),
            # Every public page asks whether there is one.
            models.Index(fields=["id"], condition=Q(demonstration=True), name="commitment_demonstration"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="commitment_not_merged_into_itself"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="commitment_not_its_own_parent"),
            models.CheckConstraint(condition=~Q(reference=""), name="commitment_has_a_reference"),
            models.CheckConstraint(
                condition=Q(publication="scheduled", publish_at__isnull=False)
                | ~Q(publication="scheduled") & Q(publish_at=None),
                name="commitment_has_a_time_when_it_is_scheduled",
            ),
            models.CheckConstraint(
                condition=Q(review_interval_days__gte=1), name="commitment_review_interval_at_least_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("commitment", args=[self.slug])

    def clean(self) -> None:
        """A time goes with "scheduled" and with nothing else.

        A commitment that is merged into another, or a part of it, cannot be what that one leads back to.
        """
        super().clean()
        if self.publication != Publication.SCHEDULED:
            self.publish_at = None
        elif self.publish_at is None:
            raise ValidationError({"publish_at": "Say from when it is to be public, or keep it a draft."})
        for name, message in (
            ("merged_into", "That commitment is itself merged into this one: its address would lead in a circle."),
            ("parent", "That commitment is itself a part of this one."),
        ):
            if self.pk is not None and self._is_reached_from(name):
                raise ValidationError({name: message})

    @property
    def is_public(self) -> bool:
        """Whether the public may see it now."""
        if self.publication == Publication.SCHEDULED and self.publish_at is not None:
            return self.publish_at <= timezone.now()
        return self.publication == Publication.PUBLISHED

    def end_of_merges(self) -> Commitment:
        """The commitment to which its address leads: itself, unless it was merged, at the end of all merges."""
        at, passed = self, {self.pk}
        while at.merged_into is not None and at.merged_into_id not in passed:
            at = at.merged_into
            passed.add(at.pk)
        return at

    @property
    def review_due_on(self) -> dt.date:
        """The day by which somebody should look at it again."""
        looked = self.reviewed_on or timezone.localdate(self.created_at)
        return looked + dt.timedelta(days=self.review_interval_days)

    def definition_on(self, on: dt.date) -> Definition:
        """The definition in force on a day."""
        return self.definitions.latest_in_force_first(on)[0]

    @property
    def first_definition(self) -> Definition:
        return self.definitions.order_by("effective_from", "pk")[0]

    def status_change_on(self, on: dt.date) -> StatusChange | None:
        """The status change in force on a day; None while nobody has decided anything."""
        return self.status_changes.latest_in_force_first(on).first()

    def status_on(self, on: dt.date) -> str:
        return _status_after(self.status_change_on(on))

    def timing_on(self, on: dt.date) -> timing.Timing:
        """What the clock says of it on a day."""
        definition = self.definition_on(on)
        change = self.status_change_on(on)
        return timing.timing(
            definition.deadline_first_day,
            definition.deadline_latest,
            _status_after(change),
            change.effective_from if change and change.effective_is_known else None,
            on,
        )

    def _is_reached_from(self, name: str) -> bool:
        """Whether following the relation `name` from this commitment comes back to it."""
        passed: set[int] = set()
        at = getattr(self, f"{name}_id")
        while at is not None and at not in passed:
            if at == self.pk:
                return True
            passed.add(at)
            at = Commitment.objects.values_list(f"{name}_id", flat=True).get(pk=at)
        return False

    def _free_slug(self) -> str:
        like = Commitment.objects.filter(slug__startswith=_stem(self.title, self.reference))
        taken = {*like.values_list("slug", flat=True), *FormerSlug.all_of(self.addressed_as)}
        return self.free_slug(self.title, self.reference, taken)

    @staticmethod
    def free_slug(title: str, reference: str, taken: Collection[str]) -> str:
        """The address of a commitment of this title, beside those that are `taken`."""
        stem = _stem(title, reference)
        number, slug = 2, stem
        while slug in taken:
            slug, number = f"{stem}-{number}", number + 1
        return slug


def _stem(title: str, reference: str) -> str:
    from django.utils.text import slugify

    return slugify(title)[:100].strip("-") or slugify(reference) or "commitment"


def _status_after(change: StatusChange | None) -> str:
    from .status import Status

    return change.to_status if change else Status.NOT_STARTED.value
