"""Questions that ask the same, word for word or nearly: pure work on fingerprints and words, wherever they are from.

Exact duplicates have the same fingerprint (`content.wording`). Near ones share most words: candidates are found by
their rarest words (a pair whose words overlap by `OVERLAP` must share some of them), then compared by rapidfuzz. So the
time grows with the number of questions, and not with its square. Questions with different numbers in them are never
near: in a series of sums each asks something else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

from rapidfuzz import fuzz

#: Characters of a question's words that are compared.
COMPARED = 1_000
#: Questions with fewer words are compared exactly only: "True or false?" is near to too much.
WORDS_LEAST = 5
#: The least similarity, of 100, of a near duplicate.
SIMILAR = 90
#: The least share of words that a near duplicate has in common.
OVERLAP = 0.8
#: Rare words that candidates have in common; with one alone far too many would have to be compared.
SHARED = 3
#: Candidates that are looked at for one question.
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
    """Questions by their rarest words. Inside they are numbers: an id takes long to hash."""

    def __init__(self, words: Mapping[K, str]) -> None:
        self._keys = list(words)
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        parts = [_WORD.findall(line[:COMPARED].casefold()) for line in words.values()]
        self._sets = [frozenset(each) for each in parts]
        self._lines = [" ".join(sorted(each)) for each in parts]
        self._figures = [frozenset(_NUMBER.findall(line[:COMPARED])) for line in words.values()]
        self._frequency = Counter(word for each in self._sets for word in each)
        self._posted: dict[str, list[int]] = defaultdict(list)
        self._rarest = [self._rare(each) for each in self._sets]

    def add(self, key: K) -> None:
        number = self._numbers[key]
        for word in self._rarest[number][0]:
            self._posted[word].append(number)

    def like(self, key: K) -> list[Near[K]]:
        number = self._numbers[key]
        mine, line, figures = self._sets[number], self._lines[number], self._figures[number]
        if len(mine) < WORDS_LEAST:
            return []
        rare, common = self._rarest[number]
        shared: Counter[int] = Counter()
        for word in rare:
            shared.update(self._posted[word])
        found: dict[int, int] = {}
        enough = SHARED - common
        for other in [other for other, count in shared.items() if count >= enough]:
            if other == number or self._figures[other] != figures:
                continue
            theirs = self._sets[other]
            least = OVERLAP * max(len(mine), len(theirs))
            if min(len(mine), len(theirs)) < least or len(mine & theirs) < least:
                continue
            similarity = int(fuzz.ratio(line, self._lines[other], score_cutoff=SIMILAR))
            if similarity:
                found[other] = similarity
            if len(found) >= CANDIDATES:
                break
        ranked: Sequence[tuple[int, int]] = sorted(found.items(), key=lambda pair: -pair[1])
        return [Near(self._keys[other], similarity) for other, similarity in ranked]

    def _rare(self, mine: frozenset[str]) -> tuple[list[str], int]:
        """Its rarest words, and how many of these are so common after all that they are left out.

        Whoever has `OVERLAP` of its words in common with a question has `SHARED` of these: with all but the other words
        missing the share would be too small.
        """
        words = [word for _, word in sorted((self._frequency[word], word) for word in mine)]
        prefix = words[: len(words) - ceil(OVERLAP * len(words)) + SHARED]
        rare = [word for word in prefix if self._frequency[word] <= COMMON]
        return rare, len(prefix) - len(rare)
