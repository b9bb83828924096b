"""What Graph can't take, for an Exchange administrator: a script with what differs from the last one."""

from o365prov.delivery.exchange_script import exchange_script, powershell_string
from o365prov.delivery.recipients import ExchangeExport, ExchangeRecipient, RecipientKind, exchange_export

__all__ = [
    "ExchangeExport",
    "ExchangeRecipient",
    "RecipientKind",
    "exchange_export",
    "exchange_script",
    "powershell_string",
]
