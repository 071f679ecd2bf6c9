"""What templates say, they say in both languages: signs of Chinese writing stand only in the Chinese half."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "src" / "bangfu"
TEMPLATES = sorted(SOURCE.glob("**/templates/**/*.html"))
# The page of a fault stands alone and says both languages at once; a link to the Chinese page is in Chinese.
BOTH = re.compile(r"web/500\.html$")
IN_CHINESE = re.compile(r"中文(?=</a>|\{% endif %\}</button>)")
SENTENCE = re.compile(r"""\{% (?:t|missing) ("[^"]*"|'[^']*') ("[^"]*"|'[^']*')""")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize(
    "template",
    [path for path in TEMPLATES if not BOTH.search(path.as_posix())],
    ids=lambda path: path.relative_to(SOURCE).as_posix(),
)
def test_nothing_chinese_is_said_outside_its_half(template):
    text = COMMENT.sub("", template.read_text("utf-8"))
    english = [en for _, en in SENTENCE.findall(text)]
    rest = IN_CHINESE.sub("", SENTENCE.sub("", text))
    assert [words for words in english if CHINESE.search(words)] == []
    assert [line for line in rest.splitlines() if CHINESE.search(line)] == []
