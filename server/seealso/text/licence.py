"""Recognise the licence header at the start of a document."""

from __future__ import annotations

import re

_LOOK = 600
"""Characters of a block that are looked at: a licence says what it is at once."""

# Each of these opens, or stands in, a paragraph of a common notice and in no other prose at the start of a document.
_NOTICE = re.compile(
    r"""
      SPDX-License-Identifier
    | SPDX-FileCopyrightText
    | \A\W*(?:copyright\b|©|\(c\))\W{0,4}(?:\(c\)|©|\d{4}|the\b|by\b)
    | \A\W*all\ rights\ reserved\b
    | \A.{0,100}?\blicen[cs]ed\ (?:to\ .{1,80}\ )?under\ (?:the\ terms\ of\ )?(?:an?\ |the\ |one\ or\ more\ )
      .{0,60}\b(?:licen[cs]es?|agreements|Apache|MIT|BSD|[AL]?GPL|MPL|CC0|Creative\ Commons|Commons)\b
    | \bpermission\ is\ (?:hereby\ )?granted\b
    | \bthe\ above\ copyright\ notice\b
    | \bprovided\ ["'`“”]{0,2}as[ -]is\b
    | \bredistribution\ and\ use\ in\ source\b
    | \bredistributions\ (?:of\ source\ code|in\ binary\ form)\ must\b
    | \bneither\ the\ names?\ of\b.{1,200}\bendorse\b
    | \bthis\ (?:program|file|library|documentation|document|software|work)\ is\ (?:free\ software|licen[cs]ed\ under)
    | \bunless\ required\ by\ applicable\ law\ or\ agreed\ to\ in\ writing\b
    | \byou\ may\ (?:not\ use\ this\ file\ except|obtain\ a\ copy\ of\ the\ licen[cs]e)
    | \byou\ should\ have\ received\ a\ copy\ of\ the\ gnu\b
    | \bdistributed\ in\ the\ hope\ that\ it\ will\ be\ useful\b
    | \bgnu\ (?:free\ documentation|(?:lesser\ |library\ |affero\ )?general\ public)\ license\b.{0,80}\bversion\b
    | \bthis\ source\ code\ form\ is\ subject\ to\ the\ terms\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


# One of these is in every notice and in little else; it is found twenty times as fast.
_HINT = re.compile(
    r"licen|copyright|©|\(c\)|permission|provided|redistribution|reserved|endorse|free software|useful|applicable law"
    r"|spdx|gnu |source code form|obtain a copy"
)


def is_licence(text: str) -> bool:
    """Tell whether a clean text is part of a licence or copyright notice.

    Meant for the blocks before the first prose of a document: further down, a paragraph about licensing is prose.
    """
    head = text[:_LOOK]
    return _HINT.search(head.lower()) is not None and _NOTICE.search(head) is not None
