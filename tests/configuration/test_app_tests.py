"""Tests beside the app file: what becomes of which person, and who must never get what; run here, and by pytest."""

from pathlib import Path

import pytest

from o365prov import ConfigurationError, Office365App, UsernameFormat, UserSync
from o365prov.configuration import AppTests
from o365prov.sources import okta_json

pytest_plugins = ["pytester"]

DATA = Path(__file__).parents[2] / "examples" / "data"
APP = Office365App(("corp.example",), UserSync(), UsernameFormat.built_in("Email prefix", "@corp.example"))
ANN = 'name = "Ann"\nprofile = { email = "ann@example.com", login = "ann", title = "Head" }\n'


def failures(text, *organization):
    """What the tests of this text find, by name."""
    return {result.name: result.failures for result in AppTests.from_toml(text).run(APP, *organization)}


def test_a_person_gets_what_is_expected():
    """Username, attributes, and attributes without a value."""
    text = (
        f'[[people]]\n{ANN}username = "ann@corp.example"\nattributes = {{ title = "Head" }}\nwithout = ["department"]'
    )
    assert failures(text) == {"Ann": ()}


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ('username = "ann@example.com"', "username: 'ann@example.com' is expected, and is 'ann@corp.example'"),
        ('attributes = { title = "Clerk" }', "title: 'Clerk' is expected, and is 'Head'"),
        ('attributes = { city = "Rome" }', "city: 'Rome' is expected, and is None"),
        ('attributes = { companyName = "Rome" }', "companyName: 'Rome' is expected, and is not mapped"),
        ('without = ["title"]', "title: no value is expected, and is 'Head'"),
        ("issues = []", "issues: [] are expected, and are ['"),
    ],
)
def test_what_is_other_than_expected_is_said(expected, found):
    """Both values, for the one who wrote the test."""
    [line] = failures(f"[[people]]\n{ANN}{expected}")["Ann"]
    assert line.startswith(found)


def test_an_account_of_a_directory_and_groups_can_be_given():
    """For expressions that ask for them."""
    text = f'[[people]]\n{ANN}directory = {{ msExchUsageLocation = "DE" }}\ngroups = ["Staff"]\n'
    assert failures(f'{text}attributes = {{ usageLocation = "DE" }}') == {"Ann": ()}


def test_people_and_rules_of_a_source():
    """By id or login; who gets what outside a group, and who does not within one."""
    organization = okta_json.read_organization(DATA)
    text = """
    [[people]]
    name = "Kateryna"
    id = "00uQy6nB3Wwd25rq4f5z"
    username = "jane.doe@corp.example"
    [[people]]
    name = "nobody"
    id = "nobody@corp.example"
    username = "x"
    [[rules]]
    name = "a role is for its group"
    nobody_outside = "O365 Exchange only"
    gets = "helpdesk administrator"
    [[rules]]
    name = "all get E3"
    everybody_in = "O365 F3"
    gets = "SPE_E3"
    [[rules]]
    name = "no such group"
    nobody_outside = "O365"
    """
    found = failures(text, organization)
    assert found["Kateryna"] == ()
    assert found["nobody"] == ("the source has nobody with the id or login nobody@corp.example",)
    assert found["a role is for its group"] == ()
    assert found["all get E3"]
    assert all("is in O365 F3 and does not get SPE_E3" in each for each in found["all get E3"])
    assert found["no such group"] == ("the source has no group O365: check its name",)


def test_who_gets_what_outside_a_group_is_named():
    """The rule that guards a licence which is dear."""
    organization = okta_json.read_organization(DATA)
    text = '[[rules]]\nname = "E3"\nnobody_outside = "O365 F3"\ngets = "spe_e3"'
    assert all(" gets spe_e3 outside O365 F3" in each for each in failures(text, organization)["E3"])
    assert failures(text, organization)["E3"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"[[people]]\n{ANN}", "people[0]: expects nothing"),
        ('[[people]]\nname = "a"\nusername = "b"', "people[0]: needs the id of a person of the source, or a profile"),
        ('[[rules]]\nname = "a"\ngets = "b"', "rules[0]: needs nobody_outside or everybody_in"),
        (f'[[people]]\n{ANN}username = "a"\n' * 2, "two tests are called 'Ann'"),
        (f'[[people]]\n{ANN}usernam = "a"', "people[0].usernam: is not known: write username"),
        (f"[[people]]\n{ANN}attributes = {{ titel = 1 }}", "people[0].attributes.titel: is not known: write title"),
    ],
)
def test_a_test_that_tests_nothing_is_refused(text, found):
    """With the path of its key."""
    with pytest.raises(ConfigurationError, match="the tests: ") as caught:
        AppTests.from_toml(text)
    assert found in str(caught.value)


APP_FILE = """
domains = ["corp.example"]
provisioning = { type = "user_sync" }
username = { format = "Email prefix", suffix = "@corp.example" }
"""


def test_pytest_runs_them(pytester):
    """Each is a test of its own, found by the name of the file; other files of that kind are left alone."""
    good, bad = f'{ANN}username = "ann@corp.example"', f'{ANN.replace("Ann", "Bo")}username = "bo@corp.example"'
    pytester.path.joinpath("corp.toml").write_text(APP_FILE)
    AppTests.beside(pytester.path / "corp.toml").write_text(f"[[people]]\n{good}\n[[people]]\n{bad}\n")
    pytester.path.joinpath("other.tests.toml").write_text("[[anything]]")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*username: 'bo@corp.example' is expected, and is 'ann@corp.example'*"])


def test_pytest_says_what_is_wrong_with_the_files(pytester):
    """An app file that can't be read fails its tests; tests that can't be read are an error."""
    pytester.path.joinpath("corp.toml").write_text("domains = 5")
    pytester.path.joinpath("corp.tests.toml").write_text(f'[[people]]\n{ANN}username = "a"')
    pytester.path.joinpath("b.toml").write_text(APP_FILE)
    pytester.path.joinpath("b.tests.toml").write_text("[[peple]]")
    run = ("-p", "no:cacheprovider", "--continue-on-collection-errors")
    result = pytester.runpytest_inprocess(*run)
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*b.tests.toml: peple: is not known: write people*", "*domains: should be a list*"])
