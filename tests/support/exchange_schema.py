"""The attributes that Exchange's set-up adds to the schema of Active Directory, which Samba does not come with.

The names, and what kind of value each has, are Exchange's; the object identifiers are of an arc of our own, because
nothing looks at them.

Source: Microsoft, "Active Directory schema changes in Exchange Server".
"""

_STRING, _OCTETS, _NUMBER = (("2.5.5.12", 64), ("2.5.5.10", 4), ("2.5.5.9", 2))
_LONG, _BOOLEAN, _NAME = (("2.5.5.16", 65), ("2.5.5.8", 1), ("2.5.5.1", 127))
_OF_NAMES = "oMObjectClass:: KwwCh3McAIVK\n"

KINDS = {
    _OCTETS: "msExchArchiveGUID msExchBlockedSendersHash msExchMailboxGuid msExchMailboxSecurityDescriptor "
    "msExchSafeRecipientsHash msExchSafeSendersHash",
    _NUMBER: "msExchResourceCapacity msExchRecipientDisplayType msExchELCMailboxFlags internetEncoding "
    "msExchModerationFlags msDS-HABSeniorityIndex",
    _LONG: "msExchRecipientTypeDetails msExchRemoteRecipientType",
    _BOOLEAN: "msExchHideFromAddressLists msExchRequireAuthToSendTo msExchEnableModeration msExchBypassAudit",
    _NAME: "authOrig dLMemRejectPerms dLMemSubmitPerms msExchDelegateListLink msExchModeratedByLink publicDelegates "
    "unauthOrig",
    _STRING: "mailNickname targetAddress msExchUsageLocation msExchResourceMetaData msExchResourceSearchProperties "
    "msExchResourceDisplay msExchSenderHintTranslations msExchTeamMailboxOwners msExchUserHoldPolicies "
    "msExchArchiveName msExchAssistantName msExchRetentionComment msExchRetentionURL msRTCSIP-PrimaryUserAddress",
}
SINGLE = frozenset(
    "mailNickname targetAddress msExchUsageLocation msExchResourceDisplay msExchArchiveName msExchAssistantName "
    "msExchRetentionComment msExchRetentionURL msRTCSIP-PrimaryUserAddress".split()
)
"""The strings of which there is one; of the numbers and truths there is always one."""

EXTENSIONS = [f"extensionAttribute{number}" for number in range(1, 16)]
CUSTOM = [f"msExchExtensionCustomAttribute{number}" for number in range(1, 6)]


def schema_changes(base, there):
    """Two changes of a domain's schema: the attributes that are not *there* yet, and the classes that may have them."""
    wanted = {name: kind for kind, names in KINDS.items() for name in names.split()}
    wanted |= dict.fromkeys((*EXTENSIONS, *CUSTOM), _STRING)
    missing = {name: kind for name, kind in wanted.items() if name.lower() not in there}
    schema = f"CN=Schema,CN=Configuration,{base}"
    attributes = "\n".join(
        f"dn: CN={name},{schema}\nchangetype: add\nobjectClass: attributeSchema\nlDAPDisplayName: {name}\n"
        f"attributeID: 1.2.840.113556.1.8000.2554.99999.1.{number}\nattributeSyntax: {syntax}\noMSyntax: {om}\n"
        f"{_OF_NAMES if (syntax, om) == _NAME else ''}"
        f"isSingleValued: {str(_is_single(name, (syntax, om))).upper()}\n"
        for number, (name, (syntax, om)) in enumerate(missing.items(), 1)
    )
    may = "".join(f"mayContain: {name}\n" for name in missing)
    return attributes, f"dn: CN=Mail-Recipient,{schema}\nchangetype: modify\nadd: mayContain\n{may}-\n"


def _is_single(name, kind):
    return name in SINGLE or name in EXTENSIONS or kind in {_NUMBER, _LONG, _BOOLEAN}
