"""The usual places of secrets: files there are not opened, so no secret reaches a store."""

from __future__ import annotations

import re

REASON = (
    "It looks like a place for secrets; not read. If it holds a session, import a copy under "
    "another name."
)

_FOLDERS = frozenset(
    (
        *(".ssh", ".gnupg", ".aws", ".azure", ".kube", ".password-store", "keychains"),
        *("keyrings", ".docker", ".gsutil", ".oci", ".secrets", "kwalletd"),
    )
)
_NAMES = frozenset(
    (
        *(".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", ".my.cnf", ".htpasswd", ".envrc"),
        *(".git-credentials", ".vault-token", ".boto", ".s3cfg", ".yarnrc.yml", ".dockercfg"),
        *(".claude.json", "claude_desktop_config.json", "oauth_creds.json", "google_accounts.json"),
        *("mcp-oauth-tokens.json", "application_default_credentials.json", "hosts.yml"),
        *("cookies", "cookies.sqlite", "cookies-journal", "cookies.binarycookies"),
        *("login data", "login data-journal", "web data", "logins.json", "signons.sqlite"),
        *("key3.db", "key4.db", "cert9.db", "wallet.dat", "access_tokens.db"),
    )
)
_STEMS = frozenset(
    (
        *("auth", "credential", "credentials", "secret", "secrets", "token", "tokens", "apikey"),
        *("api_key", "api-key", "apikeys", "api_keys", "password", "passwords", "passwd", "shadow"),
        *("access_token", "refresh_token", "id_token", "oauth", "oauth_token", "oauth_tokens"),
        *("service_account", "service-account", "client_secret", "client_secrets"),
    )
)
_PLAIN_ENDINGS = frozenset(
    (
        *("", "json", "toml", "yaml", "yml", "txt", "db", "ini", "xml", "cfg", "conf", "csv"),
        "enc",
    )
)
_ENDINGS = frozenset(
    (
        *("pem", "key", "p8", "p12", "pfx", "jks", "keystore", "ppk", "kdb", "kdbx", "env", "gpg"),
        *("keychain", "keychain-db", "ovpn", "agilekeychain", "kwallet"),
    )
)
_PRIVATE_KEYS = ("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "identity_")
_OTHER_BEGINNINGS = (".env.", ".env-", ".env_", "client_secret_", "service-account-")
_PACKED = frozenset(("gz", "bz2", "xz", "zst", "bak", "old", "orig", "save"))
_SEPARATORS = re.compile(r"!?[/\\]")


def is_secret_place(name: str) -> bool:
    """Whether a path, or that of an archive's member, is one where programs keep secrets."""
    *folders, last = _SEPARATORS.split(name.lower())
    if not _FOLDERS.isdisjoint(folders):
        return True
    while (cut := last.rpartition(".")) and cut[0].strip(".") and cut[2].rstrip("~") in _PACKED:
        last = cut[0]
    last = last.rstrip("~")
    if last in _NAMES or last == ".env":
        return True
    if last.startswith(_OTHER_BEGINNINGS):
        return True
    if last.startswith(_PRIVATE_KEYS) and not last.endswith(".pub"):
        return True
    stem, dot, ending = last.rpartition(".")
    if not dot:
        stem, ending = last, ""
    return ending in _ENDINGS or (stem.lstrip(".") in _STEMS and ending in _PLAIN_ENDINGS)
