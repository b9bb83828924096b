"""Microsoft's clouds: the hosts of Graph and of sign-in."""

from __future__ import annotations

from enum import Enum
from urllib.parse import urlsplit


class Cloud(Enum):
    """A Microsoft cloud, by the root of its Graph and its sign-in host.

    GCC belongs to the global cloud; GCC High is ``US_GOVERNMENT``, DoD ``US_DEFENSE``; China is run by 21Vianet.

    Source: Microsoft, "National cloud deployments" (Graph) and azure-identity's ``AzureAuthorityHosts``.

    >>> Cloud.GLOBAL.graph, Cloud.US_GOVERNMENT.scope
    ('https://graph.microsoft.com', 'https://graph.microsoft.us/.default')
    """

    GLOBAL = ("https://graph.microsoft.com", "login.microsoftonline.com")
    US_GOVERNMENT = ("https://graph.microsoft.us", "login.microsoftonline.us")
    US_DEFENSE = ("https://dod-graph.microsoft.us", "login.microsoftonline.us")
    CHINA = ("https://microsoftgraph.chinacloudapi.cn", "login.chinacloudapi.cn")

    def __init__(self, graph: str, login_host: str) -> None:
        self.graph = graph
        self.login_host = login_host

    @property
    def root(self) -> str:
        """The root of every request: Graph's address with the version, without a slash at the end."""
        return f"{self.graph}/v1.0"

    @property
    def graph_host(self) -> str:
        """The only host to which tokens are sent."""
        return urlsplit(self.graph).netloc

    @property
    def scope(self) -> str:
        """The scope of a token that carries every application permission which was consented to."""
        return f"{self.graph}/.default"
