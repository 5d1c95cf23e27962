"""Whose fault a Kafka error is: the message's own, or the broker's and the way to it."""

import logging
import ssl
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

_HANGS_UP = (
    "it hangs up; if it goes on to, its port does not speak KAFKA_SECURITY_PROTOCOL, "
    "or wants to see another certificate than KAFKA_CERT_FILE"
)


def in_words(error: BaseException) -> str:
    """Why a broker was not reached, for the one who has to mend it."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not believed: {error.verify_message} (KAFKA_BROKERS, KAFKA_CA_FILE)"
        case errors.SaslAuthenticationFailed():
            return f"it refuses KAFKA_USERNAME and KAFKA_PASSWORD: {error.args[0]}"
        case errors.UnsupportedSaslMechanismError():
            return "it does not offer KAFKA_SASL_MECHANISM"
        case errors.IllegalSaslStateError() | errors.KafkaConnectionError() | ConnectionResetError():
            return f"{_HANGS_UP} ({type(error).__name__})"
        case TimeoutError():
            return "it does not answer in time"
        case _:
            return f"{type(error).__name__}: {error}"


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
