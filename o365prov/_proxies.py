"""The proxy that the environment names, for whatever goes to another server: Graph, or Okta."""

from __future__ import annotations


def environment_proxy(host: str) -> str | None:
    """The proxy on the way to a host over HTTPS; None for none.

    ``HTTPS_PROXY`` and ``ALL_PROXY`` name one, in upper or lower case, and ``NO_PROXY`` hosts that are reached without;
    on Windows and macOS the settings of the system count, too.
    """
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - as slow to import as this package

    proxies = getproxies()
    found = proxies.get("https") or proxies.get("all")
    if not found or proxy_bypass(host):
        return None
    return found if "://" in found else f"http://{found}"
