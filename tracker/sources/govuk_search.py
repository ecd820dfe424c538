"""GOV.UK's Search API, which finds documents: the addresses to ask it at, and stubs from what it answers.

It knows titles, summaries and the time of the last major update, newest first if asked for. An unknown parameter
makes it refuse, so only what it documents is passed on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tracker.fetching import Response
from tracker.reading.html_text import plain_text
from tracker.reading.sanitise import title_line, web_address

from . import json_values as read
from .entry import Entry, NotUnderstood

PAGE_SIZE = 50
#: Pages overlap by so many, so that what is taken out of the index meanwhile lets nothing slip between two.
OVERLAP = 5
#: The index gives nothing beyond its first so many; then one goes on from the day that was reached.
DEEPEST = 10_000
FIELDS = "title,link,description,public_timestamp,content_id"

#: What a search page shows, as a filter of the API.
FINDERS: dict[str, dict[str, tuple[str, ...]]] = {
    "all": {},
    "news-and-communications": {"filter_content_purpose_supergroup": ("news_and_communications",)},
    "guidance-and-regulation": {"filter_content_purpose_supergroup": ("guidance_and_regulation",)},
    "policy-papers-and-consultations": {"filter_content_purpose_supergroup": ("policy_and_engagement",)},
    "services": {"filter_content_purpose_supergroup": ("services",)},
    "transparency-and-freedom-of-information-releases": {"filter_content_purpose_supergroup": ("transparency",)},
    "research-and-statistics": {
        "filter_content_store_document_type": (
            *("statistics", "national_statistics", "statistical_data_set", "official_statistics"),
        )
    },
}
FINDERS["statistics"] = FINDERS["research-and-statistics"]
#: What search pages call several document types at once.
_GROUPS_OF_TYPES: dict[str, tuple[str, ...]] = {
    "policy_papers": ("impact_assessment", "case_study", "policy_paper"),
    "open_consultations": ("open_consultation",),
    "closed_consultations": ("closed_consultation", "consultation_outcome"),
    "statistics_published": FINDERS["statistics"]["filter_content_store_document_type"],
    "statistics_upcoming": (
        *("statistics_announcement", "national_statistics_announcement", "official_statistics_announcement"),
    ),
    "research": ("dfid_research_output", "independent_report", "research"),
}
#: Parameters of search pages and the filters that they stand for, with their former names.
_FILTERS = {
    "organisations": "filter_organisations",
    "departments": "filter_organisations",
    "people": "filter_people",
    "roles": "filter_roles",
    "topical_events": "filter_topical_events",
    "world_locations": "filter_world_locations",
    "document_collections": "filter_document_collections",
    "level_one_taxon": "filter_all_part_of_taxonomy_tree",
    "level_two_taxon": "filter_all_part_of_taxonomy_tree",
    "topic": "filter_all_part_of_taxonomy_tree",
    "taxons": "filter_all_part_of_taxonomy_tree",
    "content_store_document_type": "filter_content_store_document_type",
    "content_purpose_supergroup": "filter_content_purpose_supergroup",
}
_ORDER_AND_PLACE = {"order", "page", "parent", "start", "count", "fields", "c"}
#: Pages about one thing, whose documents can be asked for.
_PAGES_ABOUT = {
    "government/organisations": "filter_organisations",
    "government/people": "filter_people",
    "government/ministers": "filter_roles",
    "government/topical-events": "filter_topical_events",
    "government/collections": "filter_document_collections",
    "world": "filter_world_locations",
}
_ADDRESS = re.compile(
    rf"""^(?P<prefix>(?:/[^/]+)*?)/(?:
        (?P<api>api/search)(?:\.json)?
      | search/(?P<finder>[a-z-]+)(?:\.(?:atom|json))?
      | (?P<about>{"|".join(_PAGES_ABOUT)})/(?P<slug>[a-z0-9-]+)(?:\.atom)?
      | (?P<front>)
    )/?$""",
    re.VERBOSE,
)
_API_FILTER = re.compile(r"^(filter|reject)_[a-z_]+$")
_SLUG = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
_TIMESTAMP = "filter_public_timestamp"
_LOCALE_IN_PATH = re.compile(r"\.([a-z]{2}(?:-[a-z0-9]{2,8})?)$")

Parameters = dict[str, list[str]]


@dataclass(frozen=True)
class Site:
    """A host that speaks as GOV.UK does: `root` is scheme, host and what stands before its paths, no slash."""

    root: str

    def search(self, parameters: Parameters, start: int) -> str:
        asked = {
            **parameters,
            "order": ["-public_timestamp"],
            "fields": [FIELDS],
            "count": [str(PAGE_SIZE)],
            "start": [str(start)],
        }
        return f"{self.root}/api/search.json?{urlencode(asked, doseq=True, safe=':,')}"

    def content(self, path: str) -> str:
        return f"{self.root}/api/content{path}"

    def page(self, path: str) -> str:
        return f"{self.root}{path}"

    def path_of(self, url: str) -> str | None:
        """The path of a document from its address, or from a path with more after it. None if it is elsewhere."""
        try:
            ours, parts = urlsplit(self.root), urlsplit(url)
        except ValueError:
            return None
        if not parts.scheme and not parts.netloc:
            return parts.path if parts.path.startswith("/") else None
        if _host(parts.netloc) != _host(ours.netloc) or not parts.path.startswith(f"{ours.path}/"):
            return None
        return parts.path.removeprefix(ours.path)


def address(url: str, options: Mapping[str, Any]) -> str:
    """Where the Search API lists what the page `url` shows, newest first. Raises NotUnderstood."""
    check_options(options)
    site, found = _understood(url)
    query = parse_qsl(urlsplit(url).query)
    if found["api"]:
        parameters = _from_api(query)
    else:
        parameters = _from_page(query, FINDERS.get(found["finder"] or "all"))
        if about := found["about"]:
            _add(parameters, _PAGES_ABOUT[about], [found["slug"]])
    _add(parameters, "filter_organisations", _option(options, "organisation"))
    if types := _option(options, "document_type"):
        parameters["filter_content_store_document_type"] = types
    if asked := _option(options, "query"):
        parameters["q"] = [" ".join(asked)]
    if found["front"] is not None and not parameters:
        raise NotUnderstood(
            "The front page of GOV.UK is not watched as a whole: give the address of an organisation or of a search, "
            "or say in the options which organisation, query or document types to look for."
        )
    return site.search(parameters, 0)


def site_of(url: str) -> Site:
    """The site that `url`, the address of a source, belongs to. Raises NotUnderstood."""
    return _understood(url)[0]


def check_options(options: Mapping[str, Any]) -> None:
    """Raise NotUnderstood for options other than organisation, query and document_types."""
    known = {"organisation", "organisations", "query", "document_type", "document_types"}
    for name, value in options.items():
        if name not in known:
            raise NotUnderstood(
                f"Sources of kind “govuk” have no option “{name}”. They have organisation, query and document_types."
            )
        values = value if isinstance(value, list) and name != "query" else [value]
        if not values or not all(isinstance(item, str) and item.strip() for item in values):
            raise NotUnderstood(
                f"The option “{name}” has to be words."
                if name == "query"
                else f"The option “{name}” has to be a name or a list of names."
            )
        for item in values:
            if name != "query" and not _SLUG.match(item.strip()):
                raise NotUnderstood(
                    f"“{item}” can't be used as {name}: give it as in addresses on GOV.UK, such as "
                    f"{'home-office' if name.startswith('organisation') else 'press_release'}."
                )


def stubs(url: str, response: Response) -> list[Entry]:
    """What an answer of the Search API names, in its order. Raises NotUnderstood."""
    site = site_of(url)
    answer = read.object_of(response, "The answer of the Search API")
    if not isinstance(answer.get("results"), list):
        said = read.text(answer, "error") or read.text(answer, "message")
        raise NotUnderstood(
            f"The answer is JSON, but not that of GOV.UK's Search API: it has no list of results{_saying(said)}."
        )
    entries = [entry for hit in read.objects(answer, "results") if (entry := _stub(site, hit))]
    if answer["results"] and not entries:
        raise NotUnderstood("The Search API's results have neither titles nor links.")
    return entries


def next_page(url: str, response: Response) -> str | None:
    """The address of the page after `response`, None after the last. Raises NotUnderstood."""
    answer = read.object_of(response, "The answer of the Search API")
    hits, total = answer.get("results"), read.number(answer, "total")
    if not isinstance(hits, list) or not hits:
        return None
    parameters = _from_api(query := parse_qsl(urlsplit(response.url).query))
    start = next((int(value) for name, value in query if name == "start" and value.isdecimal()), 0)
    end = start + len(hits)
    if (total is None and len(hits) < PAGE_SIZE) or (total is not None and end >= total):
        return None
    if end + PAGE_SIZE > DEEPEST:
        return _from_day_reached(site_of(url), parameters, hits)
    return site_of(url).search(parameters, end - OVERLAP if len(hits) > OVERLAP else end)


def locale_in(path: str) -> str:
    """The language of the document at `path`, which GOV.UK puts after a dot, unless it is English."""
    found = _LOCALE_IN_PATH.search(path)
    return found[1] if found else "en"


def identity(content_id: str, locale: str) -> str:
    """What names a document: translations share the id."""
    return f"{content_id.lower()}/{locale}" if content_id else ""


def _understood(url: str) -> tuple[Site, dict[str, str | None]]:
    try:
        parts = urlsplit(url)
        found = _ADDRESS.match(parts.path or "/") if parts.scheme in {"http", "https"} and parts.netloc else None
    except ValueError:
        found = None
    if found is None or (found["finder"] and found["finder"] not in FINDERS):
        raise NotUnderstood(
            f"{url} can't be watched as GOV.UK search. Give the address of an organisation "
            "(…/government/organisations/home-office), of a search (…/search/news-and-communications) "
            "or of the Search API (…/api/search.json)."
        )
    return Site(f"{parts.scheme}://{parts.netloc}{found['prefix']}"), found.groupdict()


def _from_api(query: Iterable[tuple[str, str]]) -> Parameters:
    parameters: Parameters = {}
    for name, value in query:
        name = name.removesuffix("[]")
        if name in _ORDER_AND_PLACE:
            continue
        if name != "q" and not _API_FILTER.match(name):
            raise NotUnderstood(f"The parameter “{name}” of the address is none that can be watched.")
        _add(parameters, name, [value])
    return parameters


def _from_page(query: Iterable[tuple[str, str]], finder: Mapping[str, tuple[str, ...]] | None) -> Parameters:
    chosen: Parameters = {}
    days: dict[str, str] = {}
    for name, value in query:
        name = re.sub(r"\[\d*\]$", "", name)
        if name in _ORDER_AND_PLACE or value in {"", "all"}:
            continue
        if name in {"keywords", "q"}:
            chosen["q"] = [value]
        elif name in {"public_timestamp[from]", "from_date", "public_timestamp[to]", "to_date"}:
            days["from" if "from" in name else "to"] = _day(value)
        elif name in _FILTERS:
            _add(chosen, _FILTERS[name], _GROUPS_OF_TYPES.get(value, (value,)))
        else:
            raise NotUnderstood(f"The parameter “{name}” of the address is none that can be watched.")
    if days:
        chosen[_TIMESTAMP] = [",".join(f"{end}:{day}" for end, day in days.items())]
    return {**{name: list(values) for name, values in (finder or {}).items()}, **chosen}


def _day(value: str) -> str:
    try:
        return dt.date.fromisoformat(value.strip()).isoformat()
    except ValueError as error:
        raise NotUnderstood(f"The day “{value}” in the address can't be read: write it as in 2025-01-20.") from error


def _from_day_reached(site: Site, parameters: Parameters, hits: list[Any]) -> str | None:
    """The first page of what is as old as the last of `hits` or older. Days are counted whole."""
    last = hits[-1] if isinstance(hits[-1], dict) else {}
    reached = read.moment(last, "public_timestamp")
    if reached is None:
        return None
    bounds = dict(part.split(":", 1) for part in ",".join(parameters.get(_TIMESTAMP, [])).split(",") if ":" in part)
    to = reached.date().isoformat()
    if bounds.get("to") == to:
        return None
    bounds["to"] = to
    return site.search({**parameters, _TIMESTAMP: [",".join(f"{end}:{day}" for end, day in bounds.items())]}, 0)


def _stub(site: Site, hit: read.Object) -> Entry | None:
    title, link = title_line(read.text(hit, "title"), is_markup=False), read.text(hit, "link")
    if not title and not link:
        return None
    elsewhere = web_address(link)
    path = "" if elsewhere or not link else f"/{link.lstrip('/')}"
    url = elsewhere or web_address(site.page(path))
    here = site.path_of(url) if url else None
    updated = read.moment(hit, "public_timestamp")
    locale = locale_in(here) if here else ""
    return Entry(
        guid=identity(read.text(hit, "content_id"), locale) if here else "",
        url=url if path or elsewhere else "",
        title=title or link,
        text=plain_text(read.text(hit, "description")),
        published_at=updated,
        updated_at=updated,
        complete=not here,
        locale=locale,
    )


def _option(options: Mapping[str, Any], name: str) -> list[str]:
    given = options.get(name, options.get(f"{name}s", []))
    return [str(item).strip() for item in (given if isinstance(given, list) else [given])]


def _add(parameters: Parameters, name: str, values: Iterable[str | None]) -> None:
    known = parameters.setdefault(name, [])
    known += [value for value in values if value and value not in known]
    if not known:
        del parameters[name]


def _host(netloc: str) -> str:
    return netloc.casefold().removeprefix("www.")


def _saying(said: str) -> str:
    return f", but says “{title_line(said, is_markup=False)}”" if said else ""
