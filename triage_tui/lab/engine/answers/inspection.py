"""All that is known of one container, as `docker inspect` shows it."""

from __future__ import annotations

from typing import Any

from triage_tui.lab.engine.answers.rows import attachment_of
from triage_tui.lab.engine.answers.words import image_id, moment
from triage_tui.lab.engine.container import Container
from triage_tui.lab.engine.networks import network_of
from triage_tui.lab.engine.spec import ServiceSpec

_MASKED = [
    "asound",
    "acpi",
    "kcore",
    "keys",
    "latency_stats",
    "timer_list",
    "timer_stats",
    "sched_debug",
    "scsi",
]
_READ_ONLY = ["bus", "fs", "irq", "sys", "sysrq-trigger"]


def inspection_of(container: Container) -> dict[str, Any]:
    """The answer to `/containers/{id}/json`."""
    spec = container.spec
    return {
        "Id": container.id,
        "Created": moment(container.created_ns),
        "Path": spec.argv[0],
        "Args": list(spec.argv[1:]),
        "State": _state(container),
        "Image": image_id(spec.image),
        "ResolvConfPath": "/etc/resolv.conf",
        "HostnamePath": "/etc/hostname",
        "HostsPath": "/etc/hosts",
        "LogPath": str(container.log.path),
        "Name": f"/{container.name}",
        "RestartCount": container.restarts,
        "Driver": "none",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "",
        "ExecIDs": None,
        "HostConfig": _host_config(spec),
        "GraphDriver": {"Data": {}, "Name": "none"},
        "Mounts": [],
        "Config": _config(container),
        "NetworkSettings": _network_settings(container),
    }


def _state(container: Container) -> dict[str, Any]:
    state = container.state
    told: dict[str, Any] = {
        "Status": state.word,
        "Running": container.running,
        "Paused": state.word == "paused",
        "Restarting": state.word == "restarting",
        "OOMKilled": state.oom_killed,
        "Dead": False,
        "Pid": container.pid,
        "ExitCode": state.exit_code,
        "Error": state.error,
        "StartedAt": moment(state.started_ns),
        "FinishedAt": moment(state.finished_ns),
    }
    if (health := container.health) is not None:
        told["Health"] = {
            "Status": health.status,
            "FailingStreak": health.streak,
            "Log": [
                {
                    "Start": moment(result.start_ns),
                    "End": moment(result.end_ns),
                    "ExitCode": result.code,
                    "Output": result.output,
                }
                for result in health.log
            ],
        }
    return told


def _config(container: Container) -> dict[str, Any]:
    spec = container.spec
    config: dict[str, Any] = {
        "Hostname": container.id[:12],
        "Domainname": "",
        "User": "",
        "AttachStdin": False,
        "AttachStdout": True,
        "AttachStderr": True,
        "ExposedPorts": {f"{port.container}/{port.protocol}": {} for port in spec.ports},
        "Tty": False,
        "OpenStdin": False,
        "StdinOnce": False,
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "Cmd": list(spec.argv),
        "Image": spec.image,
        "Volumes": None,
        "WorkingDir": spec.folder or "",
        "Entrypoint": None,
        "OnBuild": None,
        "Labels": spec.all_labels,
        "StopSignal": spec.stop_signal,
        "StopTimeout": int(spec.stop_timeout_s),
    }
    if not spec.ports:
        del config["ExposedPorts"]
    if spec.stop_signal == "SIGTERM":
        del config["StopSignal"]
    if spec.stop_timeout_s == 10.0:
        del config["StopTimeout"]
    if (check := spec.health) is not None:
        config["Healthcheck"] = {
            "Test": list(check.test),
            "Interval": int(check.interval_s * 1e9),
            "Timeout": int(check.timeout_s * 1e9),
            "Retries": check.retries,
        }
        if check.start_period_s:
            config["Healthcheck"]["StartPeriod"] = int(check.start_period_s * 1e9)
    return config


def _bindings(spec: ServiceSpec) -> dict[str, list[dict[str, str]]]:
    return {
        f"{port.container}/{port.protocol}": [{"HostIp": port.ip, "HostPort": str(port.host)}]
        for port in spec.ports
    }


def _host_config(spec: ServiceSpec) -> dict[str, Any]:
    memory = spec.memory_limit_bytes or 0
    return {
        "Binds": None,
        "ContainerIDFile": "",
        "LogConfig": {
            "Type": "json-file",
            "Config": {"max-size": str(spec.logs.bytes), "max-file": str(spec.logs.files)},
        },
        "NetworkMode": network_of(spec).name,
        "PortBindings": _bindings(spec) or None,
        "RestartPolicy": {"Name": spec.restart.name, "MaximumRetryCount": spec.restart.retries},
        "AutoRemove": False,
        "VolumeDriver": "",
        "VolumesFrom": None,
        "CapAdd": None,
        "CapDrop": None,
        "CgroupnsMode": "host",
        "Dns": None,
        "DnsOptions": None,
        "DnsSearch": None,
        "ExtraHosts": None,
        "GroupAdd": None,
        "IpcMode": "private",
        "Cgroup": "",
        "Links": None,
        "OomScoreAdj": 0,
        "PidMode": "host",
        "Privileged": False,
        "PublishAllPorts": False,
        "ReadonlyRootfs": False,
        "SecurityOpt": None,
        "UTSMode": "",
        "UsernsMode": "",
        "ShmSize": 64 << 20,
        "Runtime": "triage-lab",
        "ConsoleSize": [0, 0],
        "Isolation": "",
        "CpuShares": 0,
        "Memory": memory,
        "NanoCpus": 0,
        "CgroupParent": "",
        "BlkioWeight": 0,
        "BlkioWeightDevice": None,
        "BlkioDeviceReadBps": None,
        "BlkioDeviceWriteBps": None,
        "BlkioDeviceReadIOps": None,
        "BlkioDeviceWriteIOps": None,
        "CpuPeriod": 0,
        "CpuQuota": 0,
        "CpuRealtimePeriod": 0,
        "CpuRealtimeRuntime": 0,
        "CpusetCpus": "",
        "CpusetMems": "",
        "Devices": None,
        "DeviceCgroupRules": None,
        "DeviceRequests": None,
        "KernelMemory": 0,
        "KernelMemoryTCP": 0,
        "MemoryReservation": 0,
        "MemorySwap": memory,
        "MemorySwappiness": None,
        "OomKillDisable": False,
        "PidsLimit": None,
        "Ulimits": [],
        "CpuCount": 0,
        "CpuPercent": 0,
        "IOMaximumIOps": 0,
        "IOMaximumBandwidth": 0,
        "MaskedPaths": [*(f"/proc/{name}" for name in _MASKED), "/sys/firmware"],
        "ReadonlyPaths": [f"/proc/{name}" for name in _READ_ONLY],
    }


def _network_settings(container: Container) -> dict[str, Any]:
    network = network_of(container.spec)
    up = container.run is not None
    return {
        "Bridge": "",
        "SandboxID": container.id[::-1] if container.state.started_ns is not None else "",
        "HairpinMode": False,
        "LinkLocalIPv6Address": "",
        "LinkLocalIPv6PrefixLen": 0,
        "Ports": _bindings(container.spec) if up else {},
        "SandboxKey": "",
        "SecondaryIPAddresses": None,
        "SecondaryIPv6Addresses": None,
        "EndpointID": "",
        "Gateway": "",
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "IPAddress": "",
        "IPPrefixLen": 0,
        "IPv6Gateway": "",
        "MacAddress": "",
        "Networks": {network.name: attachment_of(container, listed=False)},
    }
