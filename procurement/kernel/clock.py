"""Time and identity are inputs, so that a test can choose them."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

Clock: TypeAlias = Callable[[], datetime]
"""Now, as an aware datetime in UTC."""

NewId: TypeAlias = Callable[[], UUID]
"""A UUIDv7 that nobody else has."""
