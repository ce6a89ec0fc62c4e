"""The errors that a person may meet, each with the exit code that the documentation promises."""

from __future__ import annotations


class GigsError(Exception):
    """Something failed and the message says what happened and what to do next.

    Args:
        message: What happened, in one sentence.
        hint: The next step for the person at the keyboard.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  Next: {self.hint}" if self.hint else self.message


class UsageError(GigsError):
    """The command was called with arguments that do not fit."""

    exit_code = 2


class ConfigError(GigsError):
    """A mapping, a seed or the configuration file is wrong."""

    exit_code = 3


class PartialError(GigsError):
    """Some sources failed; the others went through."""

    exit_code = 4


class GateError(GigsError):
    """A quality check held the release back; the last good one stays up."""

    exit_code = 5


class StaleError(GigsError):
    """What is asked for exists but is too old."""

    exit_code = 6


class PolicyError(GigsError):
    """Robots rules, terms or an opt-out forbid it."""

    exit_code = 7


class LockedError(GigsError):
    """Another run is working on the same data."""

    exit_code = 8
