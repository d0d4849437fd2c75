import { anyUnit, type CharSet, overlaps } from './charset.ts';
import type { RegexNode } from './syntax.ts';

/** Patterns that need more states than this are not looked at: the proof costs the square of it. */
const mostStates = 400;

/** Steps that a proof may take before it is given up. */
const mostSteps = 400_000;

class NotProven extends Error {}

/**
 * True when a backtracking engine is proven to need at most 2 x (states of the pattern) x (length of the text) steps; false
 * means "not proven", not "slow".
 *
 * The pattern becomes a position automaton (Glushkov): a state for each set, bounded repetitions written out. Where no
 * text leads to one state along two different ways, backtracking comes to each pair of state and place in the text at
 * most once. Ways that differ only in how they pass through empty parts count as different: `(a+)+` is refused for its
 * two ways from "a" to "a". An unanchored search is a first state that takes anything. Once a way has come to a state
 * from which the match is complete, the search cannot fail any more, so other ways are not tried after it; see
 * {@link Automaton.prove}.
 */
export function isProvenLinear(root: RegexNode, anchored: boolean): boolean {
  try {
    checkLooks(root, { afterLoop: !(anchored || startsAtStart(root)) });
    prove(root, anchored || startsAtStart(root));
    return true;
  } catch (thrown) {
    if (thrown instanceof NotProven) return false;
    throw thrown;
  }
}

/** True when every match begins at the start of the text. */
function startsAtStart(node: RegexNode): boolean {
  if (node.kind === 'assert') return node.what === 'start';
  if (node.kind === 'capture') return startsAtStart(node.body);
  if (node.kind === 'choice') return node.options.every(startsAtStart);
  return node.kind === 'sequence' && node.items.length > 0 && startsAtStart(node.items[0]!);
}

/** What a part of a pattern offers to its neighbours. */
interface Fragment {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly nullable: boolean;
  /** The states after which the part can end without a condition such as `$` still to be met. */
  readonly free: readonly number[];
  readonly nullableFree: boolean;
}

const empty: Fragment = { first: [], last: [], nullable: true, free: [], nullableFree: true };

function prove(root: RegexNode, anchored: boolean): void {
  const automaton = new Automaton();
  const whole = automaton.build(root);
  // A match at once, wherever the search begins.
  const search = anchored || whole.nullableFree ? undefined : automaton.addState(anyUnit);
  const starts = search === undefined ? whole.first : [search, ...whole.first];
  if (search !== undefined) automaton.link([search], starts);
  automaton.prove(starts, new Set(whole.free));
}

class Automaton {
  readonly #sets: CharSet[] = [];
  readonly #follow: number[][] = [];
  #steps = 0;

  addState(set: CharSet): number {
    if (this.#sets.length >= mostStates) throw new NotProven();
    this.#follow.push([]);
    return this.#sets.push(set) - 1;
  }

  /** Lets each of `to` follow each of `from`. Two links between the same states are two ways of the engine. */
  link(from: readonly number[], to: readonly number[]): void {
    for (const state of from) {
      const following = this.#follow[state]!;
      for (const next of to) {
        this.#step();
        if (following.includes(next)) throw new NotProven();
        following.push(next);
      }
    }
  }

  build(node: RegexNode): Fragment {
    switch (node.kind) {
      case 'set': {
        const state = [this.addState(node.set)];
        return { first: state, last: state, nullable: false, free: state, nullableFree: false };
      }
      case 'assert':
      case 'look':
        return { ...empty, nullableFree: false };
      case 'capture':
        return this.build(node.body);
      case 'sequence':
        return node.items.reduce<Fragment>((left, item) => this.#join(left, this.build(item)), empty);
      case 'choice':
        return this.#choose(node.options.map((option) => this.build(option)));
      case 'repeat':
        return this.#repeat(node.body, node.min, node.max);
    }
  }

  #join(left: Fragment, right: Fragment): Fragment {
    this.link(left.last, right.first);
    return {
      first: left.nullable ? [...left.first, ...right.first] : left.first,
      last: right.nullable ? [...left.last, ...right.last] : right.last,
      nullable: left.nullable && right.nullable,
      free: right.nullableFree ? [...left.free, ...right.free] : right.free,
      nullableFree: left.nullableFree && right.nullableFree,
    };
  }

  #choose(options: readonly Fragment[]): Fragment {
    // Two empty options are two ways through here without a character.
    if (options.filter((option) => option.nullable).length > 1) throw new NotProven();
    return {
      first: options.flatMap((option) => option.first),
      last: options.flatMap((option) => option.last),
      nullable: options.some((option) => option.nullable),
      free: options.flatMap((option) => option.free),
      nullableFree: options.some((option) => option.nullableFree),
    };
  }

