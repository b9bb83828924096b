"""The app as code: what is saved reads back the same; all that is wrong is said, with the paths of the keys."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import NOW

from o365prov import (
    AppUsers,
    BlockingTenant,
    ConfigurationError,
    Deprovisioning,
    Expression,
    Grants,
    Harm,
    LeaverSteps,
    LicenseGrant,
    LicenseOnly,
    Lifecycle,
    Limits,
    Office365App,
    OktaOrg,
    PersonCondition,
    ProfileMapping,
    ProfileSync,
    Safeguards,
    Semantics,
    SourceError,
    UniversalSync,
    UsageError,
    UsernameFormat,
    UserSync,
)
from o365prov.configuration import (
    AppFile,
    CsvFiles,
    DirectoryPlace,
    LdifPlace,
    OktaFiles,
    OktaOrganization,
    PostgresPlace,
    SQLitePlace,
    TenantPlace,
    json_schema,
)
from o365prov.configuration.reference_page import keys_page, schema_text
from o365prov.configuration.toml_text import toml_text
from o365prov.profiles import ATTRIBUTES, AttributeMapping
from o365prov.testing import FakeTenant

ROOT = Path(__file__).parents[2]
BEGINNING = """
domains = ["corp.example"]
provisioning = { type = "user_sync" }
username = { format = "Email" }
"""
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = TEXTS.filter(bool)
SOME = st.lists(NAMES, max_size=3)
FLAGS = st.booleans()
OPTIONS = st.one_of(
    st.builds(Deprovisioning.block_sign_in, reaches_back=FLAGS),
    st.builds(
        Deprovisioning.block_remove_licenses_and_delete, grace_days=st.none() | st.integers(1, 365), reaches_back=FLAGS
    ),
    st.builds(
        Deprovisioning.block_remove_licenses_and_delete,
        grace_days=st.integers(30, 365),
        steps=st.builds(LeaverSteps, groups=st.integers(0, 30), licenses=st.none() | st.integers(0, 30)),
    ),
    st.builds(Deprovisioning.block_and_remove_licenses, grace_days=st.none() | st.integers(1, 365)),
)
TYPES = st.one_of(
    st.builds(LicenseOnly, update_attributes=FLAGS, deactivate_users=FLAGS, deprovisioning=OPTIONS),
    st.builds(ProfileSync, create_users=FLAGS, sync_password=FLAGS, deprovisioning=OPTIONS),
    st.builds(UserSync, create_users=FLAGS, update_attributes=FLAGS, deactivate_users=FLAGS, deprovisioning=OPTIONS),
    st.builds(UniversalSync, deactivate_users=FLAGS, deprovisioning=OPTIONS, ad_instances=SOME),
)
EXPRESSIONS = st.builds(
    Expression,
    st.sampled_from(["source.title", 'source.city + "\t"', "String.len(source.title) > 2 ? 'a' : \"b\""]),
    semantics=st.builds(
        Semantics,
        null_text=st.sampled_from(["word", "empty", "refuse"]),
        group_name_case=st.sampled_from(["exact", "ignore"]),
    ),
    limits=st.builds(Limits, nesting=st.integers(50, 300)),
)
USERNAMES = st.one_of(
    st.sampled_from([UsernameFormat.email(), UsernameFormat.built_in("Email prefix", "@corp.example")]),
    st.builds(UsernameFormat, NAMES, EXPRESSIONS, st.lists(EXPRESSIONS, max_size=2)),
    st.just(UsernameFormat.candidates(UsernameFormat.email(), "source.login")),
)
GRANTS = st.builds(
    Grants, st.lists(st.builds(LicenseGrant, NAMES, st.none() | SOME), max_size=3), st.lists(NAMES, max_size=2)
)
SAFEGUARDS = st.builds(
    Safeguards,
    share=st.floats(0, 1),
    from_accounts=st.integers(0, 10**12),
    count=st.integers(0, 10**12),
    shares=st.dictionaries(st.sampled_from(list(Harm)), st.floats(0, 1) | st.sampled_from([0, 1])),
)


@st.composite
def apps(draw):
    """Any app, also one whose attributes have to be mapped again."""
    provisioning = draw(TYPES)
    names = draw(st.lists(st.sampled_from(provisioning.attributes), unique=True)) if provisioning.attributes else []
    moments = st.sampled_from(["create", "create and update"])
    rows = [AttributeMapping(ATTRIBUTES[name], draw(EXPRESSIONS), draw(moments)) for name in names]
    bound_to = draw(st.sampled_from([None, "of-other-settings"]))
    return Office365App(
        domains=draw(st.lists(st.sampled_from(["corp.example", "b.example"]), min_size=1)),
        provisioning=provisioning,
        username=draw(USERNAMES),
        mapping=draw(st.sampled_from([provisioning.default_mapping(), ProfileMapping(rows, bound_to)])),
        default_grants=draw(GRANTS),
        safeguards=draw(SAFEGUARDS),
        grantable_roles=draw(SOME),
        restore_deleted_users=draw(FLAGS),
        take_over_licenses=draw(FLAGS),
        lifecycle=Lifecycle(
            suspended=draw(st.sampled_from(["hold", "block"])),
            excluded_people=draw(st.sampled_from([None, PersonCondition.of('user.userType == "Service"')])),
            excluded_accounts=draw(SOME),
        ),
        org=OktaOrg(graph_api=draw(FLAGS), jit_ad_instances={"of no app"}),
        name=draw(NAMES),
    )


DIRECTORIES = st.lists(
    st.builds(LdifPlace, path=NAMES, instance=st.none() | NAMES)
    | st.builds(DirectoryPlace, url=NAMES, user=NAMES, base=st.none() | NAMES),
    max_size=2,
)
FILES = st.builds(
    AppFile,
    apps(),
    st.none()
    | st.builds(OktaFiles, folder=NAMES, directories=DIRECTORIES)
    | st.builds(OktaOrganization, url=NAMES, app=NAMES, client_id=st.none() | NAMES, linked_objects=SOME)
    | st.builds(CsvFiles, people=NAMES, assignments=NAMES, delimiter=NAMES),
    st.none()
    | st.builds(SQLitePlace, path=NAMES, audit=FLAGS, lease_seconds=st.integers(1, 3600))
    | st.builds(PostgresPlace, dsn=st.just("postgresql://o365prov@db/iam"), schema=NAMES),
    st.builds(TenantPlace, id=st.none() | NAMES, cloud=st.sampled_from(["global", "china"]), rate_share=st.just(0.5)),
)


@given(FILES)
def test_what_is_saved_reads_back_the_same(file):
    """All settings, the order of the mapping, and the settings that it is bound to."""
    text = file.to_toml()
    again = AppFile.from_toml(text)
    assert again == file
    assert [row.attribute for row in again.app.mapping] == [row.attribute for row in file.app.mapping]
    assert again.to_toml() == text


SCHEMA = jsonschema.Draft202012Validator(json_schema())


@given(FILES)
def test_the_schema_takes_what_is_saved(file):
    """An editor does not complain about a file that is right."""
    SCHEMA.validate(tomllib.loads(file.to_toml()))


def paths(table, path=()):
    """The path of every key of a document."""
    for key, value in table.items():
        yield (*path, key)
        if isinstance(value, dict) and (*path, key) != ("mapping", "attributes"):
            yield from paths(value, (*path, key))


def table_and_key(document, data):
    """A table of the document, and one of its keys."""
    *path, key = data.draw(st.sampled_from(list(paths(document))))
    for each in path:
        document = document[each]
    return document, key


def refused(document):
    """The codes of what is wrong with an app file of these values; none if it can be read."""
    try:
        AppFile.from_toml(toml_text(document))
    except ConfigurationError as error:
        return {issue.code for issue in error.issues} or {""}
    return set()


@given(FILES, st.data())
def test_a_misspelt_key_is_refused_by_reader_and_schema(file, data):
    """What a key is called is known to both."""
    document = tomllib.loads(file.to_toml())
    table, key = table_and_key(document, data)
    table[data.draw(st.sampled_from([f"{key}s", "junk"]))] = table.pop(key)
    assert refused(document)
    assert not SCHEMA.is_valid(document)


@given(FILES, st.data())
def test_a_missing_key_is_missed_by_both_or_by_neither(file, data):
    """Which keys must be there is known to both; without one, others may make no sense, which the reader says."""
    document = tomllib.loads(file.to_toml())
    table, key = table_and_key(document, data)
    del table[key]
    assert ("missing" in refused(document)) is not SCHEMA.is_valid(document)


GRACE_ALONE = """
domains = ["corp.example"]
username = { format = "Email" }
provisioning = { type = "user_sync", deprovisioning = { grace_days = 30 } }
"""


def test_days_of_grace_without_what_follows_them_are_refused_by_the_reader():
    """A rule about two keys is none of the schema's: sign-in is blocked by default, and nothing comes after it."""
    with pytest.raises(ConfigurationError) as refusal:
        AppFile.from_toml(GRACE_ALONE)
    [issue] = refusal.value.issues
    assert "grace_days: has no effect where licences are kept: leave it out" in str(issue)
    assert SCHEMA.is_valid(tomllib.loads(GRACE_ALONE))


