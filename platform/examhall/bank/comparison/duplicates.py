"""Questions that ask the same, word for word or nearly: pure work on fingerprints and words, wherever they are from.

Exact duplicates have the same fingerprint (`content.wording`). Near ones share most words: candidates are found by
their rarest words (a pair whose words overlap by `OVERLAP` must share some of them), then compared by rapidfuzz. Which
questions have a word is told by the bits of an integer, block by block, so that some ten operations find all candidates
in a block. Questions with different numbers in them are never near: in a series of sums each asks something else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
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
#: Rare words that candidates have in common; with one or two far too many would have to be compared.
SHARED = 3
#: Candidates that are looked at for one question.
CANDIDATES = 60
#: A word that stands in more questions than this leads nowhere.
COMMON = 100
#: Questions whose words are told by one integer each: enough for few passes, and few enough for little memory.
BLOCK = 4_096

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
    """For each of `asked` (key to words, as `words_in` gives them) those of `known` and those asked before it that are
    nearly the same.

    The most similar come first. All that is yielded stands in order; a question without any yields an empty list.
    """
    keys = [*known, *asked]
    found = _Questions([*known.values(), *asked.values()]).pairs(len(known))
    for number in range(len(known), len(keys)):
        ranked = sorted(found.get(number, {}).items(), key=lambda pair: -pair[1])
        yield keys[number], [Near(keys[other], similarity) for other, similarity in ranked]


def alike(one: str, other: str) -> int:
    """How alike the words of two questions are, of 100, in whatever order they stand."""
    return int(fuzz.ratio(_line(one[:COMPARED]), _line(other[:COMPARED])))


class _Questions:
    """Questions as numbers, each with its words and the rarest of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [text[:COMPARED] for text in texts]
        self._sets = [frozenset(text.casefold().split()) for text in self._texts]
        frequency = Counter(chain.from_iterable(self._sets))
        rank = {word: place for place, word in enumerate(sorted(frequency, key=lambda word: (frequency[word], word)))}
        # Ranks below `once` are of words that stand alone, from `often` on of those that lead nowhere
        once = sum(count == 1 for count in frequency.values())
        often = sum(count <= COMMON for count in frequency.values())
        self._rare = [self._rarest(sorted(map(rank.__getitem__, mine)), once, often) for mine in self._sets]

    def _rarest(self, ranks: list[int], once: int, often: int) -> tuple[list[int], int]:
        """The rarest words of a question, and how many of these it shares with each that is near.

        Whoever has `OVERLAP` of its words in common with a question has `SHARED` of its rarest: with all but the other
        words missing the share would be too small. Those that are common after all count as shared.
        """
        prefix = ranks[: len(ranks) - ceil(OVERLAP * len(ranks)) + SHARED]
        return [rank for rank in prefix if once <= rank < often], SHARED - sum(rank >= often for rank in prefix)

    def pairs(self, first: int) -> dict[int, dict[int, int]]:
        """For each question from `first` on those before it that are near, with their similarity."""
        found: dict[int, dict[int, int]] = defaultdict(dict)
        count = len(self._sets)
        for base in range(0, count, BLOCK):
            end = min(base + BLOCK, count)
            holders = self._holders(base, end)
            for number in range(max(first, base), count):
                candidates = self._sharing(number, holders)
                if candidates and number < end:
                    candidates &= (1 << (number - base)) - 1
                if candidates:
                    self._compare(number, base, candidates, found[number])
        return found

    def _holders(self, base: int, end: int) -> dict[int, int]:
        """For each rare word the questions of a block that have it, a bit for each."""
        holders: dict[int, int] = {}
        for number in range(base, end):
            bit = 1 << (number - base)
            for word in self._rare[number][0]:
                holders[word] = holders.get(word, 0) | bit
        return holders

    def _sharing(self, number: int, holders: Mapping[int, int]) -> int:
        """The questions of a block that share enough rare words with one, as bits."""
        if len(self._sets[number]) < WORDS_LEAST:
            return 0
        words, enough = self._rare[number]
        one = two = three = 0
        for word in words:
            if held := holders.get(word):
                three |= two & held
                two |= one & held
                one |= held
        return three if enough > 2 else two if enough == 2 else one

    def _compare(self, number: int, base: int, candidates: int, found: dict[int, int]) -> None:
        """Add to `found` those candidates that are near."""
        mine, size = self._sets[number], len(self._sets[number])
        while candidates and len(found) < CANDIDATES:
            lowest = candidates & -candidates
            candidates ^= lowest
            other = base + lowest.bit_length() - 1
            theirs = self._sets[other]
            most = len(theirs) if len(theirs) > size else size
            if len(theirs) < OVERLAP * most or size < OVERLAP * most or len(mine & theirs) < OVERLAP * most:
                continue
            if self._figures(number) != self._figures(other):
                continue
            similarity = int(fuzz.ratio(_line(self._texts[number]), _line(self._texts[other]), score_cutoff=SIMILAR))
            if similarity:
                found[other] = similarity

    def _figures(self, number: int) -> frozenset[str]:
        return frozenset(_NUMBER.findall(self._texts[number]))


def _line(text: str) -> str:
    """The words in order, so that another order of the same is no difference."""
    return " ".join(sorted(text.casefold().split()))
