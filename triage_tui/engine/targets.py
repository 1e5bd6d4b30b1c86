"""A target as it can be named before anybody has looked at it."""

from __future__ import annotations

from triage_tui.config.settings import DockerSpec, FilesSpec, HostSpec, TargetSpec, kind_of
from triage_tui.model import Target
from triage_tui.text import redact_url, safe


def target_of(spec: TargetSpec) -> Target:
    """The target of a spec, free of secrets; its source may know the endpoint more exactly later."""
    return Target(
        name=spec.name, kind=kind_of(spec), endpoint=_endpoint(spec), depends_on=tuple(spec.depends_on)
    )


def _endpoint(spec: TargetSpec) -> str:
    match spec:
        case HostSpec():
            return "this host"
        case FilesSpec(path=path):
            return safe(path)
        case DockerSpec(url=None, context=str(context)):
            return safe(f"docker context {context}")
        case DockerSpec(url=None):
            return "docker"
        case _ if spec.url is None:
            return "postgresql"
        case _:
            return safe(redact_url(spec.url.reveal()))
