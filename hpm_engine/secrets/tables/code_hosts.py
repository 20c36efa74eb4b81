"""Keys of code hosts, package registries and build services."""

from __future__ import annotations

from hpm_engine.secrets.rule import SecretRule
from hpm_engine.secrets.values import is_mixed, is_random

_R = is_random
RULES = (
    SecretRule(
        "github-classic",
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        rb"gh[pousr]_[A-Za-z0-9]{36,251}",
        _R,
        alone=False,
    ),
    SecretRule(
        "github-fine-grained",
        "GitHub fine-grained token",
        ("github_pat_",),
        rb"github_pat_\w{60,255}",
        _R,
        alone=False,
    ),
    SecretRule(
        "gitlab",
        "GitLab token",
        ("glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glsoat-", "glcbt-", "glimt-", "glagent-"),
        rb"gl(?:pat|dt|rt|ptt|ft|soat|cbt|imt|agent)-[\w-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{7,9})?",
        _R,
    ),
    SecretRule(
        "gitlab-runner", "GitLab runner token", ("gr1348941",), rb"(?i:gr1348941)[\w-]{20}", _R
    ),
    SecretRule("npm", "npm token", ("npm_",), rb"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])", is_mixed),
    SecretRule(
        "pypi", "PyPI token", ("pypi-age",), rb"pypi-AgE[\w-]{50,1000}", alone=False, reach=1200
    ),
    SecretRule("ruby-gems", "RubyGems key", ("rubygems_",), rb"rubygems_[a-f0-9]{48}", _R),
    SecretRule(
        "crates", "crates.io token", ("cio",), rb"cio[A-Za-z0-9]{32}(?![A-Za-z0-9])", is_mixed
    ),
    SecretRule("clojars", "Clojars token", ("clojars_",), rb"(?i:clojars_)[a-z0-9]{60}", _R),
    SecretRule("nuget", "NuGet key", ("oy2",), rb"oy2[a-z0-9]{43}(?![A-Za-z0-9])", is_mixed),
    SecretRule(
        "docker-hub",
        "Docker Hub token",
        ("dckr_pat_", "dckr_oat_"),
        rb"dckr_[po]at_[\w-]{27,40}",
        _R,
    ),
    SecretRule(
        "artifactory",
        "Artifactory key",
        ("akcp", "cmvmd"),
        rb"AKCp[A-Za-z0-9]{60,80}(?![A-Za-z0-9])|cmVmd[A-Za-z0-9]{59}(?![A-Za-z0-9])",
        _R,
    ),
    SecretRule(
        "circleci",
        "CircleCI token",
        ("ccipat_", "ccipra_"),
        rb"CCIP(?:AT|RAT?)_[A-Za-z0-9]{10,30}_[A-Fa-f0-9]{40}",
        _R,
    ),
    SecretRule("buildkite", "Buildkite token", ("bkua_",), rb"bkua_[a-z0-9]{40}", _R),
    SecretRule(
        "bitbucket",
        "Bitbucket token",
        ("atbb", "atctt3"),
        rb"ATBB[A-Za-z0-9]{24,40}(?![A-Za-z0-9])|ATCTT3[\w=-]{60,400}",
        is_mixed,
    ),
    SecretRule(
        "sourcegraph",
        "Sourcegraph token",
        ("sgp_",),
        rb"sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}",
        _R,
    ),
    SecretRule("sonar", "SonarQube token", ("squ_", "sqp_", "sqa_"), rb"sq[upa]_[a-z0-9]{40}", _R),
    SecretRule(
        "snyk", "Snyk token", ("snyk_uat.",), rb"snyk_[us]at\.[a-z0-9]{8}\.[\w.-]{40,200}", _R
    ),
    SecretRule(
        "terraform",
        "Terraform Cloud token",
        (".atlasv1.",),
        rb"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}",
        _R,
        back=14,
    ),
    SecretRule("pulumi", "Pulumi token", ("pul-",), rb"pul-[a-f0-9]{40}(?![A-Za-z0-9])", _R),
    SecretRule(
        "vercel", "Vercel token", ("vcp_", "vci_", "vca_"), rb"vc[pia]_[A-Za-z0-9]{24,80}", is_mixed
    ),
    SecretRule(
        "netlify", "Netlify token", ("nfp_", "nfu_"), rb"nf[pu]_[A-Za-z0-9]{36,44}", is_mixed
    ),
    SecretRule(
        "fly",
        "Fly.io token",
        ("fm2_", "fo1_"),
        rb"fm2_[A-Za-z0-9+/=_-]{90,1200}|fo1_[\w-]{43}",
        reach=1400,
    ),
    SecretRule(
        "render", "Render key", ("rnd_",), rb"rnd_[A-Za-z0-9]{28,40}(?![A-Za-z0-9])", is_mixed
    ),
)
