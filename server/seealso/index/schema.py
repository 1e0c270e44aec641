"""The tables of an index. SQLite is the truth; everything else beside it can be rebuilt from it."""

from __future__ import annotations

from seealso.index.words import FTS5_TOKENIZE

SCHEMA_VERSION = 3
"""Raised by every change of tables, of the passages a reader makes, or of lexical terms: older indexes are rebuilt."""

HEADING_WEIGHT = 2.0
"""BM25 weight of the heading path; the body has 1."""

TABLES = f"""
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,      -- relative to the root, with /
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    hash BLOB,                      -- BLAKE2b of the file's bytes; NULL when it could not be read
    format TEXT,
    problem TEXT                    -- why it has no passages, for the user
);
CREATE INDEX documents_by_hash ON documents (hash) WHERE hash IS NOT NULL;

CREATE TABLE headings (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    parent_id INTEGER,              -- the enclosing section's heading
    title TEXT NOT NULL,
    level INTEGER NOT NULL,
    line INTEGER NOT NULL,
    anchor TEXT NOT NULL,
    label TEXT NOT NULL
);
CREATE INDEX headings_by_document ON headings (document_id);

-- Passages that read the same share one text, and through it one vector. AUTOINCREMENT: ids are keys of the vector
-- file, and one that came back with other words would answer for them.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    text TEXT NOT NULL,
    words INTEGER NOT NULL
);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    text_id INTEGER NOT NULL REFERENCES texts,
    heading_id INTEGER,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    start_byte INTEGER NOT NULL,
    end_byte INTEGER NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    ignored INTEGER NOT NULL,
    links TEXT                      -- JSON list, NULL when there are none
);
CREATE UNIQUE INDEX passages_by_document ON passages (document_id, ordinal);
CREATE INDEX passages_by_text ON passages (text_id, document_id);

-- Vector spaces. Models that share a name but not their vectors have a space each.
CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,      -- of the space
    model TEXT NOT NULL,            -- what the model calls itself
    dimension INTEGER NOT NULL,
    fingerprint BLOB                -- vector of a fixed text, as below; NULL when the name says it all
);

-- AUTOINCREMENT: an id is never used again, so "everything after id n" is what a reader has not seen yet.
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model_id INTEGER NOT NULL REFERENCES models,
    text_id INTEGER NOT NULL REFERENCES texts ON DELETE CASCADE,
    vector BLOB NOT NULL            -- float16, little endian, unit length
);
CREATE UNIQUE INDEX vectors_by_text ON vectors (text_id, model_id);
CREATE INDEX vectors_by_model ON vectors (model_id);  -- and by id, in which those of a model are read

-- Whole documents; `how` they were made into one vector, from the text with this hash.
CREATE TABLE document_vectors (
    document_id INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    model_id INTEGER NOT NULL REFERENCES models,
    hash BLOB NOT NULL,
    how TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (model_id, document_id)
) WITHOUT ROWID;
CREATE INDEX document_vectors_by_document ON document_vectors (document_id);

-- Texts that a model does not embed, whatever is tried.
CREATE TABLE refused (
    model_id INTEGER NOT NULL REFERENCES models,
    text_id INTEGER NOT NULL REFERENCES texts ON DELETE CASCADE,
    reason TEXT NOT NULL,
    PRIMARY KEY (model_id, text_id)
) WITHOUT ROWID;
CREATE INDEX refused_by_text ON refused (text_id);

-- What a second look found between two texts (first < second); texts that are neither are not kept.
CREATE TABLE pairs (
    first INTEGER NOT NULL REFERENCES texts ON DELETE CASCADE,
    second INTEGER NOT NULL REFERENCES texts ON DELETE CASCADE,
    kind TEXT NOT NULL,
    score REAL NOT NULL,
    translated INTEGER NOT NULL,
    PRIMARY KEY (first, second)
) WITHOUT ROWID;
CREATE INDEX pairs_by_second ON pairs (second);

-- Pairs the user marked as intended, by content, so that they survive moves (first < second).
CREATE TABLE ignored_pairs (
    first BLOB NOT NULL,
    second BLOB NOT NULL,
    first_text TEXT NOT NULL,
    second_text TEXT NOT NULL,
    PRIMARY KEY (first, second)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE lexical USING fts5 (
    headings, body, content='', tokenize="{FTS5_TOKENIZE}"
);
CREATE VIRTUAL TABLE lexical_terms USING fts5vocab (lexical, row);
"""
