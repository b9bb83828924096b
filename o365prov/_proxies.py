"""The proxy that the environment names, for whatever goes to another server: Graph, or Okta."""

from __future__ import annotations

from urllib.parse import urlsplit

from o365prov.errors import ConfigurationError


def is_http_proxy(address: object) -> bool:
    """Whether this is the address of an HTTP proxy, such as ``http://proxy.corp.example:8080``."""
    if not isinstance(address, str) or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def environment_proxy(host: str) -> str | None:
    """The proxy on the way to a host over HTTPS; None for none.

    ``HTTPS_PROXY`` and ``ALL_PROXY`` name one, in upper or lower case, and ``NO_PROXY`` hosts that are reached without;
    on Windows and macOS the settings of the system count, too.

    Raises:
        ConfigurationError: it is not an HTTP proxy.

    """
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - as slow to import as this package

    proxies = getproxies()
    found = proxies.get("https") or proxies.get("all")
    if not found or proxy_bypass(host):
        return None
    proxy = found if "://" in found else f"http://{found}"
    if not is_http_proxy(proxy):  # not shown: it may hold a password
        raise ConfigurationError(
            "HTTPS_PROXY or ALL_PROXY should name an HTTP proxy, such as http://proxy.corp.example:8080, and no other "
            f"kind, such as SOCKS: correct the variable, or add {host} to NO_PROXY"
        )
    return proxy
