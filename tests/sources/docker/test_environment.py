"""What is wrong with environments is told without one value of theirs."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage_tui.model.environment import ContainerEnvironment, Flaw, FlawKind
from triage_tui.sources.docker.environment import Environments, environment_of, fingerprint
from triage_tui.sources.docker.inspections import Inspections
from triage_tui.sources.docker.known_secrets import has_well_known_password, is_well_known
from triage_tui.sources.docker.rows import Inspected, Row, inspected_of, rows_of
from triage_tui.sources.docker.variables import flaws_of, wrong_with_database_url

GOOD = "8c1f7f0e5a6b4d3c9e2a"


def container(name: str = "shop-api-1", **environment: str) -> tuple[Row, Inspected]:
    """A row and its inspection as an engine sends them."""
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": "api"}
    listed = {"Id": name, "Names": [f"/{name}"], "Image": "shop/api:1", "State": "running", "Labels": labels}
    env = [f"{key}={value}" for key, value in environment.items()]
    ((row,), _), inspected = rows_of([listed]), inspected_of({"Id": name, "Config": {"Env": env}})
    return row, inspected


def seen(require: dict[str, tuple[str, ...]] | None = None, /, **environment: str) -> ContainerEnvironment:
    return environment_of(*container(**environment), require or {})


def flaws(**environment: str) -> dict[str, FlawKind]:
    return {flaw.variable: flaw.kind for flaw in flaws_of(environment)}


def test_names_and_fingerprints_and_no_value() -> None:
    made = seen(
        PATH="/bin", SECRET_KEY=GOOD, DATABASE_URL=f"postgresql://app:{GOOD}@db/shop", LOG_LEVEL="hunter2"
    )
    assert made.names == ("DATABASE_URL", "LOG_LEVEL", "SECRET_KEY")
    assert (made.project, made.service) == ("shop", "api")
    assert set(made.fingerprints) == {"SECRET_KEY"}
    printed = msgspec.json.encode(made).decode() + repr(made)
    assert GOOD not in printed
    assert "hunter2" not in printed
    assert made.flaws == ()


def test_fingerprints_are_equal_where_values_are_and_say_nothing() -> None:
    assert fingerprint("a") == fingerprint("a") != fingerprint("b")
    assert len(fingerprint("x" * 1000)) == 12


@settings(deadline=None)
@given(st.text(min_size=6, max_size=40).filter(lambda value: not value.isalnum() or len(value) > 8))
def test_no_value_is_ever_in_what_is_made(value: str) -> None:
    """Whatever it is, and whatever is wrong with it."""
    value = f"q9{value}9q".replace("\0", "")
    made = seen(
        SECRET_KEY=value,
        DATABASE_URL=value,
        REDIS_URL=f"redis://:{value}@h",
        REDIS_PASSWORD=value,
        API_URL=value,
    )
    printed = json.dumps(msgspec.to_builtins(made), ensure_ascii=False)
    assert value not in printed
    assert f"q9{value[2:6]}" not in printed


@pytest.mark.parametrize(
    "value",
    ["changeme", "change-me-in-production", "CHANGE_ME", "your-secret-key-here", "secret", "postgres", "minioadmin",
     "django-insecure-8f$k2", "Password", "xxxxxxxx", "123456", "<your token>", "${SECRET_KEY}", "please_change_me",
     "my-super-secret-key", "replace-me", "dev-secret", "super secret", "insecure-dev-key", '"changeme"',
     "mysecretpassword", "not-secure"],
)  # fmt: skip
def test_what_everybody_knows(value: str) -> None:
    assert is_well_known(value)
    assert flaws(SECRET_KEY=value) == {"SECRET_KEY": FlawKind.DEFAULT_SECRET}


@pytest.mark.parametrize(
    "value",
    [GOOD, "b5d2f6c80e17b5d2f6c80e17", "correct-horse-battery-staple", "Tr0ub4dor&3", "sk_live_changed9fmeq",
     "aYourK3y0987654321", "exchange-metro-9912", "Zk9_admin_77fQ", "unchangeable-8812x", ""],
)  # fmt: skip
def test_what_nobody_knows(value: str) -> None:
    assert not is_well_known(value)


def test_passwords_in_urls() -> None:
    assert has_well_known_password("postgresql://postgres:postgres@db:5432/app")
    assert has_well_known_password("amqp://guest:guest@rabbit:5672//")
    assert has_well_known_password("postgres://shop:Shop@db/x")
    assert not has_well_known_password(f"postgres://shop:{GOOD}@db/x")
    assert not has_well_known_password("redis://cache:6379/0")
    assert flaws(CELERY_BROKER="amqp://guest:guest@rabbit//") == {"CELERY_BROKER": FlawKind.DEFAULT_SECRET}


def test_secrets_are_told_by_their_names() -> None:
    """The same word is a fine value of a variable that holds no secret."""
    assert flaws(DB_USER="postgres", LOG_LEVEL="debug", ROLE="admin", POSTGRES_DB="postgres") == {}
    assert flaws(MINIO_ROOT_PASSWORD="minioadmin") == {"MINIO_ROOT_PASSWORD": FlawKind.DEFAULT_SECRET}
    assert flaws(DB_PASSWORD_FILE="/run/secrets/password") == {}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("postgresql:/app:pw@db:5432/shop", "one slash too few"),
        ("postgressql://app:pw@db:5432/shop", "did you mean postgresql://"),
        ("'postgresql://app:pw@db:5432/shop'", "in quotes"),
        ("postgresql://app:pw@db:54x2/shop", "port that is no number"),
        ("postgresql://app:p@w@db/shop", "more than one @"),
        ("postgresql://app:${DB_PASSWORD}@db/shop", "nobody has replaced"),
        ("postgresql://app:pw@db/sh op", "malformed"),
        ("db:5432/shop", "is no URL"),
        ("http://db:5432/shop", "no database"),
    ],
)
def test_urls_that_are_none(value: str, said: str) -> None:
    wrong = wrong_with_database_url(value)
    assert wrong is not None
    assert said in wrong
    assert "pw" not in wrong
    assert flaws(SHOP_DATABASE_URL=value)["SHOP_DATABASE_URL"] is FlawKind.DATABASE_URL


@pytest.mark.parametrize(
    "value",
    ["postgresql://app:pw@db:5432/shop", "postgres://app:p%40w@db/shop?sslmode=require", "postgresql+asyncpg://a:b@c/d",
     "jdbc:postgresql://db:5432/shop", "mysql+pymysql://a:b@c/d", "sqlite:///./app.db", "file:./dev.db",
     "sqlite::memory:", "mongodb+srv://a:b@c/d", "postgresql:///shop?host=/var/run/postgresql", "host=db dbname=shop",
     "postgresql://a:b@h1,h2:5433/shop", "postgresql://app@db/shop?schema=public", "cockroachdb://a@b/c"],
)  # fmt: skip
def test_urls_that_are_one(value: str) -> None:
    assert wrong_with_database_url(value) is None


def test_a_password_that_is_put_in_twice() -> None:
    url = f"redis://:{GOOD}@cache:6379/0"
    doubled = {"REDIS_URL": FlawKind.DOUBLE_PASSWORD}
    assert flaws(REDIS_URL=url, REDIS_PASSWORD=GOOD) == doubled
    assert flaws(REDIS_URL=f"redis://:{GOOD}@:{GOOD}@cache:6379/0") == doubled
    assert flaws(REDIS_URL=url, REDIS_PASSWORD="a-very-different-one") == {}
    assert flaws(REDIS_URL="redis://cache:6379/0", REDIS_PASSWORD=GOOD) == {}
    assert flaws(REDIS_URL=url) == {}


def test_what_triage_toml_requires() -> None:
    """By the container's name or its service's; of others nothing is required."""
    require = {"api": ("A", "B"), "shop-api-1": ("C",), "worker": ("D",)}
    made = seen(require, A="x", B=" ")
    assert [(flaw.variable, flaw.kind) for flaw in made.flaws] == [
        ("C", FlawKind.MISSING),
        ("B", FlawKind.MISSING),
    ]
    assert "set to nothing" in made.flaws[1].words


def test_set_to_nothing() -> None:
    assert flaws(DATABASE_URL="", SECRET_KEY=" ", HTTP_PROXY="", DEBUG="") == {
        "DATABASE_URL": FlawKind.EMPTY,
        "SECRET_KEY": FlawKind.EMPTY,
    }


def test_an_environment_is_looked_into_once_for_each_inspection() -> None:
    """A hundred containers with a hundred variables each would be a fifth of a look."""
    row, inspected = container(SECRET_KEY=GOOD)
    inspections = Inspections()
    inspections._known[row.id] = inspected
    environments = Environments({})
    (first,) = environments.of([row], inspections)
    (second,) = environments.of([row], inspections)
    assert first is second
    inspections._known[row.id] = container(SECRET_KEY="changeme")[1]
    (third,) = environments.of([row], inspections)
    assert third.flaws == (
        Flaw(
            "SECRET_KEY",
            FlawKind.DEFAULT_SECRET,
            "has a value that stands in examples, so that everybody knows it",
        ),
    )
    assert environments.of([], inspections) == ()


def test_names_are_foreign_text_too() -> None:
    row, _ = container()
    inspected = inspected_of(
        {"Id": "x", "Config": {"Env": ["A\x1b[31m=1", "=x", "NOVALUE", "B" * 500 + "=2"]}}
    )
    made = environment_of(row, inspected)
    assert made.names[0] == "A␛[31m"
    assert max(map(len, made.names)) <= 120
