"""What changes are made of: whom they are about, properties and licences."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from o365prov._fields import typed


@frozen(field_transformer=typed)
class Subject:
    """Whom a change is about, for people to read.

    Args:
        person_id: the person's id.
        name: the person's name.
        username: the account's username once the change is made.

    """

    person_id: str
    name: str
    username: str


@frozen(field_transformer=typed)
class Invitation:
    """How a guest is invited.

    Args:
        address: the guest's address, at the organisation that they come from.
        redirect_url: where the guest comes to after accepting the invitation.
        sends_message: whether Microsoft mails the invitation.
        message: what the mail says besides Microsoft's own words; empty for nothing.
        sponsor_id: the object id of the guest's sponsor; None for none.

    """

    address: str
    redirect_url: str
    sends_message: bool = False
    message: str = ""
    sponsor_id: str | None = None


@frozen(field_transformer=typed)
class PropertyChange:
    """A change of one property.

    Args:
        name: Graph's name of the property; dots lead into a complex one.
        before: the value in the tenant.
        after: the new value; None clears it.

    """

    name: str
    before: Any
    after: Any


@frozen(field_transformer=typed)
class LicenseAddition:
    """A licence to add; adding one that the account has replaces its service plans.

    Args:
        sku_id: the SKU's id.
        part_number: its part number, for people to read.
        disabled_plans: the ids of the service plans that are turned off.
        held: whether the account has the licence directly already, so that only service plans are switched.
        plans_on: the names of the service plans that the request turns on.
        plans_off: the names of those that it turns off or, where the licence is new, leaves off.
        group_plans: the names of the service plans that a group gives with the same licence; None if no group does.

    """

    sku_id: str
    part_number: str
    disabled_plans: tuple[str, ...] = ()
    held: bool = False
    plans_on: tuple[str, ...] = ()
    plans_off: tuple[str, ...] = ()
    group_plans: tuple[str, ...] | None = None


@frozen(field_transformer=typed)
class LicenseRemoval:
    """A licence to remove, which the account has directly.

    Args:
        sku_id: the SKU's id.
        part_number: its part number, for people to read.
        through_group: whether a group gives the same licence, so that the person keeps it.
        lost_plans: the names of the service plans that the group does not give.

    """

    sku_id: str
    part_number: str
    through_group: bool = False
    lost_plans: tuple[str, ...] = ()
