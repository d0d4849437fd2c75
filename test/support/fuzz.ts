/** What a test that tries random input was asked to do; `npm run fuzz` asks for more than `npm test` does. */
export interface FuzzPlan {
  /** Inputs to try: `GIBBON_FUZZ_RUNS`, or the test's own count. */
  readonly runs: number;
  /** Where the random numbers begin: `GIBBON_FUZZ_SEED`, or the test's own, so that each run of `npm test` is the same. */
  readonly seed: number;
}

/** Reads how many inputs to try and from which seed; counts and seeds of a test are for machines of any speed. */
export function fuzzPlan(runs: number, seed: number): FuzzPlan {
  return { runs: numberOf('GIBBON_FUZZ_RUNS') ?? runs, seed: numberOf('GIBBON_FUZZ_SEED') ?? seed };
}

/** The same as fast-check asks for it. */
export function fuzzParameters(runs: number, seed: number): { readonly numRuns: number; readonly seed: number } {
  const plan = fuzzPlan(runs, seed);
  return { numRuns: plan.runs, seed: plan.seed };
}

function numberOf(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is "${text}": give a number`);
  return value;
}

/** A sequence of numbers from 0 to below 1 that is the same for the same seed (mulberry32). */
export function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of `choices`, as the dice fall. */
export function pick<Choice>(dice: () => number, choices: readonly Choice[]): Choice {
  return choices[Math.floor(dice() * choices.length)]!;
}

/** A whole number from `least` to `most`. */
export function between(dice: () => number, least: number, most: number): number {
  return least + Math.floor(dice() * (most - least + 1));
}

/** `wire` in up to `most` pieces, cut anywhere. */
export function pieces(dice: () => number, wire: string, most: number): string[] {
  const cuts = Array.from({ length: between(dice, 0, most - 1) }, () => between(dice, 1, wire.length));
  const ends = [...new Set([...cuts, wire.length])].sort((a, b) => a - b);
  return ends.map((end, at) => wire.slice(at === 0 ? 0 : ends[at - 1], end));
}