@given(FILES, st.data(), st.sampled_from([-1, 10**9, 0.5, "", "junk", True, [], [5], {}, {"junk": 1}]))
def test_the_schema_refuses_no_value_that_is_taken(file, data, value):
    """The reader refuses more: some rules are about more than one key, or about what a word means."""
    document = tomllib.loads(file.to_toml())
    table, key = table_and_key(document, data)
    table[key] = value
    assert refused(document) or SCHEMA.is_valid(document)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ('domians = ["a"]', "domians: is not known: write domains"),
        ("[safeguards]\nshare = 20", "safeguards.share: should be a share from 0 to 1, such as 0.2 for 20 %, not 20"),
        ("[safeguards]\nshares = { renamd = 1 }", "safeguards.shares.renamd: is not known: write renamed"),
        ('[mapping.attributes]\nTitle = "source.title"', "mapping.attributes.Title: is not known: write title"),
        (
            '[mapping.attributes]\ntitle = "upper(source.title)"',
            "mapping.attributes.title: there is no function upper (line 1, column 1): write String.toUpperCase(x)",
        ),
        (
            '[mapping.attributes]\ntitle = { expression = "source.title +" }',
            "mapping.attributes.title.expression: a value is missing after + (line 1, column 14): add it, or remove +",
        ),
        (
            "[default_grants]\nlicenses = [{ sku = 5 }]",
            "default_grants.licenses[0].sku: should be a string, not a number",
        ),
        ('[state]\nkind = "sqlit"', "state.kind: should be one of 'sqlite', 'postgres', not 'sqlit': write 'sqlite'"),
        ('[state]\nkind = "postgres"\ndsn = "postgresql://a:b@c/d"', "state.dsn: has a password"),
        ("[org]\ngraph_api = 1", "org.graph_api: should be true or false, not a number"),
        ("name = 2026-01-01", "name: should be a string, not a date or time"),
    ],
)
def test_a_fault_is_named_by_the_path_of_its_key(change, found):
    """And what to write, where that can be known."""
    with pytest.raises(ConfigurationError) as caught:
        AppFile.from_toml(BEGINNING + change, where="corp.toml")
    [issue] = caught.value.issues
    assert str(issue).startswith(f"corp.toml: {found}")


