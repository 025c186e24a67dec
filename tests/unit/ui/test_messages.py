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


def test_only_spaces_at_which_a_line_may_break_become_one():
    assert plain(" a\n\t b\u2028c  \u00ab\u00a0d\u00a0\u00bb\u202f; ") == "a b c \u00ab\u00a0d\u00a0\u00bb\u202f;"
