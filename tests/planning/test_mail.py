"""A primary e-mail address outside the domains that the tenant has verified."""

from attrs import evolve
from effects import effects
from organisation import DOMAIN, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser

APP = user_sync_app()
OUTSIDE = somebody(email="ann.lee@elsewhere.example")


def mail_problems(plan):
    """The problems with addresses."""
    return [each for each in plan.problems if each.code == "mail_outside_domains"]


def test_a_new_account_with_an_address_elsewhere_is_a_warning():
    """Exchange Online drops such an address; the account is made with it all the same, as Okta does."""
    plan = APP.plan([assigned(OUTSIDE)], tenant(), remembered(), now=NOW)
    [create] = plan.changes
    [problem] = mail_problems(plan)
    assert create.properties["mail"] == "ann.lee@elsewhere.example"
    assert (problem.attribute, problem.stops) == ("email", False)
    assert "ann.lee@elsewhere.example" in problem.message
    assert "elsewhere.example in Entra" in problem.remedy


def test_a_domain_that_is_not_verified_yet_is_one_too():
    """It is in the tenant, and proves nothing."""
    plan = APP.plan([assigned(somebody(email="ann.lee@unproven.example"))], tenant(), remembered(), now=NOW)
    assert len(mail_problems(plan)) == 1


def test_any_verified_domain_of_the_tenant_does():
    """Also one that usernames are not in, and in capitals."""
    for address in (f"ann.lee@{DOMAIN}", "ann.lee@corp.example", "ann.lee@CORP.example"):
        assert mail_problems(APP.plan([assigned(somebody(email=address))], tenant(), remembered(), now=NOW)) == []


def test_it_is_said_when_the_address_is_written_and_not_each_time():
    """An account that has the address already, or a person who did not change, is not said again."""
    snapshot, known = effects(APP.plan([assigned(OUTSIDE)], tenant(), remembered(), now=NOW), tenant())
    assert mail_problems(APP.plan([assigned(OUTSIDE)], snapshot, known, now=NOW)) == []


def test_a_changed_address_is_said():
    """The person moves to an address elsewhere."""
    there = account(f"ann.lee@{DOMAIN}", mail="ann.lee@corp.example")
    known = remembered().with_user(AppUser(OUTSIDE.id, there.id, there.username))
    assert len(mail_problems(APP.plan([assigned(OUTSIDE)], tenant(there), known, now=NOW))) == 1


def test_an_address_that_is_not_mapped_is_nobodys_business():
    """Nothing is written, so nothing is said."""
    app = evolve(APP, mapping=APP.mapping.without("email"))
    assert mail_problems(app.plan([assigned(OUTSIDE)], tenant(), remembered(), now=NOW)) == []


def test_a_preview_with_the_tenant_says_it_too():
    """Of an account to be made and of one to be changed; without a tenant nothing is known of domains."""
    there = account(f"ann.lee@{DOMAIN}", mail="ann.lee@corp.example")
    for snapshot in (tenant(), tenant(there)):
        assert [each.code for each in APP.preview(OUTSIDE, snapshot=snapshot).issues] == ["mail_outside_domains"]
    assert APP.preview(OUTSIDE).issues == ()
