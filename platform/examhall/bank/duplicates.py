"""Questions that ask the same, word for word or nearly: pure work on fingerprints and words, wherever they are from.

Exact duplicates have the same fingerprint (`bank.wording`). Near ones share most words: candidates are found by
their rarest words (a pair whose words overlap by `OVERLAP` must share one of them), then compared by rapidfuzz. So the
time grows with the number of questions, and not with its square. Questions with different numbers in them are never
near: in a series of sums each asks something else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import fuzz

#: Characters of a question's words that are compared.
COMPARED = 1_000
#: Questions with fewer words are compared exactly only: "True or false?" is near to too much.
WORDS_LEAST = 5
#: The least similarity, of 100, of a near duplicate.
SIMILAR = 90
#: The least share of words that a near duplicate has in common.
OVERLAP = 0.7
#: Candidates that are looked at for one question, those with the rarest words first.
CANDIDATES = 60
#: A word that stands in more questions than this leads nowhere.
COMMON = 100

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Near(Generic[K]):
    """Another question that asks nearly the same; `similarity` is 90 to 100."""

    key: K
    similarity: int


def exact(fingerprints: Iterable[tuple[K, str]]) -> dict[str, list[K]]:
    """Keys by fingerprint, in the given order; a fingerprint that stands alone is left out."""
    found: dict[str, list[K]] = defaultdict(list)
    for key, fingerprint in fingerprints:
        found[fingerprint].append(key)
    return {fingerprint: keys for fingerprint, keys in found.items() if len(keys) > 1 and fingerprint}


def near(asked: Mapping[K, str], known: Mapping[K, str]) -> Iterator[tuple[K, list[Near[K]]]]:
    """For each of `asked` (key to words) those of `known` and those asked before it that are nearly the same.

    The most similar come first. All that is yielded stands in order; a question without any yields an empty list.
    """
    index = _Index({**known, **asked})
    for key in known:
        index.add(key)
    for key in asked:
        yield key, index.like(key)
        index.add(key)


class _Index(Generic[K]):
    def __init__(self, words: Mapping[K, str]) -> None:
        self._lines: dict[K, str] = {}
        self._sets: dict[K, frozenset[str]] = {}
        self._numbers: dict[K, frozenset[str]] = {}
        for key, line in words.items():
            parts = _WORD.findall(line[:COMPARED].casefold())
            self._sets[key], self._lines[key] = frozenset(parts), " ".join(sorted(parts))
            self._numbers[key] = frozenset(_NUMBER.findall(line[:COMPARED]))
        self._frequency = Counter(word for words in self._sets.values() for word in words)
        self._posted: dict[str, list[K]] = defaultdict(list)

    def add(self, key: K) -> None:
        for word in self._rare(key):
            self._posted[word].append(key)

    def like(self, key: K) -> list[Near[K]]:
        if len(self._sets[key]) < WORDS_LEAST:
            return []
        mine, line = self._sets[key], self._lines[key]
        found: dict[K, int] = {}
        for other in dict.fromkeys(other for word in self._rare(key) for other in self._posted[word]):
            theirs = self._sets[other]
            if other == key or self._numbers[other] != self._numbers[key]:
                continue
            if len(mine & theirs) < OVERLAP * max(len(mine), len(theirs)):
                continue
            similarity = int(fuzz.ratio(line, self._lines[other], score_cutoff=SIMILAR))
            if similarity:
                found[other] = similarity
            if len(found) >= CANDIDATES:
                break
        ranked: Sequence[tuple[K, int]] = sorted(found.items(), key=lambda pair: -pair[1])
        return [Near(other, similarity) for other, similarity in ranked]

    def _rare(self, key: K) -> list[str]:
        """The rarest words of a question: whoever shares `OVERLAP` of its words with it shares one of these."""
        words = sorted(self._sets[key], key=lambda word: (self._frequency[word], word))
        prefix = words[: len(words) - int(OVERLAP * len(words)) + 1]
        return [word for word in prefix if self._frequency[word] <= COMMON]
