"""Headings of trouble, and headings of means, as projects write them."""

from __future__ import annotations

import pytest

from triage_tui.guides.importing.trouble import complains, is_group, may_be_trouble


@pytest.mark.parametrize(
    "title",
    [
        "Storage is full", "Pods are stuck", "Unable to pull images", "NodeNotReady", "PrometheusDuplicateTimestamps",
        "KubePodCrashLooping", "Slow answers", "It doesn't start", "Version skew", "High CPU usage",
        "Disk out of inodes",
    ],
)  # fmt: skip
def test_a_title_that_complains(title: str) -> None:
    assert complains(title)
    assert may_be_trouble(title, "")


@pytest.mark.parametrize(
    "title", ["Release notes", "Download", "Firewalld", "Nodes", "Highlights", "Toolbox"]
)
def test_a_title_that_does_not(title: str) -> None:
    assert not complains(title)


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("View logs", ""), ("Getting debug logs", ""), ("Check the configuration", ""), ("Cluster information", ""),
        ("How to wait for a condition", ""), ("Exit codes", "Error reference"), ("Ceph tools", "Techniques"),
        ("Backup of settings", "Backup & restore"), ("Python exceptions", ""), ("Resource use", "Performance tuning"),
    ],
)  # fmt: skip
def test_what_is_done_or_looked_up_is_no_trouble(title: str, group: str) -> None:
    assert not may_be_trouble(title, group)


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("Firewalld", "Fedora"),
        ("Full reset", ""),
        ("Database", "Recovery procedures"),
        ("SELinux", "Known issues"),
    ],
)
def test_what_mends_or_stands_among_troubles_may_be_one(title: str, group: str) -> None:
    assert may_be_trouble(title, group)


def test_groups() -> None:
    assert is_group("Database issues")
    assert is_group("Common errors")
    assert not is_group("Database does not start")
