"""An event as it arrives."""

from procurement.platform.outbox import Message


def headers_of(message: Message) -> dict[str, bytes]:
    """As Kafka hands them over."""
    return {name: value.encode() for name, value in message.headers}
