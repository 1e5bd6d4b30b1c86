"""Tokens that give themselves away by their form, wherever they stand."""

from __future__ import annotations

from triage_tui.text.places.rule import NEWLINE, REDACTED, rule

_FORMS: tuple[tuple[str, str], ...] = (
    ("eyj", r"eyJ[A-Za-z0-9_-]{5,}+(?:\.[A-Za-z0-9_-]*+){1,4}"),
    ("akia asia aroa aida", r"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{8,}+(?![a-z])"),
    ("ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{8,}+"),
    ("github_pat_", r"github_pat_\w{8,}+"),
    ("glpat- gldt- glrt- glptt-", r"gl(?:pat|dt|rt|ptt|ft|cbt|soat)-[\w-]{10,}+"),
    ("xox xapp-", r"(?:xox[abeoprs]|xapp)-[\w-]{8,}+"),
    ("k_live_ k_test_", r"[srp]k_(?:live|test)_\w{6,}+"),
    ("whsec_", r"whsec_[\w+/=]{6,}+"),
    ("sk-", r"sk-(?=[A-Za-z_-]{0,40}\d|[a-z]{0,10}[A-Z])[A-Za-z0-9_-]{16,}+"),
    ("npm_", r"npm_[A-Za-z0-9]{20,}+"),
    ("pypi-", r"pypi-[\w-]{20,}+"),
    ("aiza", r"AIza[\w-]{20,}+"),
    ("ya29.", r"ya29\.[\w.-]{10,}+"),
    ("sg.", r"SG\.[\w-]{10,}+\.[\w-]{10,}+"),
    ("hf_", r"hf_[A-Za-z0-9]{16,}+"),
    ("hvs. hvb. hvr.", r"hv[sbr]\.[\w-]{16,}+"),
    ("dckr_pat_ dckr_oat_", r"dckr_[po]at_[\w-]{10,}+"),
    ("dop_v1_", r"do[opr]_v1_[a-f0-9]{16,}+"),
    ("shpat_ shpss_", r"shp(?:at|ss|ca|pa)_[a-fA-F0-9]{16,}+"),
    ("atatt3", r"ATATT3[\w=-]{16,}+"),
    ("dapi", r"dapi[a-f0-9]{32}"),
    ("age-secret-key-", r"AGE-SECRET-KEY-1[A-Z0-9]{16,}+"),
)

_FORM_RULES = tuple(
    rule(marks, rf"(?<![A-Za-z0-9_-])(?:{pattern})", REDACTED, 0) for marks, pattern in _FORMS
)

RULES = (
    rule(
        # Without its end it is cut off, and everything that follows is key.
        "private key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:.*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|.*)",
        REDACTED,
        0,
    ),
    rule(
        # Logs come line by line; the lines of a key have nothing but base64, and letters of both cases.
        "",
        rf"((?:(?<=[{NEWLINE}])|\A)[ \t]{{0,40}})(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])"
        rf"(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{{60,76}}={{0,2}}(?=[ \t]{{0,8}}(?:[{NEWLINE}]|\Z))",
        lambda match: f"{match[1]}{REDACTED}",
        0,
        shortest=60,
    ),
    *_FORM_RULES,
)
