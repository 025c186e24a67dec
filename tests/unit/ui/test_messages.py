"""Text from files is shown, not interpreted."""

import re

from hypothesis import given
from hypothesis import strategies as st

from geo.ui.components.messages import plain


def test_markdown_is_escaped():
    assert plain("![x](http://a.test/b.png) *gras* $x$") == (r"\!\[x\]\(http\://a\.test/b\.png\) \*gras\* \$x\$")


@given(st.text())
def test_special_characters_are_never_bare(text):
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>!$&]", plain(text))
    assert "\n" not in plain(text)
