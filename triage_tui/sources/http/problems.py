"""Why an endpoint gave no answer, in words that tell the causes apart."""

from __future__ import annotations

import http.client
import ssl

from triage_tui.model import Problem, ProblemKind
from triage_tui.sources.problems import network_problem, protocol_problem, timeout_problem
from triage_tui.text import safe

_EXPIRED, _NOT_YET_VALID, _WRONG_NAME, _WRONG_ADDRESS = 10, 9, 62, 64
_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
"""X509_V_ERR_… of OpenSSL (x509_vfy.h)."""

BROKE_OFF = "the connection was closed in the middle of an answer"


def http_problem(error: BaseException, endpoint: str) -> Problem:
    """Name what went wrong with one request. endpoint: without secrets."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_problem(error, endpoint)
    if isinstance(error, http.client.RemoteDisconnected):
        return protocol_problem("the connection was closed without an answer", endpoint, "an HTTP server")
    if broke_off(error):
        return protocol_problem(BROKE_OFF, endpoint, "an HTTP server")
    if isinstance(error, http.client.HTTPException):
        words = safe(str(error)) or type(error).__name__
        return protocol_problem(f"not an HTTP answer: {words}", endpoint, "an HTTP server")
    if isinstance(error, TimeoutError):
        return timeout_problem(endpoint)
    found = network_problem(error, endpoint)
    return found if found is not None else protocol_problem(str(error), endpoint, "an HTTP server")


def broke_off(error: BaseException) -> bool:
    """An answer had begun: its first line is HTTP as far as it goes, or its body is shorter than announced."""
    if isinstance(error, http.client.IncompleteRead):
        return True
    return isinstance(error, http.client.BadStatusLine) and str(error).startswith("HTTP/")


def _certificate_problem(error: ssl.SSLCertVerificationError, endpoint: str) -> Problem:
    match error.verify_code:
        case code if code == _EXPIRED:
            words, step = (
                "the certificate has expired",
                f"Renew the certificate of {endpoint} and reload its server.",
            )
        case code if code == _NOT_YET_VALID:
            words, step = (
                "the certificate is not valid yet",
                "Check the clocks of this host and of the server.",
            )
        case code if code in (_WRONG_NAME, _WRONG_ADDRESS):
            words = f"the certificate is for another name: {safe(error.verify_message)}"
            step = f"Check the host name in {endpoint} against the names in the certificate."
        case code if code in _UNKNOWN_AUTHORITY:
            words = f"the certificate's authority is not known here: {safe(error.verify_message)}"
            step = "Name the authority's file with ca_file, or install it on this host."
        case _:
            words, step = safe(error.verify_message), f"Check the certificate of {endpoint}."
    return Problem(ProblemKind.TLS, words, step)
