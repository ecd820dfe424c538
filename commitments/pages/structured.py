"""A commitment's page for search engines, in the words of schema.org.

What was promised is a Quotation of whoever promised it. It is no Claim, which says that something is so, and our
judgement is no ClaimReview, which says whether a claim is true: a promise can only be kept or not.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from .commitment import CommitmentPage


def structured(page: CommitmentPage) -> dict[str, Any]:
    """JSON-LD: the page, and the promise that it is about. Nothing that the page itself does not show."""
    commitment, wording = page.commitment, page.wording
    promise: dict[str, Any] = {
        "@type": "Quotation",
        "name": commitment.title,
        "text": wording.quote or wording.statement,
        "identifier": commitment.reference,
    }
    if commitment.made_on:
        promise["dateCreated"] = commitment.made_on.isoformat()
    if promiser := commitment.department or commitment.administration:
        promise["creator"] = {"@type": "GovernmentOrganization", "name": promiser.name}
    if wording.quote_url:
        promise["citation"] = wording.quote_url
    if commitment.policy_area:
        promise["about"] = commitment.policy_area.name
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": commitment.title,
        "url": f"{settings.BASE_URL}{commitment.get_absolute_url()}",
        "description": wording.statement,
        "mainEntity": promise,
        "isPartOf": {
            "@type": "Dataset",
            "name": settings.SITE_NAME,
            "url": f"{settings.BASE_URL}{reverse('data')}",
            "license": settings.DATA_LICENCE_URL,
        },
        "publisher": {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.BASE_URL},
    }
    if page.freshness.last_change:
        told["dateModified"] = page.freshness.last_change.isoformat()
    return told