  #repeat(body: RegexNode, min: number, max: number): Fragment {
    if (max === 0) return empty;
    const isEndless = max === Number.POSITIVE_INFINITY;
    const copies = isEndless ? Math.max(min, 1) : max;
    if (copies > mostStates) throw new NotProven();
    let whole: Fragment = empty;
    // Bounded repetitions nest, a{1,3} is a(a(a)?)?, so the copies are built from the last one.
    for (let copy = copies - 1; copy >= 0; copy--) {
      let part = this.build(body);
      // Leaving out an empty part and passing through it are two ways.
      if (part.nullable && !(min === 1 && max === 1)) throw new NotProven();
      if (isEndless && copy === copies - 1) this.link(part.last, part.first);
      part = this.#join(part, whole);
      whole = copy < min ? part : { ...part, nullable: true, nullableFree: true };
    }
    return whole;
  }

  /**
   * Two bounds make the whole. Before a complete match was seen, no two ways lead to one state; so states from which
   * the match is complete end the search for such ways. From the first complete match on, only ways that continue it
   * are tried, so from each such state on, no two ways lead to one state either.
   */
  prove(starts: readonly number[], complete: ReadonlySet<number>): void {
    const before = this.#reachable(starts, complete);
    this.#findMeeting([starts], before, complete);
    if (complete.size > 0) {
      const after = this.#reachable(
        [...complete].filter((state) => before.has(state)),
        new Set(),
      );
      this.#findMeeting([], after, new Set());
    }
  }

  #reachable(from: readonly number[], ends: ReadonlySet<number>): Set<number> {
    const seen = new Set(from);
    for (const state of seen) {
      if (ends.has(state)) continue;
      for (const next of this.#follow[state]!) seen.add(next);
    }
    return seen;
  }

  /**
   * Walks pairs of different states that one text leads to; two of them that step into one state are two ways to it.
   */
  #findMeeting(forks: readonly (readonly number[])[], states: ReadonlySet<number>, ends: ReadonlySet<number>): void {
    const count = this.#sets.length;
    const seen = new Set<number>();
    const pending: (readonly [number, number])[] = [];
    const pair = (a: number, b: number): void => {
      this.#step();
      if (!overlaps(this.#sets[a]!, this.#sets[b]!)) return;
      const key = a < b ? a * count + b : b * count + a;
      if (seen.has(key)) return;
      seen.add(key);
      pending.push([a, b]);
    };
    const fork = (nexts: readonly number[]): void => {
      for (let i = 0; i < nexts.length; i++) for (let j = i + 1; j < nexts.length; j++) pair(nexts[i]!, nexts[j]!);
    };
    for (const nexts of forks) fork(nexts);
    for (const state of states) if (!ends.has(state)) fork(this.#follow[state]!);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [a, b] = next;
      if (ends.has(a) || ends.has(b)) continue;
      for (const afterA of this.#follow[a]!) {
        for (const afterB of this.#follow[b]!) {
          if (afterA === afterB) throw new NotProven();
          pair(afterA, afterB);
        }
      }
    }
  }

  #step(): void {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw new NotProven();
  }
}

/** Where a look-around stands: after a loop it may be tried at every place of the text. */
interface Place {
  readonly afterLoop: boolean;
}

/** Proves each look-around, and returns whether `node` has a loop. */
function checkLooks(node: RegexNode, place: Place): boolean {
  switch (node.kind) {
    case 'set':
    case 'assert':
      return false;
    case 'capture':
      return checkLooks(node.body, place);
    case 'choice':
      return node.options.map((option) => checkLooks(option, place)).includes(true);
    case 'repeat': {
      const isEndless = node.max === Number.POSITIVE_INFINITY;
      return checkLooks(node.body, { afterLoop: place.afterLoop || isEndless }) || isEndless;
    }
    case 'sequence': {
      let hasLoop = false;
      for (const item of node.items) {
        hasLoop = checkLooks(item, { afterLoop: place.afterLoop || hasLoop }) || hasLoop;
      }
      return hasLoop;
    }
    case 'look': {
      // V8 matches look-behinds from right to left; those without a choice are plain enough to need no proof of it.
      if (node.behind && !isFixed(node.body)) throw new NotProven();
      const hasLoop = checkLooks(node.body, place);
      // A loop inside runs each time it is tried: a few times before the first loop outside, else for each character.
      if (hasLoop && place.afterLoop) throw new NotProven();
      prove(node.body, true);
      return false;
    }
  }
}

function isFixed(node: RegexNode): boolean {
  if (node.kind === 'sequence') return node.items.every(isFixed);
  return node.kind === 'set';
}
