"""The audit chain. Import `record`, `verify` and friends from `equipage.foundation.audit` once apps are loaded."""

from equipage.foundation.audit.chain import (
    PLATFORM,
    Altered,
    about,
    chain_in_bulk,
    context,
    heads_digest,
    label_of,
    last_of,
    link_hash,
    plain,
    record,
    stream_of,
    verify,
)

__all__ = [
    "PLATFORM",
    "Altered",
    "about",
    "chain_in_bulk",
    "context",
    "heads_digest",
    "label_of",
    "last_of",
    "link_hash",
    "plain",
    "record",
    "stream_of",
    "verify",
]
