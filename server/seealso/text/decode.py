"""Turn a file's bytes into UTF-8, or say why not."""

from __future__ import annotations

import codecs
import re

from seealso.errors import DocumentError

_BOMS = (
    # UTF-32 first: its little-endian mark starts with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SNIFF = 8192
_SAMPLE = 32_768
"""Bytes that the encoding is guessed from; lines of plain ASCII tell nothing and are left out."""

_NOT_ASCII = re.compile(rb"[^\n\r]*[\x80-\xff][^\n\r]*")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.02
_STRAY_SHARE = 0.2
"""Up to so many bytes per valid UTF-8 character that are none themselves, a file is UTF-8 with stray bytes."""

_INVALID = re.compile("[\udc80-\udcff]")

_BINARY = "It looks binary."
_BINARY_HINT = "Ignore it, or convert it to text."


def decode(raw: bytes) -> tuple[bytes, str]:
    """Return a document as UTF-8, and the name of the encoding it had.

    A file that is UTF-8 comes back as it is, byte for byte, so that offsets are offsets in the file. Raises
    `DocumentError` with the reason if the file is no text, or in no encoding that can be told.
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return _utf16_or_32(raw, name), name
    if b"\0" in raw[:_SNIFF] and (name := _utf16_without_mark(raw[:_SNIFF])):
        return _utf16_or_32(raw, name), name
    if b"\0" in raw or len(_CONTROL.findall(raw, 0, _SNIFF)) > _MAX_CONTROL_SHARE * min(len(raw), _SNIFF):
        raise DocumentError(_BINARY, hint=_BINARY_HINT)
    if raw.isascii():
        return raw, "ascii"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(raw)
    return raw, "utf-8"


def _utf16_or_32(raw: bytes, name: str) -> bytes:
    try:
        text = raw.decode(name)
    except UnicodeDecodeError as error:
        raise DocumentError(f"It starts like {name.upper()} but is not: {error.reason}.", hint=_BINARY_HINT) from error
    if "\0" in text:
        raise DocumentError(_BINARY, hint=_BINARY_HINT)
    return text.encode("utf-8")


def _utf16_without_mark(head: bytes) -> str:
    """Return the byte order of UTF-16 that Latin text betrays by its zeros, or an empty string."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _legacy(raw: bytes) -> tuple[bytes, str]:
    text = raw.decode("utf-8", "surrogateescape")
    stray = len(re.findall("[\udc80-\udcff]", text))
    valid = (len(raw) - stray - len(text.encode("ascii", "ignore"))) // 2
    if stray <= _STRAY_SHARE * valid:
        repaired = re.sub("[\udc80-\udcff]+", lambda match: _western(match[0].encode("utf-8", "surrogateescape")), text)
        return repaired.encode("utf-8"), "utf-8 with stray bytes"
    name = _guess(raw)
    try:
        return raw.decode(name).encode("utf-8"), name
    except UnicodeError as error:
        raise DocumentError(
            f"Its encoding cannot be told; it is neither UTF-8 nor {name}.", hint="Save it as UTF-8."
        ) from error


def _western(raw: bytes) -> str:
    # Latin-1 takes the few bytes that Windows-1252 leaves undefined.
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _guess(raw: bytes) -> str:
    """Return the most likely legacy encoding."""
    # Takes 50 ms to import, and few workspaces need it.
    from charset_normalizer import from_bytes

    sample = bytearray()
    for line in _NOT_ASCII.finditer(raw):
        sample += line[0][: _SAMPLE // 4] + b"\n"
        if len(sample) >= _SAMPLE:
            break
    best = from_bytes(bytes(sample)).best()
    if best is None:
        raise DocumentError("Its encoding cannot be told.", hint="Save it as UTF-8.")
    # Short Western texts read the same in a dozen encodings; that of Windows is what they are in practice.
    candidates = {best.encoding, *best.could_be_from_charset}
    return "cp1252" if candidates & {"cp1252", "latin_1", "iso8859_15"} else best.encoding


def readable(source: bytes) -> bytes:
    """Return a text of the same length without a byte order mark and without bytes that are not UTF-8."""
    if source.startswith(codecs.BOM_UTF8):
        source = b"\n\n\n" + source[len(codecs.BOM_UTF8) :]
    try:
        source.decode()
    except UnicodeDecodeError:
        return _INVALID.sub("?", source.decode("utf-8", "surrogateescape")).encode()
    return source
