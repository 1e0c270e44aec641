from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from seealso.embed.base import ModelInfo
from seealso.errors import CancelledError, IndexUnavailableError
from seealso.index.database import FILE_NAME
from seealso.index.schema import SCHEMA_VERSION
from seealso.index.store import Store
from seealso.index.words import lexical_terms
from seealso.model import Heading, Passage, PassageKind, Segmentation, content_hash

TITLE = Heading("Guide", 1, 0, "guide")
SECTION = Heading("Install", 2, 4, "install", label="install-label")
DEEPER = Heading("On Windows", 3, 8, "on-windows")


def passage(text: str, line: int, headings: tuple[Heading, ...] = (), **more: object) -> Passage:
    return Passage(line * 10, line * 10 + 5, line, line, PassageKind.PARAGRAPH, text, headings, **more)  # type: ignore[arg-type]


GUIDE = Segmentation(
    (
        passage("Welcome to the guide.", 2, (TITLE,)),
        passage("Install the package first.", 6, (TITLE, SECTION), links=("setup.md", "日本.md"), language="ja"),
        passage("Run the installer.", 10, (TITLE, SECTION, DEEPER), ignored=True),
    ),
    (TITLE, SECTION, DEEPER),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, create=True)


def put(store: Store, path: str, segmentation: Segmentation = GUIDE) -> None:
    with store.transaction():
        store.put_document(
            path, size=1, mtime_ns=2, digest=path.encode(), format_name="markdown", segmentation=segmentation
        )


def test_segmentation_comes_back_as_it_was_put(store: Store) -> None:
    put(store, "guide.md")
    assert store.segmentation("guide.md") == GUIDE


def test_document_with_a_problem_has_no_segmentation_and_is_listed(store: Store) -> None:
    store.put_document("bad.md", size=1, mtime_ns=2, problem="It looks binary.")
    assert store.segmentation("bad.md") is None
    assert [(problem.path, problem.reason) for problem in store.problems()] == [("bad.md", "It looks binary.")]
    assert store.counts() == (0, 0)


def test_replacing_a_document_leaves_nothing_of_the_old_one(store: Store) -> None:
    put(store, "guide.md")
    put(store, "guide.md", Segmentation((passage("Only this remains.", 0),), ()))
    assert store.counts() == (1, 1)
    assert store.headings.of_documents(["guide.md"]) == {}
    assert store.lexical.search(["installer"], 10) == {}
    assert len(store.lexical.search(["remains"], 10)) == 1


def test_removed_document_keeps_its_texts_and_vectors_for_its_return(store: Store) -> None:
    put(store, "guide.md")
    model = store.embeddings.open_space(ModelInfo("m", 2, 512)).id
    texts = [text_id for text_id, _ in store.embeddings.pending(model)]
    store.embeddings.put(model, texts, np.eye(3, 2, dtype=np.float32))
    document = store.document("guide.md")
    assert document is not None
    store.remove_documents([document.id])
    assert store.counts() == (0, 0)
    put(store, "guide.md")
    assert store.embeddings.pending(model) == []


def test_same_text_in_two_documents_is_one_text(store: Store) -> None:
    put(store, "a.md")
    put(store, "b.md")
    ids = store.texts.ids([content_hash("Run the installer.")])
    assert len(ids) == 1
    stored = store.passages_of_texts(ids.values())
    assert [(passage.place.path, passage.place.headings, passage.ignored) for passage in stored] == [
        ("a.md", (TITLE, SECTION, DEEPER), True),
        ("b.md", (TITLE, SECTION, DEEPER), True),
    ]
    assert len(store.passages_of_texts(ids.values(), limit=1)) == 1


def test_move_keeps_passages(store: Store) -> None:
    put(store, "a.md")
    document = store.document("a.md")
    assert document is not None
    store.touch_document(document.id, size=1, mtime_ns=9, path="b/a.md")
    assert store.segmentation("b/a.md") == GUIDE
    assert store.document("a.md") is None


def test_pending_can_be_asked_for_some_documents_only(store: Store) -> None:
    put(store, "a.md")
    put(store, "b.md", Segmentation((passage("Something else.", 0),), ()))
    model = store.embeddings.open_space(ModelInfo("m", 2, 512)).id
    assert len(store.embeddings.pending(model, ["b.md"])) == 1
    assert len(store.embeddings.pending(model)) == 4


def test_vectors_are_stored_per_model_in_float16(store: Store) -> None:
    put(store, "a.md")
    first = store.embeddings.open_space(ModelInfo("first", 2, 512)).id
    second = store.embeddings.open_space(ModelInfo("second", 3, 512)).id
    store.embeddings.put(first, [1], np.array([[0.6, 0.8]], np.float32))
    store.embeddings.put(second, [1], np.array([[0, 0, 1]], np.float32))
    np.testing.assert_allclose(store.embeddings.get(first, [1])[1], [0.6, 0.8], atol=1e-3)
    assert store.embeddings.get(second, [1, 2]).keys() == {1}


def test_a_pair_with_half_a_character_is_kept(store: Store) -> None:
    store.intended.mark("b", "\ud800 x")
    assert {frozenset(pair) for pair in store.intended.all()} == {frozenset(("? x", "b"))}


def test_failed_transaction_changes_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012
        store.put_document("a.md", size=1, mtime_ns=2, segmentation=GUIDE)
        raise ZeroDivisionError
    assert store.counts() == (0, 0)
    assert store.lexical.search(["guide"], 5) == {}


