"""Names for what values describe."""

import hashlib


def digest(*parts: object) -> str:
    """Name plain values (numbers, texts, None, tuples, dataclasses) by their content."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
