"""Waiting for conditions, never for time."""

import time

POLL_SECONDS = 0.02


class TooLate(AssertionError):
    """A condition did not become true before its deadline."""


def wait_until(condition, seconds, what, poll_seconds=POLL_SECONDS):
    """Returns the first true value of `condition()`; raises TooLate, saying `what`, after `seconds`.

    `what` may be a function, called only for the message.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            text = what() if callable(what) else what
            raise TooLate(f"not within {seconds} s: {text}")
        time.sleep(poll_seconds)
