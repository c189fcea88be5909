from xml.etree import ElementTree
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from src.core.xml_text import xml_text


@given(st.text())
def test_what_is_left_can_stand_in_a_document(text):
    document = f"<a>{escape(xml_text(text))}</a>".encode()
    ElementTree.fromstring(document)


def test_readable_text_stays_as_it_is():
    text = "Größe & <Ё> 🎹\tok\n"
    assert xml_text(text) == text


def test_control_characters_and_lone_surrogates_go():
    assert xml_text("a\x00b\x1bc\udc80d\uffffe") == "abcde"
