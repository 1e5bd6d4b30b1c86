"""Whole documents in the shapes that teams write: every problem is found and titled, and nothing else is."""

from __future__ import annotations

import pytest

from triage_tui.guides.importing import Result, read

TROUBLES = (
    "Mill stands still",
    "Flour gets wet",
    "Oven refuses the tray",
    "Dough never rises",
    "Scale drifts",
)
FENCE = "```bash\nsudo mill restart\n```\n"
INNER = "   ```bash\n   sudo mill restart\n   ```\n"
CONTENTS = "## 📋 Table of Contents\n\n1. [Mill](#mill)\n2. [Oven](#oven)\n\n"


def parts_as_headings() -> str:
    """A heading for each problem, and one for each of its parts; rules between them."""
    return "# Common errors of the bakery\n\n" + "\n---\n\n".join(
        f"## {title}\n\n### Error\n\n```\nBakeError: {title} on line 4\n```\n\n### Cause\nWear.\n\n### Solution\n"
        f"1. **Look at the motor**:\n{INNER}\n2. **Wait** a minute\n\n### Prevention\n- Oil it\n"
        for title in TROUBLES
    )


def prefixed_in_groups() -> str:
    """`Issue:` and `Error:` in groups, labels in bold, numbered causes with labels of their own, and a frame."""
    groups = {"Mill Issues": TROUBLES[:2], "Oven Problems": TROUBLES[2:4]}
    text = f"# Troubleshooting Guide\n\n## Overview\n\nWhat to do\nwhen it breaks.\n\n{CONTENTS}"
    for group, titles in groups.items():
        text += f"## {group}\n\n" + "".join(
            f"### Issue: {title}\n\n**Symptoms:**\n- Users complain\n\n**Possible Causes & Solutions:**\n\n"
            f"1. **Belt is loose**\n   ```sql\n   select 1;\n   ```\n   **Solution:** tighten it\n\n"
            "2. **Belt is gone**\n   **Solution:** buy one\n\n"
            for title in titles
        )
    text += f'## Common Error Messages\n\n### Error: "{TROUBLES[4]}"\n\n**Cause:** salt\n\n**Solution:** less salt\n\n'
    return text + (
        "## Getting Help\n\n### Internal Resources\n\nAsk in the\nchannel.\n\n### External Support\n\nCall\nthem.\n\n"
        "## Document Information\n\n**Version:** 2\n**Owner:** us\n"
    )


def emoji_and_patterns() -> str:
    """Groups with emoji, means between them, and a list of patterns that each have an error and a solution."""
    first, second, third, *rest = TROUBLES
    text = "# 🐛 Troubleshooting Guide\n\n## Overview\n\nHelp.\n\n"
    text += f"## 🚨 Emergency Procedures\n\n### {first}\n\n{FENCE}\n"
    text += (
        f"## 🔍 Diagnostic Commands\n\n### System Status\n\n{FENCE}\n### Service-Specific Logs\n\n{FENCE}\n"
    )
    text += f"## 🗄️ Mill Issues\n\n### {second}\n\n#### Symptoms\n- wet\n\n"
    text += f"#### Solutions\n\n1. **Dry it:**\n{INNER}\n"
    text += f"## ⚙️ Oven Issues\n\n### {third}\n\n**Symptoms:**\n- cold\n\n**Diagnostic Steps:**\n{FENCE}\n"
    text += "## 📝 Log Analysis\n\n### Common Error Patterns\n\n" + "".join(
        f"{number}. **{title}:**\n   ```\n   fatal: it failed\n   ```\n   **Solution:** mend it\n\n"
        for number, title in enumerate(rest, start=1)
    )
    return f"{text}### Log Filtering\n\n{FENCE}\n## 🆘 Getting Help\n\n### Before Asking for Help\n\n- Look\n- Listen\n"


def steps_in_bold() -> str:
    """Parts as headings, steps as numbered bold lines, expectations in comments."""
    text = "# Troubleshooting\n\nIntro.\n\n"
    for title in TROUBLES:
        text += (
            f"## {title}\n\n### Symptoms\n\n- it stops\n\n### Causes\n\n1. dust\n\n"
            "### Solutions\n\n**1. Verify it runs:**\n\n"
            "```bash\nmill ping\n# Should return: PONG\n```\n\n**2. Dust it:**\n\n"
            f"{FENCE}\n"
        )
    return text + "## See Also\n\n- [Oven](oven.md)\n- [Mill](mill.md)\n"


def problems_and_recovery() -> str:
    """`Problem:` with the error in code, then recoveries and a checklist, which a reader looks up as well."""
    *told, reset, check = TROUBLES
    text = f"# Deployment Troubleshooting Guide\n\n{CONTENTS}## Build Issues\n\n" + "".join(
        f"### Problem: {title}\n\n**Symptom:**\n```\nBakeError: no {title}\n```\n\n"
        f"**Cause:** age\n\n**Solution:**\n{FENCE}\n"
        "**Files Involved:**\n- `mill.conf`\n\n"
        for title in told
    )
    text += f"## Quick Recovery Commands\n\n### {reset}\n\n{FENCE}\n"
    text += f"## Checklist\n\n### {check}\n\n- [ ] oil\n- [ ] flour\n\n"
    return text + "## Related Documentation\n\n- [Oven](oven.md)\n- [Mill](mill.md)\n"


SHAPES = (parts_as_headings, prefixed_in_groups, emoji_and_patterns, steps_in_bold, problems_and_recovery)


def imported(shape: object) -> Result:
    """What a document comes to."""
    assert callable(shape)
    return read(shape(), "docs/troubleshooting.md", "bakery")


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_problem_is_found_and_titled_and_nothing_else_is(shape: object) -> None:
    assert [one.entry.title for one in imported(shape).entries] == list(TROUBLES)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_problem_says_what_to_do_and_no_fence_is_an_action(shape: object) -> None:
    for one in imported(shape).entries:
        assert {section.title for section in one.entry.sections} & {"Fix", "Checks"}, one.entry.title
        assert one.entry.front.actions == ()


def test_what_is_left_out_is_said() -> None:
    ignored = " ".join(one.why for one in imported(emoji_and_patterns).ignored)
    for title in ("System Status", "Service-Specific Logs", "Log Filtering", "Getting Help"):
        assert title in ignored
