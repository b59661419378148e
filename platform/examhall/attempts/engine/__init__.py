"""The attempt engine: what happens to an attempt, as values in and values out.

Its law:

- No Flask, no database, no clock, no files, no randomness of its own. It imports the standard library,
  `examhall.errors` and `examhall.bank.types`, nothing else; a test reads the imports.
- `now` and the seed are always arguments. The same arguments give the same result, on every day and every machine.
- What happened is a chain of steps that only grows. The current answer is the last accepted one, grading is a replay
  of the steps, a regrade is a replay with other bodies.
- What arrives late is refused and kept, never dropped; what was accepted is what grading sees.

One module per idea: `states` (the life of an attempt), `timing` (its deadline), `paper` (what is asked), `steps` (what
happened), `saving` (which answers are taken), `grading` (what they are worth), `review` (what may be seen of it).
"""
