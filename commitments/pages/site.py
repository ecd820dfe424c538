from django.conf import settings
from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, object]:
    """What every page needs to know of the instance."""
    return {"site_name": settings.SITE_NAME}
