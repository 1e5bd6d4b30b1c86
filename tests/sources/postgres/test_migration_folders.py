"""What the code wants, out of folders as the tools lay them out; and what a database lacks of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage_tui.sources.postgres.migrations import folder as folders
from triage_tui.sources.postgres.migrations.folder import UnknownLayoutError, read


def alembic(folder: Path, **follows: str) -> Path:
    """revision="before" in the order given; "" for the first, "a,b" for a merge."""
    folder.mkdir(parents=True, exist_ok=True)
    for revision, before in follows.items():
        names = [name for name in before.split(",") if name]
        down = "None" if not names else repr(names[0]) if len(names) == 1 else repr(tuple(names))
        (folder / f"{revision}_x.py").write_text(
            f'"""A title\n\nRevises: {before}\n"""\nfrom alembic import op\n\n'
            f"revision: str = '{revision}'\ndown_revision: Union[str, None] = {down}\nbranch_labels = None\n"
        )
    return folder


class TestAlembic:
    def test_a_line(self, tmp_path: Path) -> None:
        wanted = read(str(alembic(tmp_path, c="b", a="", b="a")))
        assert (wanted.tool, wanted.revisions, wanted.heads) == ("alembic", ("a", "b", "c"), ("c",))
        assert wanted.behind(frozenset("a")) == ("b", "c")
        assert wanted.behind(frozenset("c")) == ()
        assert wanted.behind(frozenset()) == ("a", "b", "c")

    def test_branches_and_a_merge(self, tmp_path: Path) -> None:
        wanted = read(str(alembic(tmp_path, a="", b="a", c="a", d="b,c")))
        assert wanted.heads == ("d",)
        assert wanted.behind(frozenset("bc")) == ("d",)
        assert wanted.behind(frozenset("b")) == ("c", "d")

    def test_a_database_that_is_ahead_is_not_behind(self, tmp_path: Path) -> None:
        assert read(str(alembic(tmp_path, a=""))).behind(frozenset("z")) is None

    @pytest.mark.parametrize("place", ["versions", "alembic/versions", "migrations/versions"])
    def test_a_folder_above(self, tmp_path: Path, place: str) -> None:
        alembic(tmp_path / place, a="")
        assert read(str(tmp_path)).revisions == ("a",)

    def test_a_circle_and_other_files_end(self, tmp_path: Path) -> None:
        alembic(tmp_path, a="b", b="a", c="gone")
        (tmp_path / "env.py").write_text("print()")
        (tmp_path / "broken.py").write_bytes(b"\xff\xfe" * 100)
        assert set(read(str(tmp_path)).revisions) == {"a", "b", "c"}

    @settings(deadline=None)
    @given(st.lists(st.lists(st.integers(0, 11), max_size=3), max_size=12))
    def test_each_comes_after_those_that_it_follows(self, graph: list[list[int]]) -> None:
        follows = {f"r{i}": tuple(f"r{j}" for j in befores if j < i) for i, befores in enumerate(graph)}
        order = list(folders._in_order(follows))
        assert sorted(order) == sorted(follows)
        for revision, befores in follows.items():
            assert all(order.index(before) < order.index(revision) for before in befores)


def test_prisma(tmp_path: Path) -> None:
    for name in ("20240102_b", "20240101_a", "notes"):
        (tmp_path / "prisma/migrations" / name).mkdir(parents=True)
        if name != "notes":
            (tmp_path / "prisma/migrations" / name / "migration.sql").write_text("SELECT 1")
    wanted = read(str(tmp_path))
    assert (wanted.tool, wanted.revisions, wanted.heads) == (
        "prisma",
        ("20240101_a", "20240102_b"),
        ("20240102_b",),
    )
    assert wanted.behind(frozenset({"20240101_a"})) == ("20240102_b",)


class TestDjango:
    def project(self, root: Path) -> Path:
        for app, names in {
            "shop": ("0001_initial", "0002_price", "0001_squashed_0002_price"),
            "new": ("0001_initial",),
        }.items():
            folder = root / "src" / app / "migrations"
            folder.mkdir(parents=True)
            for name in ("__init__", *names):
                replaces = (
                    "    replaces = [('shop', '0001_initial'), ('shop', '0002_price')]\n"
                    if "squash" in name
                    else ""
                )
                (folder / f"{name}.py").write_text(f"class Migration:\n{replaces}    pass\n")
        (root / "venv/lib/auth/migrations").mkdir(parents=True)
        (root / "venv/lib/auth/migrations/__init__.py").touch()
        (root / "venv/lib/auth/migrations/0001_initial.py").touch()
        return root

    def test_apps_of_the_project(self, tmp_path: Path) -> None:
        wanted = read(str(self.project(tmp_path)))
        assert wanted.tool == "django"
        assert {one.partition(".")[0] for one in wanted.revisions} == {"shop", "new"}
        assert wanted.behind(frozenset({"shop.0001_initial"})) == (
            "shop.0001_squashed_0002_price",
            "shop.0002_price",
        )

    def test_a_squashed_one_stands_for_those_that_it_replaces_and_they_for_it(self, tmp_path: Path) -> None:
        wanted = read(str(self.project(tmp_path)))
        assert wanted.behind(frozenset({"shop.0001_initial", "shop.0002_price"})) == ()
        assert wanted.behind(frozenset({"shop.0001_squashed_0002_price"})) == ()

    def test_an_app_of_which_the_database_knows_nothing_has_another_name_there(self, tmp_path: Path) -> None:
        behind = read(str(self.project(tmp_path))).behind(frozenset({"other.0001_initial"}))
        assert behind == ()


def test_what_is_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(str(tmp_path / "gone"))
    with pytest.raises(UnknownLayoutError):
        read(str(tmp_path))
