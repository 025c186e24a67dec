"""A plan read back: what is no plan is refused with all that is wrong in it."""

import contextlib
import dataclasses
import json
import shutil
import tracemalloc

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.answers.label import label_arguments
from geo.answers.plan import plan_answer
from geo.answers.two_publics_json import plan_document
from geo.errors import MaillageError, ParameterError, SchemaError, SourceError
from geo.report.plan_files import write_plan
from geo.report.plan_reading import read_plan
from geo.siting.plan import plan
from geo.siting.plan_json import plan_from_json


@pytest.fixture(scope="module")
def made(reported):
    return plan(reported, 2, threshold_min=9)


@pytest.fixture(scope="module")
def folder(made, reported, tmp_path_factory):
    place = tmp_path_factory.mktemp("plan")
    write_plan(made, (reported,), place)
    return place


@pytest.fixture
def written(folder, tmp_path):
    """Copy the plan, for who changes it."""
    return shutil.copyfile(folder / "plan.json", tmp_path / "plan.json")


def rewrite(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_what_was_written_is_read_back_exactly(made, reported, written):
    read = read_plan(written, reported)
    for field in dataclasses.fields(made):
        was, now = getattr(made, field.name), getattr(read, field.name)
        if isinstance(was, pd.DataFrame):
            pd.testing.assert_frame_equal(now, was, check_exact=True)
        elif field.name == "robustness":
            assert now.to_dict() == was.to_dict()
        elif field.name in {"widest", "worst_case"}:
            assert (now is None) == (was is None)
            for part in () if was is None else dataclasses.fields(was):
                mine, its = getattr(now, part.name), getattr(was, part.name)
                assert mine.equals(its) if isinstance(its, pd.DataFrame) else mine == its
        elif field.name != "time_s":
            assert now == was, field.name
    assert plan_answer(read) == plan_answer(made)
    assert plan_document(read, (reported,)) == json.loads(written.read_text(encoding="utf-8"))


@pytest.mark.parametrize("found", [None, 1, True, "3", 2, 3, 4, 5, 7])
def test_a_plan_of_another_format_is_to_be_made_again(found, written, reported):
    rewrite(written, lambda content: content.update(format=found))
    with pytest.raises(
        SchemaError, match=r"\((format trouvé : |aucun format n'y est).*Refaites-le avec « maillage plan --out »"
    ):
        read_plan(written, reported)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"plan"', "{}", "[" * 100_000])
def test_what_is_no_plan(text, reported, tmp_path):
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    with pytest.raises((SchemaError, SourceError)):
        read_plan(tmp_path / "plan.json", reported)


def test_all_faults_are_told_together(written, reported):
    def harm(content):
        content["selected"][0]["lon"] = "-1.5"
        del content["selected"][1]["name"]
        content["selected"][1]["rank"] = True
        content["before"] = {"residents": None}
        content["communes"][0]["criteria"] = [3]
        content["selected"][0]["communes"] = [3]
        content["gap"] = float("nan")

    rewrite(written, harm)
    with pytest.raises(SchemaError) as error:
        read_plan(written, reported)
    for said in (
        "label 1 : « lon »",
        "label 1 : « commune 1 »",
        "label 2 : « name » manque",
        "« rank » vaut true, d'un autre type",
        "before : ",
        "commune 1 : « criteria »",
        "plan : « gap » vaut un nombre qui n'est pas fini",
    ):
        assert said in str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("residents_served", -3, "« residents_served » vaut -3, au moins 0 est attendu"),
        ("lon", 181, "« lon » vaut 181, au plus 180 est attendu"),
        ("lat", -90.5, "« lat » vaut -90,5, au moins -90 est attendu"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(name, value, said, written, reported):
    rewrite(written, lambda content: content["selected"][0].update({name: value}))
    with pytest.raises(SchemaError, match=f"label 1 : {said}"):
        read_plan(written, reported)
    rewrite(written, lambda content: content.update(min_share=1.5))
    with pytest.raises(SchemaError, match="« min_share » vaut 1,5, au plus 1 est attendu"):
        read_plan(written, reported)


@pytest.mark.parametrize("where", ["selected", "communes"])
def test_many_empty_objects_are_refused_in_little_memory(where, written, reported):
    content = json.loads(written.read_text(encoding="utf-8")) | {where: [{}] * 50_000}
    tracemalloc.start()
    with pytest.raises(SchemaError) as error:
        plan_from_json(content, reported, "Plan")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(str(error.value)) < 2000
    assert most < 20_000_000


def test_a_plan_of_elsewhere(written, reported):
    rewrite(written, lambda content: content.update(territory="Gers"))
    with pytest.raises(ParameterError, match="porte sur « Gers »"):
        read_plan(written, reported)


def test_a_label_in_a_commune_of_elsewhere(written, reported):
    rewrite(written, lambda content: content["selected"][0].update(commune_code="32013"))
    with pytest.raises(ParameterError, match="32013"):
        read_plan(written, reported)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content["selected"][0].update(rank=2), "les rangs ne se suivent pas"),
        (lambda content: content["selected"][1].update(code=content["selected"][0]["code"]), "deux fois"),
        (lambda content: content["communes"].append(content["communes"][0]), "deux fois"),
        (lambda content: content["kinds"].append("gare"), "gare"),
    ],
)
def test_values_that_contradict_each_other(change, said, written, reported):
    rewrite(written, change)
    with pytest.raises(SchemaError, match=said):
        read_plan(written, reported)


def test_a_file_too_large_is_not_read(tmp_path, reported, monkeypatch):
    monkeypatch.setattr("geo.report.plan_reading._MAX_BYTES", 100)
    (tmp_path / "plan.json").write_text("[" + " " * 200 + "]", encoding="utf-8")
    with pytest.raises(SourceError):
        read_plan(tmp_path / "plan.json", reported)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_value_anywhere_is_read_or_refused_in_a_sentence(written, reported, data):
    original = written.read_text(encoding="utf-8")
    content = json.loads(original)
    place = content
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
        else:
            break
    place[key] = data.draw(_VALUES)
    written.write_text(json.dumps(content), encoding="utf-8")
    with contextlib.suppress(MaillageError):
        read = read_plan(written, reported)
        # What is read is said and opened without another look at it.
        assert plan_answer(read).sentence
        assert len(label_arguments(read)) == len(read.scenario().actions)
    written.write_text(original, encoding="utf-8")
