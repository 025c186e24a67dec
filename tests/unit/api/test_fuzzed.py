"""Questions drawn from the OpenAPI description, and broken ones: each answer is one that the description tells of.

`make fuzz-api` asks many more, over HTTP.
"""

import json
from urllib.parse import urlencode

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.api.asgi import ask

#: Texts that have broken programs, and ordinary ones.
_TEXTS = st.one_of(
    st.sampled_from(
        ["Sare", "64504", "64310", "Saint-Jean-de-Luz", "sites", "tax-offices", "mean-time", "share", "main", "bus", "walk",
         "2026-11-24 10:00", "true", "0", "-1", "1e308", "nan", "-inf", "\x00", "\ud800", "../../etc/passwd", "%s%n", "null", "[]",
         "'; DROP", "<script>", "\u202e", "९", "1_0", "9" * 400]
    ),
    st.text(max_size=60),
)  # fmt: skip


def _values(schema):
    """Return what a parameter of this schema may be, as text."""
    kinds = schema.get("anyOf", [schema])
    numbers = [kind for kind in kinds if kind.get("type") in {"number", "integer"}]
    if not numbers:
        return _TEXTS if all(kind.get("type") != "boolean" for kind in kinds) else st.sampled_from(["true", "0", "x"])
    low = numbers[0].get("minimum", numbers[0].get("exclusiveMinimum"))
    inside = st.floats(low, numbers[0]["maximum"]).map(repr) | st.integers(int(low), numbers[0]["maximum"]).map(str)
    return inside | inside | _TEXTS


@pytest.fixture(scope="module")
def described(departement):
    return ask(departement, "/openapi.json").json()


@pytest.mark.parametrize("path", ["/nearest", "/coverage", "/plan", "/health"])
def test_every_answer_is_one_that_is_described(departement, described, path):
    asked = described["paths"][path]["get"]
    known = {each["name"]: _values(each["schema"]) for each in asked.get("parameters", ())}

    @settings(max_examples=35 if known else 2, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({}, optional=known | {"inconnu": _TEXTS}))
    def check(parameters):
        # Few parameters at a time, or nearly every question would be refused for one of them.
        few = dict(list(parameters.items())[:3])
        if path == "/nearest" and not {"commune", "lon"} & set(few):
            few["commune"] = "Sare"
        reply = ask(departement, f"{path}?{urlencode(few, errors='surrogatepass')}")
        assert str(reply.status) in asked["responses"], (few, reply.body)
        content = reply.json()
        jsonschema.validate(content, asked["responses"][str(reply.status)]["content"]["application/json"]["schema"])
        if reply.status >= 300:
            assert not any(ord(mark) < 32 or ord(mark) == 127 for mark in content["erreur"])
            assert len(content["erreur"]) < 1000

    check()


def test_the_description_is_one(described):
    assert described["openapi"].startswith("3.")
    assert set(described["paths"]) == {"/nearest", "/coverage", "/plan", "/health"}
    for answers in described["paths"].values():
        assert set(answers) == {"get"}
        for response in answers["get"]["responses"].values():
            jsonschema.Draft202012Validator.check_schema(response["content"]["application/json"]["schema"])
    assert "http" not in json.dumps(described)
