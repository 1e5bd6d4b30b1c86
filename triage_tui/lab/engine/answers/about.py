"""The engine itself: version and information, and the images and networks that its containers name."""

from __future__ import annotations

import platform
import sys
import time
from typing import Any

import psutil

from triage_tui.lab.engine.answers.stats import memory_total
from triage_tui.lab.engine.answers.words import image_id, moment, tagged
from triage_tui.lab.engine.container import Container
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.errors import NotFoundError
from triage_tui.lab.engine.networks import ADDRESS, BUILT_IN, Network, network_of

API = "1.41"
OLDEST_API = "1.12"
VERSION = "20.10.24+triage"
"""Of the engine whose answers these are, and whose they are not."""

_BUILT = "2026-01-01T00:00:00.000000000+00:00"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def version_of() -> dict[str, Any]:
    """The answer to `/version`. Its system is the one that Docker's containers would have, on macOS too."""
    arch = _ARCHITECTURES.get(platform.machine(), platform.machine())
    about = {
        "ApiVersion": API,
        "MinAPIVersion": OLDEST_API,
        "GitCommit": "",
        "GoVersion": "",
        "Os": "linux",
        "Arch": arch,
        "KernelVersion": platform.release(),
        "BuildTime": _BUILT,
    }
    runtime = {"Name": "python", "Version": platform.python_version(), "Details": {"GitCommit": ""}}
    return {
        "Platform": {"Name": "triage lab"},
        "Components": [
            {"Name": "Engine", "Version": VERSION, "Details": about | {"Experimental": "false"}},
            runtime,
        ],
        "Version": VERSION,
        **about,
    }


def information_of(engine: Engine) -> dict[str, Any]:
    """The answer to `/info`."""
    words = [container.state.word for container in engine.containers]
    paused, running = words.count("paused"), words.count("running")
    commit = {"ID": "", "Expected": ""}
    return {
        "ID": ":".join(engine.id[:48].upper()[place : place + 4] for place in range(0, 48, 4)),
        "Containers": len(words),
        "ContainersRunning": running,
        "ContainersPaused": paused,
        "ContainersStopped": len(words) - running - paused,
        "Images": len(images_of(engine)),
        "Driver": "none",
        "DriverStatus": [["Backing Filesystem", "none: containers are processes of this machine"]],
        "Plugins": {
            "Volume": ["local"],
            "Network": ["bridge", "host", "null"],
            "Authorization": None,
            "Log": ["json-file"],
        },
        "MemoryLimit": True,
        "SwapLimit": True,
        "KernelMemory": True,
        "KernelMemoryTCP": True,
        "CpuCfsPeriod": True,
        "CpuCfsQuota": True,
        "CPUShares": True,
        "CPUSet": True,
        "PidsLimit": True,
        "IPv4Forwarding": True,
        "BridgeNfIptables": True,
        "BridgeNfIp6tables": True,
        "Debug": False,
        "NFd": _descriptors(),
        "OomKillDisable": False,
        "NGoroutines": 1,
        "SystemTime": moment(time.time_ns()),
        "LoggingDriver": "json-file",
        "CgroupDriver": "none",
        "CgroupVersion": "2",
        "NEventsListener": engine.events.listeners,
        "KernelVersion": platform.release(),
        "OperatingSystem": f"triage lab on {platform.system()}",
        "OSVersion": "",
        "OSType": "linux",
        "Architecture": platform.machine(),
        "IndexServerAddress": "",
        "RegistryConfig": {
            "AllowNondistributableArtifactsCIDRs": [],
            "AllowNondistributableArtifactsHostnames": [],
            "InsecureRegistryCIDRs": [],
            "IndexConfigs": {},
            "Mirrors": [],
        },
        "NCPU": psutil.cpu_count() or 1,
        "MemTotal": memory_total(),
        "GenericResources": None,
        "DockerRootDir": str(engine.folder),
        "HttpProxy": "",
        "HttpsProxy": "",
        "NoProxy": "",
        "Name": engine.name,
        "Labels": [],
        "ExperimentalBuild": False,
        "ServerVersion": VERSION,
        "Runtimes": {"triage-lab": {"path": sys.executable}},
        "DefaultRuntime": "triage-lab",
        "Swarm": {
            "NodeID": "",
            "NodeAddr": "",
            "LocalNodeState": "inactive",
            "ControlAvailable": False,
            "Error": "",
            "RemoteManagers": None,
        },
        "LiveRestoreEnabled": False,
        "Isolation": "",
        "InitBinary": "",
        "ContainerdCommit": commit,
        "RuncCommit": commit,
        "InitCommit": commit,
        "SecurityOptions": [],
        "Warnings": None,
    }