@pytest.mark.parametrize(
    ("alternatives", "found"),
    [
        ("['user.login', 'nix()']", "username.alternatives[1]: there is no function nix"),
        ("[5]", "username.alternatives[0]: should be an expression, or a table with one"),
        ("[{dialect = 'ie'}]", "username.alternatives[0].expression: is missing"),
        ("'user.login'", "username.alternatives: should be a list"),
    ],
)
def test_a_fault_of_a_candidate_is_named_by_its_place(alternatives, found):
    """In the list of those that come after the first."""
    text = BEGINNING.replace('format = "Email"', f'format = "Email", alternatives = {alternatives}')
    with pytest.raises(ConfigurationError) as caught:
        AppFile.from_toml(text, where="corp.toml")
    [issue] = caught.value.issues
    assert str(issue).startswith(f"corp.toml: {found}")


def test_all_faults_come_at_once():
    """Whoever corrects a file does it once."""
    with pytest.raises(ConfigurationError) as caught:
        AppFile.from_toml('nam = "a"\n[username]\nformat = 5\n[tenant]\ncloud = "moon"\nid = 5')
    places = [issue.place.removeprefix("the app file: ") for issue in caught.value.issues]
    assert places == ["nam", "domains", "provisioning", "username.format", "tenant.id", "tenant.cloud"]


