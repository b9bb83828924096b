"""The credential that the environment names, by azure-identity's own variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from o365prov._annotations import check_call
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.errors import credential_error
from o365prov.graph.client.transport import Credential


def environment_credential(cloud: Cloud = Cloud.GLOBAL, *, environment: Mapping[str, str] = os.environ) -> Credential:
    """One of azure-identity's credentials, for programs that a person or a job starts.

    Where the environment has a secret or a certificate (``AZURE_TENANT_ID``, ``AZURE_CLIENT_ID``, and
    ``AZURE_CLIENT_SECRET`` or ``AZURE_CLIENT_CERTIFICATE_PATH``), it is ``EnvironmentCredential``. Everywhere else it
    is ``DefaultAzureCredential``: a workload identity (``AZURE_FEDERATED_TOKEN_FILE``), a managed identity, or who is
    signed in with Azure's command line. It never opens a browser.

    Args:
        cloud: Microsoft's cloud in which the tenant is; ``AZURE_AUTHORITY_HOST`` overrides where to sign in.
        environment: the variables that say which credential it is; azure-identity reads those of the process.

    Returns:
        The credential, which is yours to close.

    Raises:
        CredentialError: what the environment says can't be used, such as a certificate that is missing.

    """
    check_call(environment_credential, locals())
    from azure.core.exceptions import AzureError  # noqa: PLC0415 - loads msal and requests
    from azure.identity import DefaultAzureCredential, EnvironmentCredential  # noqa: PLC0415 - see above

    options: dict[str, Any] = {}
    authority = environment.get("AZURE_AUTHORITY_HOST")
    if not authority:
        options["authority"] = cloud.login_host
    elif urlsplit(authority).hostname in {"127.0.0.1", "localhost", "::1"}:
        options["disable_instance_discovery"] = True  # Microsoft knows nothing of a fake tenant on this computer
    is_complete = environment.get("AZURE_CLIENT_ID") and any(map(environment.get, _SECRETS))
    try:
        credential: Credential = (EnvironmentCredential if is_complete else DefaultAzureCredential)(**options)
    except (AzureError, ValueError, OSError) as error:
        raise credential_error(str(error)) from None  # its text may hold the secret
    return credential


_SECRETS = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH")
