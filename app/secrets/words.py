"""What the window says of secrets."""

from __future__ import annotations

from app.kit.formatting import counted, number
from hpm_engine import Secret, SecretPolicy, SecretsMasked, SecretsScanned, SecretState

POLICIES = {
    SecretPolicy.MASK: "Redact them when a session arrives",
    SecretPolicy.ASK: "Redact them, and list each here until I decide",
    SecretPolicy.KEEP: "Keep them as they are: whoever reads this store reads them",
}
STATES = {
    SecretState.MASKED: "redacted",
    SecretState.WAITING: "redacted, waits for you",
    SecretState.STORED: "in clear",
    SecretState.CLEARED: "no secret",
}
_PLACES = {
    "step": "texts",
    "source": "original bytes",
    "episode": "names of episodes",
    "note": "notes",
    "audit": "the log",
}


def where(secret: Secret) -> str:
    """In what a secret stands in clear."""
    kinds = [place.partition(":")[0] for place in secret.places]
    return ", ".join(dict.fromkeys(_PLACES.get(kind, "other names") for kind in kinds))


def standing(secrets: tuple[Secret, ...], scanned_at: int | None) -> str:
    """How many there are, in a sentence."""
    stored = sum(secret.state is SecretState.STORED for secret in secrets)
    masked = sum(secret.state in (SecretState.MASKED, SecretState.WAITING) for secret in secrets)
    redacted = f"{counted(masked, 'secret')} redacted"
    if scanned_at is None:
        return f"{redacted}. What is stored was not looked at yet."
    return f"{redacted}, {number(stored)} in clear when all that is stored was looked at last."


def done_sentence(title: str, done: SecretsMasked, took: str) -> str:
    """What masking came to."""
    if not done.secrets:
        return f"{title}: no secret stood in clear."
    said = f"{counted(done.secrets, 'secret')} redacted in {counted(done.episodes, 'episode')}"
    if done.in_log:
        said += f"; {counted(done.in_log, 'row')} of the log quote some"
    if not done.wiped:
        said += "; free space is still to be wiped, once no program reads the store"
    return f"{title}: {said} {took}."


def scanned_sentence(title: str, scanned: SecretsScanned, took: str) -> str:
    """What a look at all that is stored came to."""
    return f"{title}: {counted(scanned.stored, 'secret')} in clear {took}."
