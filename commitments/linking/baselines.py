"""Plain ways of linking, to stand beside ours: word overlap by TF-IDF and by BM25. For development only."""

from __future__ import annotations

import logging
from collections.abc import Callable

from commitments.linking import passages, terms
from commitments.linking.evaluation import Scored
from commitments.linking.labelled import LabelledSet


class BaselinesMissing(RuntimeError):
    """scikit-learn or bm25s is not installed; they come with the development requirements."""


def tf_idf(labelled: LabelledSet) -> Scored:
    """Cosine of TF-IDF vectors; the best passage counts."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise BaselinesMissing("Baselines need scikit-learn: install requirements/dev.txt.") from error
    commitments, words = _commitments(labelled)
    texts_of = {release.key: split(release.title, release.text) for release in labelled.releases}
    vectorizer = TfidfVectorizer(sublinear_tf=True, tokenizer=str.split, token_pattern=None, lowercase=False)
    vectorizer.fit([*words, *(text for texts in texts_of.values() for text in texts)])
    known = vectorizer.transform(words)
    scores = {}
    for key, texts in texts_of.items():
        best = (vectorizer.transform(texts) @ known.T).max(axis=0).toarray()[0]
        scores.update({(commitment, key): float(score) for commitment, score in zip(commitments, best, strict=True)})
    return Scored(scores)


def bm25(labelled: LabelledSet) -> Scored:
    """BM25 of a commitment's words over a release's passages; the best passage counts."""
    try:
        import bm25s
    except ImportError as error:
        raise BaselinesMissing("Baselines need bm25s: install requirements/dev.txt.") from error
    commitments, words = _commitments(labelled)
    told = [(release.key, text) for release in labelled.releases for text in split(release.title, release.text)]
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it turns its debugging on when imported
    retriever = bm25s.BM25()
    retriever.index([text.split() for _, text in told], show_progress=False)
    scores: dict[tuple[str, str], float] = {}
    for commitment, query in zip(commitments, words, strict=True):
        for (key, _), score in zip(told, retriever.get_scores(query.split()), strict=True):
            scores[commitment, key] = max(scores.get((commitment, key), 0.0), float(score))
    return Scored(scores)


BASELINES: dict[str, Callable[[LabelledSet], Scored]] = {"TF-IDF": tf_idf, "BM25": bm25}


def _commitments(labelled: LabelledSet) -> tuple[list[str], list[str]]:
    """References, and the stems of each commitment's words as a text."""
    return list(labelled.profiles), [" ".join(sorted(profile.weights)) for profile in labelled.profiles.values()]


def split(title: str, text: str) -> list[str]:
    """A release's title and passages, each as a text of stems."""
    return [" ".join(terms.stems(piece)) for piece in (title, *(passage.text for passage in passages.split(text)))]
