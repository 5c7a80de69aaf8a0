"""PostgreSQL's seeded hash of a bigint, and the slot out of a million that it gives a contact."""

from hashlib import sha256

MASK = 0xFFFFFFFF
SLOTS = 1_000_000


def _rotated(word: int, by: int) -> int:
    return ((word << by) | (word >> (32 - by))) & MASK


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for by_a, by_b, by_c in ((4, 6, 8), (16, 19, 4)):
        a = ((a - c) & MASK) ^ _rotated(c, by_a)
        c = (c + b) & MASK
        b = ((b - a) & MASK) ^ _rotated(a, by_b)
        a = (a + c) & MASK
        c = ((c - b) & MASK) ^ _rotated(b, by_c)
        b = (b + a) & MASK
    return a, b, c


def _final(a: int, b: int, c: int) -> tuple[int, int, int]:
    for by_c, by_a, by_b in ((14, 11, 25), (16, 4, 14)):
        c = ((c ^ b) - _rotated(b, by_c)) & MASK
        a = ((a ^ c) - _rotated(c, by_a)) & MASK
        b = ((b ^ a) - _rotated(a, by_b)) & MASK
    c = ((c ^ b) - _rotated(b, 24)) & MASK
    return a, b, c


def hash_bigint(value: int, seed: int) -> int:
    """What `hashint8extended(value, seed)` answers, as a signed 64-bit number."""
    low, high = value & MASK, (value >> 32) & MASK
    low ^= high if value >= 0 else high ^ MASK
    a = b = c = (0x9E3779B9 + 4 + 3923095) & MASK
    if seed:
        a, b, c = _mix((a + ((seed >> 32) & MASK)) & MASK, (b + (seed & MASK)) & MASK, c)
    a, b, c = _final((a + low) & MASK, b, c)
    answer = (b << 32) | c
    return answer - (1 << 64) if answer >> 63 else answer


def seed_number(seed: str) -> int:
    """The number of a seed's text: the first eight bytes of its SHA-256, signed."""
    return int.from_bytes(sha256(seed.encode()).digest()[:8], "big", signed=True)


def slot(contact: int, seed: str) -> int:
    """Where a contact stands in the order of a seed, from 0 to 999,999."""
    return (hash_bigint(contact, seed_number(seed)) & 0x7FFF_FFFF_FFFF_FFFF) % SLOTS
