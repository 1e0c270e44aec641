from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.text.incremental import Edit, edit_between
from seealso.text.language import guess_language
from seealso.text.licence import is_licence
from seealso.text.lines import LineTable
from seealso.text.markers import ignores_file, ignores_next
from seealso.text.outline import Outline


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("Hello", "und", id="Latin"),
        pytest.param("Grüße “aus” Köln – …", "und", id="Latin with marks"),
        pytest.param("", "und", id="empty"),
        pytest.param("42 + √2 ≈ 43", "und", id="symbols"),
        pytest.param("简体中文文本", "zh", id="Chinese"),
        pytest.param("函数 dma_alloc_coherent() 返回地址", "zh", id="Chinese with code"),
        pytest.param("The word 漢字 means Chinese characters", "und", id="Chinese in English"),
        pytest.param("これはペンです", "ja", id="Japanese"),
        pytest.param("日本語の文章", "ja", id="Japanese, mostly Han"),
        pytest.param("カタカナ", "ja", id="katakana"),
        pytest.param("한국어 문장", "ko", id="Korean"),
        pytest.param("Привет, мир", "ru", id="Russian"),
        pytest.param("Її мова", "uk", id="Ukrainian"),
        pytest.param("مرحبا بالعالم", "ar", id="Arabic"),
        pytest.param("سلام، چطوری", "fa", id="Persian"),
        pytest.param("שלום", "he", id="Hebrew"),
        pytest.param("Γειά σου", "el", id="Greek"),
        pytest.param("नमस्ते", "hi", id="Hindi"),
        pytest.param("สวัสดี", "th", id="Thai"),
        pytest.param("გამარჯობა", "ka", id="Georgian"),
        pytest.param("α and β are Greek letters in this English text", "und", id="Greek letters in English"),
    ],
)
def test_guess_language(text: str, language: str) -> None:
    assert guess_language(text) == language


@given(st.text(max_size=60))
def test_guess_language_answers_any_text(text: str) -> None:
    assert 2 <= len(guess_language(text)) <= 3


@pytest.mark.parametrize(
    ("source", "starts"),
    [
        pytest.param(b"", [0], id="empty"),
        pytest.param(b"a", [0], id="no line end"),
        pytest.param(b"a\nb\n", [0, 2, 4], id="LF"),
        pytest.param(b"a\r\nb\r\n", [0, 3, 6], id="CRLF"),
        pytest.param(b"a\rb", [0, 2], id="CR"),
        pytest.param(b"\n\r\n\r", [0, 1, 3, 4], id="mixed"),
        pytest.param("a\u2028b\u0085c\fd".encode(), [0], id="no other line ends"),
    ],
)
def test_lines_start_where_lsp_says(source: bytes, starts: list[int]) -> None:
    assert LineTable(source).starts == starts


@given(st.text(alphabet="ab\r\né", max_size=40))
def test_lines_and_offsets_agree(text: str) -> None:
    source = text.encode()
    lines = LineTable(source)
    for number in range(len(lines)):
        assert lines.line_of(lines.start(number)) == number
        assert source[lines.start(number) :].startswith(lines.line(number))
        assert not set(lines.line(number)) & set(b"\r\n")
        assert source[lines.end(number) : lines.start(number + 1)] in (b"", b"\n", b"\r", b"\r\n")
    assert lines.line_of(len(source)) == len(lines) - 1


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        pytest.param("abc", "abc", None, id="equal"),
        pytest.param("abc", "abXc", Edit(2, 2, 3), id="insert"),
        pytest.param("abc", "ac", Edit(1, 2, 1), id="delete"),
        pytest.param("", "a", Edit(0, 0, 1), id="from nothing"),
        pytest.param("aaa", "aa", Edit(2, 3, 2), id="repeated"),
        pytest.param("aéb", "aèb", Edit(1, 3, 3), id="whole characters"),
        pytest.param("漢", "字", Edit(0, 3, 3), id="all changed"),
    ],
)
def test_edit_between(old: str, new: str, edit: Edit | None) -> None:
    assert edit_between(old.encode(), new.encode()) == edit


@given(
    st.text(alphabet="aé漢\n", max_size=12),
    st.text(alphabet="aé漢\n", max_size=12),
    st.sampled_from(["", "漢z" * 1500, "a" * 4096, "a" * 8191]),
)
def test_an_edit_makes_the_new_text_of_the_old(old: str, new: str, around: str) -> None:
    before, after = (around + old + around).encode(), (around + new + around).encode()
    edit = edit_between(before, after)
    if edit is None:
        assert before == after
        return
    assert before[: edit.start] + after[edit.start : edit.new_end] + before[edit.old_end :] == after
    parts = (before[: edit.start], before[edit.start : edit.old_end], before[edit.old_end :])
    assert "".join(part.decode() for part in parts) == around + old + around


@pytest.mark.parametrize(
    ("comment", "following", "everything"),
    [
        pytest.param("seealso-ignore", True, False, id="marker"),
        pytest.param("<!-- seealso-ignore: copied on purpose -->", True, False, id="with a reason"),
        pytest.param("seealso-ignore-file", False, True, id="file"),
        pytest.param("seealso-ignore seealso-ignore-file", True, True, id="both"),
        pytest.param("<!--seealso-ignore-->", True, False, id="no spaces"),
        pytest.param("<!-- SeeAlso-Ignore-File -->", False, True, id="capitals"),
        pytest.param("seealso-ignored, xseealso-ignore, seealso-ignore-files", False, False, id="other words"),
    ],
)
def test_markers(comment: str, following: bool, everything: bool) -> None:
    assert (ignores_next(comment), ignores_file(comment)) == (following, everything)


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("SPDX-License-Identifier: GPL-2.0", True),
        ("Copyright (c) 2020 The Authors", True),
        ("© 2020 Someone. All rights reserved.", True),
        ("Licensed under the Apache License, Version 2.0 (the License)", True),
        ("Licensed to the Foundation under one or more contributor license agreements.", True),
        ("Permission is hereby granted, free of charge, to any person", True),
        ("THE SOFTWARE IS PROVIDED \u201cAS IS\u201d, WITHOUT WARRANTY", True),
        ("This program is free software; you can redistribute it", True),
        ("You may not use this file except in compliance with the License.", True),
        ("All header files are licensed under the MIT License:", True),
        (f"A framework {'that does many useful things ' * 4} and is licensed under the MIT License.", False),
        ("Copyright law protects what authors write.", False),
        ("This chapter explains under which licence to publish a driver.", False),
        ("The MIT scheduler is licensed hardware.", False),
    ],
)
def test_licence(text: str, licence: bool) -> None:
    assert is_licence(text) is licence


def test_outline_keeps_the_path_to_the_open_section() -> None:
    outline = Outline()
    paths = []
    for title, level in (("A", 1), ("B", 3), ("C", 2), ("B", 3), ("D", 1)):
        outline.enter(title, level, 0)
        paths.append("/".join(heading.title for heading in outline.path))
    assert paths == ["A", "A/B", "A/C", "A/C/B", "D"]
    assert [heading.anchor for heading in outline.headings] == ["a", "b", "c", "b-1", "d"]
    assert outline.enter("E", 1, 5, anchor="own", label="l").anchor == "own"
