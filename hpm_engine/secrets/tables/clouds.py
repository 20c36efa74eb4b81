"""Keys of clouds, databases, storage and observation."""

from __future__ import annotations

from hpm_engine.secrets.rule import SecretRule
from hpm_engine.secrets.values import is_mixed, is_random

_R = is_random
# Between a service's name and its key: the rest of the name, and an assignment of some kind.
SET = (
    rb"[\w.-]{0,40}\\{0,7}[\"'`]?\]?[ \t]{0,4}(?:=>|:=|={1,2}|:|,|>|\\u003d|%3[dD])"
    rb"[ \t]{0,4}\\{0,7}[\"'`]?"
)
RULES = (
    SecretRule(
        "aws-access-key",
        "AWS access key id",
        ("akia", "asia", "abia", "acca", "a3t"),
        rb"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])",
        _R,
    ),
    SecretRule(
        "aws-secret-key",
        "AWS secret key",
        ("secret_access_key", "secretaccesskey", "aws_secret", "secretkey", "secret_key"),
        rb"(?i:secret_?access_?key|aws_secret|secret_?key)"
        + SET
        + rb"(?P<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        _R,
        alone=False,
    ),
    SecretRule(
        "aws-session-token",
        "AWS session token",
        ("session_token", "sessiontoken", "security-token", "security_token"),
        rb"(?i:session_?token|security[-_]token)" + SET + rb"(?P<s>[A-Za-z0-9/+=]{100,2000})",
        _R,
        alone=False,
        reach=2200,
    ),
    SecretRule(
        "aws-bedrock", "AWS Bedrock key", ("absk",), rb"ABSK[A-Za-z0-9+/]{100,270}={0,2}", _R
    ),
    SecretRule(
        "google-api", "Google API key", ("aiza",), rb"AIza[\w-]{35}(?![\w-])", _R, alone=False
    ),
    SecretRule(
        "google-oauth", "Google OAuth token", ("ya29.",), rb"ya29\.[\w-]{20,1000}", _R, reach=1100
    ),
    SecretRule(
        "google-oauth-secret", "Google OAuth client secret", ("gocspx-",), rb"GOCSPX-[\w-]{28}", _R
    ),
    SecretRule(
        "google-refresh", "Google refresh token", ("1//0",), rb"1//0[\w-]{40,150}", is_mixed
    ),
    SecretRule(
        "azure-storage",
        "Azure account key",
        ("accountkey=", "sharedaccesskey="),
        rb"(?i:AccountKey|SharedAccessKey)(?:=|\\u003d)(?P<s>[A-Za-z0-9+/]{43,86}(?:={1,2}|(?:\\u003d){1,2}))",
        _R,
        alone=False,
    ),
    SecretRule(
        "azure-sas",
        "Azure shared access signature",
        ("sig=",),
        rb"(?i:sig)=(?P<s>[A-Za-z0-9%/+]{40,80}(?:%3[dD]|=))",
        _R,
    ),
    SecretRule(
        "azure-client-secret",
        "Azure client secret",
        ("[78]q~?",),
        rb"[\w~.-]{3}[78]Q~[\w~.-]{31,34}",
        _R,
        back=3,
    ),
    SecretRule(
        "azure-devops",
        "Azure DevOps token",
        ("jqqj99",),
        rb"[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{20,40}",
        is_mixed,
        back=52,
    ),
    SecretRule(
        "alibaba",
        "Alibaba Cloud key",
        ("ltai",),
        rb"LTAI[A-Za-z0-9]{12,24}(?![A-Za-z0-9])",
        is_mixed,
    ),
    SecretRule(
        "digitalocean",
        "DigitalOcean token",
        ("dop_v1_", "doo_v1_", "dor_v1_"),
        rb"do[por]_v1_[a-f0-9]{64}",
        _R,
        alone=False,
    ),
    SecretRule(
        "cloudflare",
        "Cloudflare key",
        ("cloudflare", "cf_api_"),
        rb"(?i:cloudflare|cf_api_)" + SET + rb"(?P<s>[\w-]{37,40})(?![\w-])",
        is_mixed,
        alone=False,
    ),
    SecretRule(
        "cloudflare-ca",
        "Cloudflare origin key",
        ("v1.0-",),
        rb"v1\.0-[a-f0-9]{24}-[a-f0-9]{140,150}",
        _R,
    ),
    SecretRule(
        "heroku",
        "Heroku key",
        ("hrku-", "heroku"),
        rb"HRKU-[\w-]{30,70}|(?i:heroku)"
        + SET
        + rb"(?P<s>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})",
        _R,
        alone=False,
    ),
    SecretRule(
        "databricks", "Databricks token", ("dapi",), rb"dapi[a-f0-9]{32}(?:-\d)?(?![A-Za-z0-9])", _R
    ),
    SecretRule(
        "planetscale",
        "PlanetScale token",
        ("pscale_",),
        rb"pscale_(?:tkn|pw|oauth)_[\w=.-]{32,64}",
        _R,
    ),
    SecretRule(
        "supabase",
        "Supabase key",
        ("sbp_", "sb_secret_"),
        rb"sbp_[a-f0-9]{40}|sb_secret_[\w-]{24,60}",
        _R,
    ),
    SecretRule("neon-xata", "Neon key", ("napi_",), rb"napi_[a-z0-9]{40,80}", is_mixed),
    SecretRule(
        "doppler",
        "Doppler token",
        ("dp.pt.", "dp.st.", "dp.sa."),
        rb"dp\.(?:pt|sa|st\.[\w-]{2,35})\.[A-Za-z0-9]{40,44}|dp\.st\.[A-Za-z0-9]{40,44}",
        _R,
    ),
    SecretRule("vault", "Vault token", ("hvs.", "hvb.", "hvr."), rb"hv[sbr]\.[\w-]{24,300}", _R),
    SecretRule(
        "age",
        "age secret key",
        ("age-secret-key-1",),
        rb"(?i:AGE-SECRET-KEY-1)[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7Lqpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}",
        alone=False,
    ),
    SecretRule(
        "onepassword",
        "1Password service token",
        ("ops_eyj",),
        rb"ops_eyJ[A-Za-z0-9+/=_-]{200,1500}",
        alone=False,
        reach=1600,
    ),
    SecretRule(
        "grafana",
        "Grafana token",
        ("glc_", "glsa_"),
        rb"glc_[A-Za-z0-9+/]{32,400}={0,3}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}",
        _R,
    ),
    SecretRule(
        "newrelic",
        "New Relic key",
        ("nrak-", "nraa-", "nrii-", "nrjs-"),
        rb"NR(?:AK|AA)-[A-Za-z0-9]{27}|NRII-[\w-]{32}|NRJS-[a-f0-9]{19}",
        _R,
    ),
    SecretRule(
        "datadog",
        "Datadog key",
        ("datadog", "dd_api_key", "dd_app_key"),
        rb"(?i:datadog|dd_ap[ip]_key)" + SET + rb"(?P<s>[a-f0-9]{40}|[a-f0-9]{32})(?![A-Za-z0-9])",
        _R,
        alone=False,
    ),
    SecretRule(
        "dynatrace",
        "Dynatrace token",
        ("dt0c01.", "dt0s01."),
        rb"dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}",
        _R,
    ),
    SecretRule(
        "sentry",
        "Sentry token",
        ("sntrys_", "sntryu_"),
        rb"sntrys_eyJ[\w=+/-]{80,400}|sntryu_[a-f0-9]{64}",
        _R,
    ),
    SecretRule(
        "honeycomb", "Honeycomb key", ("hcaik_", "hcbik_", "hcxik_"), rb"hc[abx]ik_[a-z0-9]{58}", _R
    ),
    SecretRule("posthog", "PostHog key", ("phc_", "phx_"), rb"ph[cx]_[A-Za-z0-9]{40,50}", _R),
    SecretRule(
        "launchdarkly",
        "LaunchDarkly key",
        ("sdk-#", "mob-#", "api-#"),
        rb"(?:sdk|mob|api)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])",
        _R,
    ),
    SecretRule(
        "tailscale",
        "Tailscale key",
        ("tskey-",),
        rb"tskey-[a-z]{2,10}-[A-Za-z0-9]{8,30}(?:-[A-Za-z0-9]{16,50})?",
        _R,
    ),
    SecretRule(
        "ngrok",
        "ngrok token",
        ("ngrok",),
        rb"(?i:ngrok)[\w. /-]{0,40}?(?i:authtoken)\\{0,7}[\"']?[ :=]{1,4}\\{0,7}[\"']?"
        rb"(?P<s>[A-Za-z0-9]{24,30}_[A-Za-z0-9]{18,24})",
        _R,
        alone=False,
    ),
)