def images_of(engine: Engine) -> list[dict[str, Any]]:
    """The answer to `/images/json`: names that containers have, with nothing behind them."""
    names = sorted({container.spec.image for container in engine.containers})
    return [
        {
            "Containers": -1,
            "Created": engine.opened_ns // 10**9,
            "Id": image_id(name),
            "Labels": None,
            "ParentId": "",
            "RepoDigests": None,
            "RepoTags": [tagged(name)],
            "SharedSize": -1,
            "Size": 0,
            "VirtualSize": 0,
        }
        for name in names
    ]


def networks_of(engine: Engine) -> list[dict[str, Any]]:
    """The answer to `/networks`."""
    named = {network.name: network for network in BUILT_IN}
    named |= {network.name: network for network in (network_of(c.spec) for c in engine.containers)}
    return [_network(network, engine, ()) for network in named.values()]


def network_called(engine: Engine, called: str) -> dict[str, Any]:
    """The answer to `/networks/{id}`, with the containers that are in it. Raises NotFoundError."""
    for network in (*BUILT_IN, *(network_of(container.spec) for container in engine.containers)):
        if called in (network.name, network.id) or (len(called) >= 3 and network.id.startswith(called)):
            inside = [c for c in engine.containers if c.run is not None and network_of(c.spec) == network]
            return _network(network, engine, inside)
    raise NotFoundError(f"network {called} not found")


def _network(network: Network, engine: Engine, inside: list[Container] | tuple[()]) -> dict[str, Any]:
    bridge = network.driver == "bridge"
    return {
        "Name": network.name,
        "Id": network.id,
        "Created": moment(engine.opened_ns),
        "Scope": "local",
        "Driver": network.driver,
        "EnableIPv6": False,
        "IPAM": {
            "Driver": "default",
            "Options": None,
            "Config": [{"Subnet": "127.0.0.0/8", "Gateway": ADDRESS}] if bridge else [],
        },
        "Internal": False,
        "Attachable": False,
        "Ingress": False,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Containers": {
            container.id: {
                "Name": container.name,
                "EndpointID": container.id[::-1],
                "MacAddress": "",
                "IPv4Address": f"{ADDRESS}/8",
                "IPv6Address": "",
            }
            for container in inside
        },
        "Options": {},
        "Labels": {"com.docker.compose.project": network.project} if network.project else {},
    }


def _descriptors() -> int:
    try:
        return psutil.Process().num_fds()
    except psutil.Error:
        return -1


def image_called(engine: Engine, called: str) -> dict[str, Any]:
    """The answer to `/images/{name}/json`. Raises NotFoundError."""
    number = called.removeprefix("sha256:")
    for image in images_of(engine):
        begins = len(number) >= 4 and image["Id"].startswith(f"sha256:{number}")
        if begins or tagged(called) in image["RepoTags"]:
            return _image(image, engine)
    raise NotFoundError(f"no such image: {called}: No such image: {tagged(called)}")


def _image(image: dict[str, Any], engine: Engine) -> dict[str, Any]:
    config = {
        "Hostname": "",
        "Domainname": "",
        "User": "",
        "AttachStdin": False,
        "AttachStdout": False,
        "AttachStderr": False,
        "Tty": False,
        "OpenStdin": False,
        "StdinOnce": False,
        "Env": None,
        "Cmd": None,
        "Image": "",
        "Volumes": None,
        "WorkingDir": "",
        "Entrypoint": None,
        "OnBuild": None,
        "Labels": None,
    }
    return {
        "Id": image["Id"],
        "RepoTags": image["RepoTags"],
        "RepoDigests": [],
        "Parent": "",
        "Comment": "a name only",
        "Created": moment(engine.opened_ns),
        "Container": "",
        "ContainerConfig": config,
        "DockerVersion": VERSION,
        "Author": "",
        "Config": config,
        "Architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
        "Os": "linux",
        "Size": 0,
        "VirtualSize": 0,
        "GraphDriver": {"Data": {}, "Name": "none"},
        "RootFS": {"Type": "layers", "Layers": []},
        "Metadata": {"LastTagTime": moment(engine.opened_ns)},
    }
