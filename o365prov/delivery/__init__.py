"""What Graph can't take, for an Exchange administrator: a script with what differs from the last one."""

from o365prov.delivery.exchange_script import exchange_csv, exchange_script, powershell_string
from o365prov.delivery.exporting import MailboxOffboarding, exchange_export, users_after
from o365prov.delivery.recipients import ExchangeExport, ExchangeRecipient, RecipientKind
from o365prov.delivery.steps import ExchangeStep, StepAction, exchange_steps

__all__ = [
    "ExchangeExport",
    "ExchangeRecipient",
    "ExchangeStep",
    "MailboxOffboarding",
    "RecipientKind",
    "StepAction",
    "exchange_csv",
    "exchange_export",
    "exchange_script",
    "exchange_steps",
    "powershell_string",
    "users_after",
]
