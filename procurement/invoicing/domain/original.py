"""The file that an invoice came in as; its content is kept beside the invoice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    media_type: str
    sha256: str
    """In hexadecimal digits."""
    size: int
    """Bytes."""
