"""Bodies of answers, of which no more is decoded than an answer of Graph can have.

A body of 2 MB can be 4 GB when it is decompressed; that is noticed while it is decompressed, not after it.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

LARGEST = 64 * 1024 * 1024
"""A page of 999 users with all properties that are read has 3 MB, a batch of 20 such pages 60 MB."""

_WINDOW_BITS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


async def decoded(chunks: AsyncIterable[bytes], encoding: str, largest: int = LARGEST) -> bytes:
    """The body of an answer.

    Args:
        chunks: the body as it comes.
        encoding: how it is compressed, as in ``Content-Encoding``.
        largest: how many bytes it may have, compressed or not.

    Raises:
        ValueError: it is too large, or not compressed as it says.

    """
    encoding = encoding.strip().lower()
    if encoding not in {"", "identity", *_WINDOW_BITS}:
        raise ValueError("the answer is compressed in a way that was not asked for")
    decompress = zlib.decompressobj(_WINDOW_BITS[encoding]) if encoding in _WINDOW_BITS else None
    body = bytearray()
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        try:
            body += decompress.decompress(chunk, largest + 1 - len(body)) if decompress else chunk
        except zlib.error as error:
            raise ValueError(f"the answer can't be decompressed ({error})") from None
        if max(len(body), received) > largest:
            raise ValueError(f"the answer is larger than {largest >> 20} MB")
    if decompress and received and not decompress.eof:
        raise ValueError("the answer is cut off")
    return bytes(body)
