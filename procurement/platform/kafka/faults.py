"""Whose fault a Kafka error is: the message's own, or the broker's and the way to it."""

import logging
import time

from aiokafka import errors

ABOUT_THE_TOPIC = (errors.InvalidTopicError, errors.TopicAuthorizationFailedError)
"""No message to that topic will be taken."""

ABOUT_A_MESSAGE = (
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.InvalidTimestampError,
    errors.UnsupportedForMessageFormatError,
    errors.PolicyViolationError,
)
"""Some message of the record batch is not taken, and the broker does not say which."""


class Quiet(logging.Filter):
    """aiokafka says the same at every retry, ten times a second while a broker is away: let one through
    every ten seconds, as a warning."""

    def __init__(self, interval: float = 10.0) -> None:
        super().__init__()
        self._interval = interval
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if now < self._said.get(str(record.msg), 0.0):
            return False
        self._said[str(record.msg)] = now + self._interval
        if record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


_NOISY = (
    "aiokafka",
    "aiokafka.client",
    "aiokafka.cluster",
    "aiokafka.conn",
    "aiokafka.consumer.consumer",
    "aiokafka.consumer.fetcher",
    "aiokafka.consumer.group_coordinator",
    "aiokafka.producer.sender",
)


def quieten() -> None:
    """A filter of a parent is not asked for what its children say, so each gets its own."""
    for name in _NOISY:
        logger = logging.getLogger(name)
        if not any(isinstance(known, Quiet) for known in logger.filters):
            logger.addFilter(Quiet())
