"""A real Docker engine of its own for tests, and a real Podman, with containers made of one static program.

Nothing is fetched from anywhere: the image is /bin/busybox in a tar. The engine stands beside any other one on the
machine and uses none of its files; when the tests end, its containers, networks, mounts, groups and files go.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import docker
import pytest
import trustme
from docker.errors import APIError, DockerException
from docker.types import Ulimit

from tests.servers.require import unavailable
from triage_tui.lab.embedded.server import EmbeddedServer, StartError, free_port, launch, tail

IMAGE = "busybox:triage"
HOST_VARIABLE = "TRIAGE_TEST_DOCKER_HOST"
_BUSYBOX = Path("/bin/busybox")
_APPLETS = ("sh", "sleep", "cat", "dd", "echo", "false", "head", "nc", "sync", "tail", "true", "wget", "yes")
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
_GRACE_S = 20.0

Check = Callable[[], bool]


def wait_for(what: str, check: Check, timeout_s: float = 30.0) -> None:
    """Wait until `check` is true. Raises AssertionError that says what did not come."""
    end = time.monotonic() + timeout_s
    while not check():
        assert time.monotonic() < end, f"{what}: not after {timeout_s:g} s"
        time.sleep(0.05)


class Engine:
    """A running engine.

    server  None where somebody else started it
    socket  its API; tls_port and certificates: the same on TCP, with ca.pem, cert.pem and key.pem (Docker only)
    api     a client of the SDK for what tests do to it
    """

    def __init__(self, folder: Path, server: EmbeddedServer | None, image: str) -> None:
        self.folder = folder
        self.socket = folder / "s"
        self.tls_port = 0
        self.image = image
        self.server = server
        self.api = docker.APIClient(base_url=f"unix://{self.socket}", version="auto", timeout=60)
        self.limits: list[Ulimit] = []
        self.launch_again: Callable[[], EmbeddedServer] | None = None

    @property
    def url(self) -> str:
        """Where the socket is, as DOCKER_HOST has it."""
        return f"unix://{self.socket}"

    @property
    def certificates(self) -> Path:
        """Folder with a client's ca.pem, cert.pem and key.pem."""
        return self.folder / "certificates"

    def run(
        self,
        name: str,
        script: str,
        *,
        start: bool = True,
        command: list[str] | None = None,
        health: str | None = None,
        restart: str = "no",
        memory: str | None = None,
        network: str = "none",
        ports: Mapping[str, Any] = {},
        labels: Mapping[str, str] = {},
        environment: Mapping[str, str] = {},
    ) -> str:
        """Make and start a container that runs a shell script; its id.

        health  script of a health check that is run every second and fails at once
        ports   as the SDK has it: {"80/tcp": ("127.0.0.1", 8080)}
        """
        host = self.api.create_host_config(
            mem_limit=memory,
            memswap_limit=memory,
            network_mode=network,
            restart_policy={"Name": restart},
            port_bindings=dict(ports) or None,
            ulimits=self.limits,
        )
        second = 1_000_000_000
        check = {"test": ["CMD-SHELL", health], "interval": second, "timeout": 5 * second, "retries": 1}
        made = self.api.create_container(
            self.image,
            command or ["sh", "-c", script],
            name=name,
            host_config=host,
            healthcheck=check if health else None,
            ports=[tuple(port.split("/")) for port in ports] or None,
            labels=dict(labels),
            environment=dict(environment),
        )
        if start:
            self.api.start(made["Id"])
        return str(made["Id"])

    def stop(self) -> None:
        """End the engine. Its files stay."""
        assert self.server is not None
        self.server.stop()
        self.socket.unlink(missing_ok=True)

    def start_again(self) -> None:
        """A new daemon with the same files."""
        assert self.launch_again is not None
        self.server = self.launch_again()

    def state(self, name: str) -> dict[str, Any]:
        """The engine's own State of a container."""
        state: dict[str, Any] = self.api.inspect_container(name)["State"]
        return state

    def remove(self, name: str) -> None:
        """Kill and remove a container, if it is there."""
        with contextlib.suppress(APIError):
            self.api.remove_container(name, force=True, v=True)

    @contextlib.contextmanager
    def container(self, name: str, script: str, **options: Any) -> Iterator[str]:
        """A container that is gone afterwards; yields its id."""
        try:
            yield self.run(name, script, **options)
        finally:
            self.remove(name)

    @contextlib.contextmanager
    def several(self, wanted: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
        """Containers by name, each with the arguments of `run`; all gone afterwards."""
        try:
            for name, options in wanted.items():
                self.run(name, **options)
            yield
        finally:
            for name in wanted:
                self.remove(name)

    def remove_everything(self) -> None:
        """Containers first, then the networks that were made for tests."""
        for row in self.api.containers(all=True):
            self.remove(row["Id"])
        for network in self.api.networks():
            if network["Name"].startswith("triage"):
                with contextlib.suppress(APIError):
                    self.api.remove_network(network["Id"])


def image_tar() -> bytes:
    """A file system with busybox and links to it, as a tar."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(_BUSYBOX, "bin/busybox")
        for applet in _APPLETS:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname, link.mode = tarfile.SYMTYPE, "busybox", 0o777
            tar.addfile(link)
    return packed.getvalue()


def start_docker(folder: Path, cgroup_parent: str) -> Engine:
    """A dockerd whose files are all below `folder`. Raises StartError."""
    program = _program("docker", "dockerd", "docker.io")
    _make_certificates(folder)
    certificates = folder / "certificates"
    port = free_port()
    argv = [
        program,
        *("--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")),
        *("--pidfile", str(folder / "pid"), "--config-file", str(folder / "daemon.json")),
        *("-H", f"unix://{folder / 's'}", "-H", f"tcp://127.0.0.1:{port}", "--group", "root"),
        *("--tlsverify", "--tlscacert", str(certificates / "ca.pem")),
        *("--tlscert", str(folder / "server.pem"), "--tlskey", str(folder / "server-key.pem")),
        *("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"),
        *("--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", cgroup_parent),
    ]  # fmt: skip
    (folder / "daemon.json").write_text("{}")
    environment = {"PATH": _PATH, "DOCKER_TMPDIR": str(folder)}
    engine = Engine(folder, _launch(argv, folder, environment), IMAGE)
    engine.launch_again = lambda: _launch(argv, folder, environment)
    engine.tls_port = port
    engine.api.import_image_from_data(image_tar(), repository="busybox", tag="triage")
    return engine


def start_podman(folder: Path) -> Engine:
    """Podman's API service, whose files are all below `folder`. Raises StartError."""
    program = _program("podman", "podman", "podman")
    argv = [
        program,
        *("--root", str(folder / "data"), "--runroot", str(folder / "run"), "--tmpdir", str(folder / "tmp")),
        *("--cgroup-manager", "cgroupfs", "--events-backend", "file", "--storage-driver", "vfs"),
        *("system", "service", "--time", "0", f"unix://{folder / 's'}"),
    ]
    environment = {"PATH": _PATH, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    engine = Engine(folder, _launch(argv, folder, environment), "localhost/busybox:latest")
    # Its default, a million open files, is more than some hosts allow.
    engine.limits = [
        Ulimit(name="nofile", soft=1024, hard=1024),
        Ulimit(name="nproc", soft=1024, hard=1024),
    ]
    engine.api.import_image_from_data(image_tar(), repository="localhost/busybox", tag="latest")
    return engine


@contextlib.contextmanager
def running_docker() -> Iterator[Engine]:
    """An engine of one's own, gone with all its mounts and groups afterwards. Skips or fails where there is none."""
    cgroup_parent = f"/triage-tests-{os.getpid()}"
    with _folder() as folder:
        try:
            engine = start_docker(folder, cgroup_parent)
        except (StartError, DockerException, OSError) as error:
            unavailable("docker", f"{error}\n{tail(folder / 'log')}")
        try:
            yield engine
            engine.remove_everything()
        finally:
            engine.api.close()
            engine.stop()
            _remove_groups(cgroup_parent.lstrip("/"))
            # A container on the host's network makes the engine mount that namespace, and forget it.
            for mount in _mounts_below(folder):
                subprocess.run(["umount", mount], check=False)
            left = _mounts_below(folder)
        assert not left, f"the engine left mounts: {left}"


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Engine]:
    """An engine, empty but for the image: the one that TRIAGE_TEST_DOCKER_HOST names, or one of this process.

    The named one has to be there for nothing else. Tests that use it are in one group, so that one process runs them.
    """
    named = os.environ.get(HOST_VARIABLE, "").removeprefix("unix://")
    if not named:
        with running_docker() as engine:
            yield engine
        return
    engine = Engine(Path(named).parent, None, IMAGE)
    engine.api.import_image_from_data(image_tar(), repository="busybox", tag="triage")
    yield engine
    engine.remove_everything()
    engine.api.close()


@pytest.fixture
def own_docker_engine() -> Iterator[Engine]:
    """An engine for a test that stops it."""
    with running_docker() as engine:
        yield engine


@pytest.fixture(scope="session")
def podman_engine() -> Iterator[Engine]:
    """Podman, where it is installed; it is never required because Docker is."""
    with _folder() as folder:
        try:
            engine = start_podman(folder)
        except (StartError, DockerException, OSError) as error:
            unavailable("podman", f"{error}\n{tail(folder / 'log')}")
        try:
            yield engine
            engine.remove_everything()
        finally:
            engine.api.close()
            if engine.server is not None:
                engine.server.stop()


def _program(what: str, name: str, package: str) -> str:
    if os.geteuid() != 0:
        unavailable(what, f"{name} needs root")
    if not _BUSYBOX.exists():
        unavailable(what, f"no {_BUSYBOX} (Debian package busybox-static)")
    program = shutil.which(name, path=_PATH)
    return program or unavailable(what, f"no {name} (Debian package {package})")


def _launch(argv: list[str], folder: Path, environment: Mapping[str, str]) -> EmbeddedServer:
    def ready(_: int) -> bool:
        try:
            with contextlib.closing(
                docker.APIClient(base_url=f"unix://{folder / 's'}", version="1.41")
            ) as api:
                return api.ping() is not None
        except (DockerException, OSError):
            return False

    return launch(
        argv,
        url=f"unix://{folder / 's'}",
        folder=folder,
        log=folder / "log",
        ready=ready,
        environment=environment,
        stop_signal=signal.SIGTERM,
        grace_s=_GRACE_S,
    )


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    # containerd's sockets below it have long names, and the kernel takes 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="triage-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_certificates(folder: Path) -> None:
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1", "localhost")
    client = authority.issue_cert("client@triage.test")
    certificates = folder / "certificates"
    certificates.mkdir()
    authority.cert_pem.write_to_path(certificates / "ca.pem")
    client.private_key_pem.write_to_path(certificates / "key.pem")
    client.cert_chain_pems[0].write_to_path(certificates / "cert.pem")
    server.private_key_pem.write_to_path(folder / "server-key.pem")
    server.cert_chain_pems[0].write_to_path(folder / "server.pem")


def _mounts_below(folder: Path) -> list[str]:
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [mount for mount in mounts if mount.startswith(f"{folder}/")]


def _remove_groups(name: str) -> None:
    """Control groups that the engine leaves behind, in every hierarchy; only empty ones can be removed."""
    for pattern in (name, f"*/{name}"):
        for top in Path("/sys/fs/cgroup").glob(pattern):
            for group in sorted(top.rglob("*"), reverse=True):
                if group.is_dir():
                    with contextlib.suppress(OSError):
                        group.rmdir()
            with contextlib.suppress(OSError):
                top.rmdir()