@pytest.mark.parametrize(
    ("text", "place"),
    [("a = 1\nb = [", "line 2, the end"), ("a = 1\na = 2\n", "line 2, column 6"), ("a = 1\nb = x", "line 2, column 5")],
)
def test_what_is_not_toml_is_named_by_its_line(text, place):
    """Where the parser stopped."""
    with pytest.raises(ConfigurationError, match=rf"corp\.toml: {place}: is not TOML"):
        AppFile.from_toml(text, where="corp.toml")


def test_a_mapping_begins_with_oktas_own():
    """A row replaces Okta's, false takes one out, and what is not named stays."""
    file = AppFile.from_toml(BEGINNING + '[mapping.attributes]\ntitle = "source.role"\ncity = false\nstate = false\n')
    default = UserSync().default_mapping()
    expected = default.with_expression("title", "source.role").without("city", "state")
    assert [(row.attribute, row.expression) for row in file.app.mapping] == [
        (row.attribute, row.expression) for row in expected
    ]


def test_a_saved_mapping_is_stale_when_the_settings_are_changed():
    """As in Okta: map the attributes again, then delete made_for."""
    text = AppFile.from_toml(BEGINNING).to_toml().replace("create_users = true", "create_users = false")
    with pytest.raises(ConfigurationError, match="map"):
        _plan(AppFile.from_toml(text).app)
    without = "\n".join(line for line in text.splitlines() if "made_for" not in line)
    _plan(AppFile.from_toml(without).app)


def _plan(app):
    with BlockingTenant.over(FakeTenant(["corp.example"])) as reading:
        snapshot = reading.read(app.needs())
    return app.plan([], snapshot, AppUsers.empty(snapshot.tenant_id, app.name), now=NOW)


def test_it_is_read_from_a_file_and_its_paths_are_relative_to_it(tmp_path):
    """So that a job may be started anywhere."""
    (tmp_path / "corp.toml").write_text(BEGINNING + '[state]\nkind = "sqlite"\npath = "corp.db"\n', "utf-8")
    file = AppFile.load(tmp_path / "corp.toml")
    with file.open_state({"O365PROV_STATE_KEY": "a secret of sixteen bytes"}) as state:
        state.app_users("contoso", "Office 365")
    assert (tmp_path / "corp.db").exists()
    file.save(tmp_path / "again.toml")
    assert AppFile.load(tmp_path / "again.toml") == file
    with pytest.raises(SourceError, match="no such file"):
        AppFile.load(tmp_path / "missing.toml")


def test_what_no_file_can_hold_is_refused():
    """Half a character."""
    file = AppFile(Office365App(("corp.example",), UserSync(), UsernameFormat.email(), name="\ud800"))
    with pytest.raises(UsageError, match="half a character"):
        file.to_toml()


def test_what_a_program_has_to_bring_is_said():
    """A file without a source or a state is complete for programs that have their own."""
    file = AppFile.from_toml(BEGINNING)
    with pytest.raises(ConfigurationError, match="names no state"):
        file.open_state({})
    with pytest.raises(ConfigurationError, match="names no source"):
        file.read_people({}).send(None)


def test_the_shipped_schema_and_the_page_are_those_of_the_table():
    """``python -m o365prov.configuration.reference_page`` writes both."""
    shipped = (ROOT / "o365prov" / "configuration" / "app-file.schema.json").read_text("utf-8")
    assert shipped == schema_text()
    assert json.loads(shipped) == json_schema()
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert (ROOT / "docs" / "app-file-keys.md").read_text("utf-8") == keys_page()
