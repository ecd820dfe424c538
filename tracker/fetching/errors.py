"""What can go wrong on the way to a source, each with a sentence for a person."""


class FetchError(Exception):
    """No answer was received. `str(error)` is a sentence that staff can act on."""


class FetchRefused(FetchError):
    """We would not ask: the address is not one that the watch may reach."""


class FetchFailed(FetchError):
    """We asked and got no usable answer."""
