import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Substr

import commitments.models.digest


def one_each(apps, schema_editor):
    """What each subscriber had becomes the first of their subscriptions."""
    Subscriber = apps.get_model("commitments", "Subscriber")
    Subscription = apps.get_model("commitments", "Subscription")
    rows = Subscriber.objects.order_by("pk").values_list("pk", "scope").iterator(chunk_size=2_000)
    Subscription.objects.bulk_create((Subscription(subscriber_id=key, scope=scope) for key, scope in rows), batch_size=500)


def the_first(apps, schema_editor):
    """Who has several keeps the first; a search stays as the text that it is, which covers nothing then."""
    Subscription = apps.get_model("commitments", "Subscription")
    first = Subscription.objects.filter(subscriber=models.OuterRef("pk")).order_by("pk")
    subscribers = apps.get_model("commitments", "Subscriber").objects.filter(models.Exists(first))
    subscribers.update(scope=Substr(models.Subquery(first.values("scope")[:1]), 1, 200))


class Migration(migrations.Migration):

    dependencies = [
        ('commitments', '0021_search_follows_the_record'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_key', models.CharField(db_index=True, max_length=64)),
                ('at', models.DateTimeField()),
                ('why', models.CharField(choices=[('asked', 'by the subscriber'), ('staff', 'by staff'), ('left', 'had unsubscribed long before')], max_length=10)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasures', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('why', 'staff'), _negated=True), ('by__isnull', False), _connector='OR'), name='erasure_by_staff_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(default='all', help_text='“all”, “department:SLUG”, “area:SLUG”, “administration:SLUG”, “commitment:SLUG” or “search:WORDS”.', max_length=250)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='commitments.subscriber')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['scope'], name='subscription_by_scope')],
                'constraints': [models.UniqueConstraint(fields=('subscriber', 'scope'), name='subscription_once')],
            },
        ),
        migrations.RunPython(one_each, the_first),
        migrations.RemoveField(
            model_name='subscriber',
            name='scope',
        ),
        migrations.AddField(
            model_name='subscriber',
            name='moving_to',
            field=models.EmailField(blank=True, help_text='A new address that its owner has not confirmed yet.', max_length=254),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='paused_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='paused_until',
            field=models.DateTimeField(blank=True, help_text='Blank while paused: until resumed.', null=True),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='quiet_note',
            field=models.BooleanField(default=False, help_text='Wants a monthly note when nothing has happened.'),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='suppressed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='suppressed_because',
            field=models.CharField(blank=True, help_text='Why nothing is sent: mails bounced, a complaint, or your reason. Empty it, and mails go on.', max_length=500),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='time_zone',
            field=models.CharField(blank=True, help_text="By its IANA name, such as Europe/London; blank is the site's own.", max_length=64, validators=[commitments.models.digest.known_time_zone]),
        ),
        migrations.AlterField(
            model_name='subscriber',
            name='frequency',
            field=models.CharField(choices=[('at_once', 'at once'), ('daily', 'daily'), ('weekly', 'weekly')], default='daily', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(('paused_until', None), ('paused_at__isnull', False), _connector='OR'), name='subscriber_paused_from_a_time'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('suppressed_at', None), ('suppressed_because', '')), models.Q(('suppressed_at__isnull', False), models.Q(('suppressed_because', ''), _negated=True)), _connector='OR'), name='subscriber_suppressed_for_a_reason'),
        ),
    ]
