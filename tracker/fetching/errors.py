"""What can go wrong on the way to a source, each with a sentence for a person."""


class FetchError(Exception):
    """No answer was received. `str(error)` is a sentence that staff can act on."""


class FetchRefused(FetchError):
    """We would not ask: the watch may not reach the address, or its host's robots.txt asks us not to."""


class FetchForbidden(FetchRefused):
    """The host's robots.txt asks us not to ask for this."""


class FetchFailed(FetchError):
    """We asked and got no usable answer."""


class FetchPostponed(FetchError):
    """We did not ask, for the host's turn did not come in time. That is nobody's fault: ask again soon."""