def test_reader_sees_one_state_while_another_writes(tmp_path: Path, store: Store) -> None:
    reader = Store(tmp_path, create=False)
    put(store, "a.md")
    with reader.snapshot():
        before = reader.counts()
        put(store, "b.md")
        assert reader.counts() == before
    assert reader.counts() == (2, 6)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"not a database" * 1000), id="not a database"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty file"),
        pytest.param(lambda path: _set_version(path, SCHEMA_VERSION + 1), id="newer schema"),
    ],
)
def test_unusable_file_is_replaced_by_the_writer_and_refused_by_readers(tmp_path: Path, damage: object) -> None:
    store = Store(tmp_path, create=True)
    put(store, "a.md")
    store.close()
    damage(tmp_path / FILE_NAME)  # type: ignore[operator]
    with pytest.raises(IndexUnavailableError) as error:
        Store(tmp_path, create=False)
    assert error.value.hint
    assert Store(tmp_path, create=True).counts() == (0, 0)


def test_missing_index_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError, match="seealso index"):
        Store(tmp_path, create=False)


def _set_version(path: Path, version: int) -> None:
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {version}")
    db.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("installer", ["Run the installer."], id="word"),
        pytest.param("INSTALLER", ["Run the installer."], id="case"),
        pytest.param("windows", ["Run the installer."], id="heading"),
        pytest.param("nowhere", [], id="unknown"),
        pytest.param('" OR NEAR( *', [], id="query syntax is no syntax"),
        pytest.param("", [], id="empty"),
    ],
)
def test_lexical_search(store: Store, query: str, found: list[str]) -> None:
    put(store, "guide.md")
    hits = store.lexical.search(lexical_terms(query), 10)
    texts = store.texts.read(store.passages_by_id(hits).values())
    assert sorted(texts.values()) == found


def test_words_are_merged_in_steps_and_found_as_before(store: Store) -> None:
    texts = [
        f"server number{number} restarts {' '.join(f'word{number * 40 + word}' for word in range(40))}"
        for number in range(2_000)
    ]
    for start in range(0, len(texts), 100):
        passages = tuple(passage(text, line) for line, text in enumerate(texts[start : start + 100]))
        put(store, f"{start}.md", Segmentation(passages, ()))
    put(store, "0.md", GUIDE)  # what was replaced must not come back
    before = {term: store.lexical.search([term], 5_000) for term in ("server", "number7", "number1777", "install")}
    assert parts_of_words(store) > 1
    steps = 0
    while True:
        with store.transaction():
            if not store.lexical.merge():
                break
        steps += 1
    assert (steps > 0, parts_of_words(store)) == (True, 1)
    assert {term: store.lexical.search([term], 5_000) for term in before} == before


def parts_of_words(store: Store) -> int:
    """Return in how many parts a term is looked for."""
    with sqlite3.connect(store.directory / FILE_NAME) as db:
        return int(db.execute("SELECT count(DISTINCT segid) FROM lexical_idx").fetchone()[0])


def test_two_character_cjk_words_are_found_inside_a_sentence(store: Store) -> None:
    put(store, "zh.md", Segmentation((passage("请先重启服务器,然后再试。", 0), passage("打开设置窗口。", 1)), ()))
    assert len(store.lexical.search(lexical_terms("重启"), 5)) == 1


def test_salient_terms_are_rare_ones_first_and_common_ones_left_out(store: Store) -> None:
    passages = [passage(f"the server number{n} restarts", n) for n in range(30)] + [passage("the rare kernel", 40)]
    put(store, "a.md", Segmentation(tuple(passages), ()))
    assert store.lexical.salient(["the", "kernel", "number3", "unknown"]) == ["kernel", "number3"]
    assert store.lexical.salient(["the"]) == ["the"]


@pytest.mark.parametrize(
    ("terms", "unfinished", "found"),
    [
        pytest.param(["install", "the"], False, [1], id="words one after another"),
        pytest.param(["the", "install"], False, [], id="in their order"),
        pytest.param(["install", "package"], False, [], id="none left out"),
        pytest.param(["the", "inst"], True, [2], id="an unfinished word"),
        pytest.param(["the", "inst"], False, [], id="which is finished"),
        pytest.param(["the", "xy"], True, [1, 2, 0], id="too short to look for"),
        pytest.param(["in"], True, [1, 2], id="unless there is nothing else"),
        pytest.param(["windows"], False, [], id="in the text, not in headings"),
        pytest.param([], False, [], id="nothing"),
    ],
)
def test_phrases(store: Store, terms: list[str], unfinished: bool, found: list[int]) -> None:
    put(store, "guide.md")
    places = store.places(store.lexical.phrase(terms, 10, unfinished=unfinished))
    assert sorted(place.text for place in places) == sorted(GUIDE.passages[number].text for number in found)
    assert len(store.lexical.phrase(terms, 1, unfinished=unfinished)) == min(len(found), 1)


def test_places_are_in_order_and_know_their_headings(store: Store) -> None:
    put(store, "b.md")
    put(store, "a.md")
    places = store.places([3, 1, 6])
    assert [(place.path, place.start_line, place.headings) for place in places] == [
        ("a.md", 10, (TITLE, SECTION, DEEPER)),
        ("b.md", 2, (TITLE,)),
        ("b.md", 10, (TITLE, SECTION, DEEPER)),
    ]
    assert store.places([]) == []


def test_a_statement_ends_when_nobody_wants_to_know(store: Store) -> None:
    put(store, "guide.md")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    looks = iter([False, False])
    with pytest.raises(CancelledError), store.snapshot(lambda: next(looks, True)):
        store._db.execute(endless).fetchone()
    with store.snapshot():
        assert store.counts() == (1, 3)
