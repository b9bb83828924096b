"""How the network is reached: proxy, certificates, time limits."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attrs import field, frozen

from o365prov._annotations import is_number
from o365prov._fields import wrong
from o365prov._proxies import environment_proxy, is_http_proxy
from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted

if TYPE_CHECKING:
    from attrs import Attribute


def _file(owner: object, field: Attribute[str | Path | None], value: object) -> None:
    if value is not None and (not isinstance(value, str | Path) or not str(value)):
        raise wrong(owner, field, "the path of a file of PEM certificates", value)


def _seconds(owner: object, field: Attribute[float], value: object) -> None:
    if not is_number(value) or not 0 < value <= 86_400:
        raise wrong(owner, field, "a number of seconds, above 0 and at most a day", value)


def _proxy(_: object, field: Attribute[str | None], value: object) -> None:
    if value is not None and not is_http_proxy(value):
        # Not shown: it may hold a password.
        raise ConfigurationError(f"Network.{field.name} should be an address such as http://proxy.corp.example:8080")


def _without_password(proxy: str | None) -> str:
    if proxy is None:
        return "None"
    parts = urlsplit(proxy)
    return repr(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")


@frozen
class Network:
    """How a tenant is reached; what is not given is as the environment says.

    ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` name proxies, ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` the authorities
    to trust. A credential of azure-identity has a network of its own, with the same variables: give it the same proxy.

    Args:
        proxy: the address of a proxy, such as ``http://proxy.corp.example:8080``; user and password may be part of it.
        ca_file: a PEM file with the certificates of the authorities to trust, instead of the usual ones.
        client_certificate: a PEM file with a certificate and its unencrypted key, for proxies that want one.
        connect_timeout: the seconds for a connection, above 0.
        read_timeout: the seconds from one piece of an answer to the next, above 0.
        total_timeout: the seconds for a request and its whole answer, above 0.

    Raises:
        ConfigurationError: a field is of the wrong type or out of range.

    >>> Network(proxy="http://ann:secret@proxy.corp.example:8080")
    Network(proxy='http://proxy.corp.example:8080', ca_file=None, client_certificate=None, connect_timeout=30.0, \
read_timeout=100.0, total_timeout=300.0)

    """

    proxy: str | None = field(default=None, validator=_proxy, repr=_without_password)
    ca_file: str | Path | None = field(default=None, validator=_file)
    client_certificate: str | Path | None = field(default=None, validator=_file)
    connect_timeout: float = field(default=30.0, validator=_seconds)
    read_timeout: float = field(default=100.0, validator=_seconds)
    total_timeout: float = field(default=300.0, validator=_seconds)


def proxy_for(network: Network, host: str) -> str | None:
    """The proxy on the way to *host*, given by *network* or by the environment."""
    return environment_proxy(host) if network.proxy is None else network.proxy


def trusting(network: Network, usual: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """The context that trusts and shows the certificates of *network*; the usual one where it has none.

    Args:
        network: how the tenant is reached.
        usual: makes the context that trusts what the environment says.

    Raises:
        ConfigurationError: a file can't be read, or holds no certificate.

    """
    try:
        context = usual() if network.ca_file is None else ssl.create_default_context(cafile=network.ca_file)
    except (OSError, ValueError) as error:
        if network.ca_file is not None:
            raise _unreadable("Network.ca_file", network.ca_file, error) from error
        raise _unreadable("SSL_CERT_FILE", os.environ.get("SSL_CERT_FILE", ""), error) from error
    if network.client_certificate is not None:
        try:
            context.load_cert_chain(network.client_certificate, password="")  # or it would be asked for
        except (OSError, ValueError) as error:
            raise _unreadable("Network.client_certificate", network.client_certificate, error) from error
    return context


def _unreadable(name: str, path: str | Path, error: Exception) -> ConfigurationError:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
    return ConfigurationError(
        f"{name}: {quoted(str(path))} can't be used ({reason}); give a PEM file, with its key unencrypted"
    )
