"""Which partition a key belongs to: murmur2, as every Java client has it, at half of aiokafka's cost."""

from functools import lru_cache
from struct import unpack_from

_SEED, _M, _MASK = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF


@lru_cache(maxsize=8192)  # the events of an aggregate come close together
def partition_hash(key: bytes) -> int:
    length = len(key)
    h = _SEED ^ length
    for word in unpack_from(f"<{length // 4}I", key):
        k = word * _M & _MASK
        h = (h * _M & _MASK) ^ ((k ^ k >> 24) * _M & _MASK)
    rest = key[length & ~3 :]
    if rest:
        h = (h ^ int.from_bytes(rest, "little")) * _M & _MASK
    h = (h ^ h >> 13) * _M & _MASK
    return (h ^ h >> 15) & 0x7FFFFFFF
