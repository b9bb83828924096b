"""The mapping that frozen values keep their profiles in."""

import copy
import json
import pickle

import pytest

from o365prov._fields import frozen_mapping

CHANGES = {
    "set": lambda mapping: mapping.__setitem__("a", 2),
    "delete": lambda mapping: mapping.__delitem__("a"),
    "update": lambda mapping: mapping.update(a=2),
    "merge": lambda mapping: mapping.__ior__({"a": 2}),
    "setdefault": lambda mapping: mapping.setdefault("b", 2),
    "pop": lambda mapping: mapping.pop("a"),
    "popitem": lambda mapping: mapping.popitem(),
    "clear": lambda mapping: mapping.clear(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_refused(change):
    """No way in which a dict can be changed changes it."""
    mapping = frozen_mapping({"a": 1})
    with pytest.raises(TypeError, match="frozen value"):
        change(mapping)
    assert mapping == {"a": 1}


def test_it_does_not_follow_its_origin():
    """What it was made from may change afterwards."""
    origin = {"a": 1}
    mapping = frozen_mapping(origin)
    origin["a"] = 2
    assert mapping["a"] == 1


def test_it_is_a_mapping_like_any_other():
    """It merges into new dicts, is JSON, and comes whole out of copying and pickling."""
    mapping = frozen_mapping({"a": 1})
    assert {**mapping, "b": 2} == {"a": 1, "b": 2}
    assert json.dumps(mapping) == '{"a": 1}'
    assert copy.deepcopy(mapping) == pickle.loads(pickle.dumps(mapping)) == mapping  # noqa: S301 - ours


def test_made_once():
    """Making it of itself makes nothing new."""
    mapping = frozen_mapping({"a": 1})
    assert frozen_mapping(mapping) is mapping
