from __future__ import annotations

import codecs
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.errors import DocumentError
from seealso.text.decode import decode

RUSSIAN = "Это обычный русский текст, написанный в старой кодировке; его нужно прочитать правильно."
JAPANESE = "これは古い符号化方式で書かれた日本語の文章です。正しく読まれなければなりません。"
CHINESE = "这是一段用旧编码保存的中文文本，必须能够正确地读取出来，不能出现乱码。"
GERMAN = "Größere Änderungen müssen übermäßig gründlich geprüft werden."


@pytest.mark.parametrize(
    ("raw", "text", "encoding"),
    [
        pytest.param(b"", "", "ascii", id="empty"),
        pytest.param(b"abc\r\n\x1b[0m\f", "abc\r\n\x1b[0m\f", "ascii", id="ASCII"),
        pytest.param(GERMAN.encode(), GERMAN, "utf-8", id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + b"abc", "\ufeffabc", "utf-8", id="UTF-8 with a mark keeps its offsets"),
        pytest.param(GERMAN.encode("utf-16"), GERMAN, "utf-16", id="UTF-16"),
        pytest.param(codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be"), GERMAN, "utf-16", id="big-endian UTF-16"),
        pytest.param(GERMAN.encode("utf-32"), GERMAN, "utf-32", id="UTF-32"),
        pytest.param(GERMAN.encode("utf-16-le"), GERMAN, "utf-16-le", id="UTF-16 without a mark"),
        pytest.param(GERMAN.encode("utf-16-be"), GERMAN, "utf-16-be", id="big-endian UTF-16 without a mark"),
        pytest.param(GERMAN.encode("latin-1"), GERMAN, "cp1252", id="Latin-1"),
        pytest.param(f"„{GERMAN}“ – 5 €".encode("cp1252"), f"„{GERMAN}“ – 5 €", "cp1252", id="Windows-1252"),
        pytest.param(RUSSIAN.encode("cp1251"), RUSSIAN, "cp1251", id="Cyrillic"),
        pytest.param(RUSSIAN.encode("koi8-r"), RUSSIAN, "koi8_r", id="KOI8-R"),
        pytest.param(JAPANESE.encode("shift_jis"), JAPANESE, "cp932", id="Shift-JIS"),
        pytest.param(JAPANESE.encode("euc-jp"), JAPANESE, "euc_jis_2004", id="EUC-JP"),
        pytest.param(CHINESE.encode("gb18030"), CHINESE, "gb18030", id="GB 18030"),
        pytest.param(
            b"ascii\n" * 100_000 + GERMAN.encode("latin-1"), "ascii\n" * 100_000 + GERMAN, "cp1252", id="far down"
        ),
        pytest.param(
            GERMAN.encode() * 3 + b" caf\xe9 \x81",
            GERMAN * 3 + " café \x81",
            "utf-8 with stray bytes",
            id="stray bytes in UTF-8",
        ),
    ],
)
def test_text_becomes_utf8(raw: bytes, text: str, encoding: str) -> None:
    source, name = decode(raw)
    assert source.decode() == text
    assert name == encoding


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary", id="image"),
        pytest.param(b"text" * 5000 + b"\0", "binary", id="late NUL"),
        pytest.param(b"\x7fELF" + bytes(range(1, 32)) * 20, "binary", id="control characters"),
        pytest.param(codecs.BOM_UTF16_LE + b"a\0b", "UTF-16", id="half UTF-16"),
        pytest.param(codecs.BOM_UTF16_LE + b"a\0\0\0", "binary", id="NUL in UTF-16"),
    ],
)
def test_what_is_no_text_has_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        decode(raw)
    assert caught.value.hint


@given(st.binary(max_size=400))
def test_any_bytes_become_text_or_an_error(raw: bytes) -> None:
    try:
        source, _ = decode(raw)
    except DocumentError:
        return
    source.decode()


@given(st.text(max_size=200))
def test_utf8_comes_back_as_it_is(text: str) -> None:
    raw = text.replace("\0", "").encode("utf-8", "ignore")
    try:
        source, _ = decode(raw)
    except DocumentError:
        # Nothing but control characters.
        return
    assert source == raw


def test_large_text_is_read_at_once() -> None:
    raw = (RUSSIAN.encode("cp1251") + b"\n") * 100_000
    start = time.process_time()
    source, _ = decode(raw)
    assert time.process_time() - start < 5
    assert source.decode().startswith(RUSSIAN)


def test_detection_is_imported_only_when_needed() -> None:
    use = "from seealso.text.decode import decode; decode(b'\\xc3\\xa9')"
    code = f"import sys; {use}; print('charset_normalizer' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
