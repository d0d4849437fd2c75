import type { RegexMatch } from '../../kernel/index.ts';
import { Facts } from '../expressions/facts.ts';
import type { RouteMatch, RouteRequest, RouteTarget } from '../types.ts';
import type { Condition } from './condition.ts';
import { meetsHeaders, meetsSni } from './conditions.ts';
import { capturedMatch, freezeMatch, plainMatch, type RouteEntry, regexMatch } from './entry.ts';
import type { Outcome, OutcomeCache } from './outcome-cache.ts';

/**
 * From this effort on, remembering an outcome pays: asking the cache costs as much as two regular expressions, filling
 * it as much as ten. A pattern that V8 runs counts 1, one that RE2 has to run counts 8.
 */
const worthRemembering = 4;

/** What an expression that held noted; see {@link Facts}. */
export type Noted = Pick<Facts, 'matchedPath' | 'matchedByRegex' | 'unnamed' | 'named'>;

const nothingNoted: Noted = Object.freeze({
  matchedPath: undefined,
  matchedByRegex: false,
  unnamed: undefined,
  named: undefined,
});

/**
 * One request on its way through the entries. A router has one of these and uses it again and again, so that matching
 * allocates nothing.
 */
export class Search<T extends RouteTarget> {
  readonly #cache: OutcomeCache<T>;
  #request!: RouteRequest;
  #found: RegexMatch | null = null;
  readonly #facts: Facts;
  #hasFacts = false;
  #noted: Noted = nothingNoted;
  #known: Outcome<T> | undefined;
  #wasCacheAsked = false;
  #sawHeaders = false;
  #effort = 0;

  /** Expressions see the first `maxArgs` arguments of a query. */
  constructor(cache: OutcomeCache<T>, maxArgs: number) {
    this.#cache = cache;
    this.#facts = new Facts(maxArgs);
  }

  get request(): RouteRequest {
    return this.#request;
  }

  begin(request: RouteRequest): void {
    this.#request = request;
    this.#found = null;
    this.#hasFacts = false;
    this.#noted = nothingNoted;
    this.#known = undefined;
    this.#wasCacheAsked = false;
    this.#sawHeaders = false;
    this.#effort = 0;
  }

  /** Says that the outcome depends on the request's headers, so that it must not be remembered. */
  noteHeaders(): void {
    this.#sawHeaders = true;
  }

  /**
   * True when everything that an entry asks for is met, but for host and prefix, which are known to be. Before regular
   * expressions become an effort the cache is asked; what it knows ends the search: the entry counts as accepted, and
   * {@link Search.finish} gives the remembered outcome.
   */
  accepts(entry: RouteEntry<T>): boolean {
    if (entry.isUnconditional) return true;
    const request = this.#request;
    if (entry.methods !== undefined && !entry.methods.includes(request.method)) return false;
    if (entry.snis !== undefined && !meetsSni(entry.snis, request)) return false;
    if (entry.headers !== undefined) {
      this.#sawHeaders = true;
      if (!meetsHeaders(entry.headers, request)) return false;
    }
    if (entry.condition !== undefined && !this.#meets(entry.condition)) return false;
    return entry.regex === undefined || this.#matches(entry.regex);
  }

  #meets(condition: Condition<T>): boolean {
    if (this.#isKnown(condition.effort)) return true;
    if (condition.looksBeyondKey) this.#sawHeaders = true;
    const facts = this.#facts;
    if (!this.#hasFacts) {
      facts.begin(this.#request);
      this.#hasFacts = true;
    }
    facts.forget();
    if (!condition.holds(facts)) return false;
    if (condition.isExpression) {
      const { matchedPath, matchedByRegex, unnamed, named } = facts;
      const isPlain = unnamed === undefined && matchedPath === undefined;
      this.#noted = isPlain ? nothingNoted : { matchedPath, matchedByRegex, unnamed, named };
    }
    return true;
  }

  /** Counts an effort that is about to be made; true when it is not needed, for the cache knows the outcome. */
  #isKnown(effort: number): boolean {
    this.#effort += effort;
    if (this.#effort >= worthRemembering && !this.#wasCacheAsked) {
      this.#wasCacheAsked = true;
      this.#known = this.#cache.get(this.#request);
    }
    return this.#known !== undefined;
  }

  #matches(regex: NonNullable<RouteEntry<T>['regex']>): boolean {
    if (this.#isKnown(regex.engine === 'v8' ? 1 : 8)) return true;
    const found = regex.exec(this.#request.path);
    if (found === null) return false;
    this.#found = found;
    return true;
  }

  /** The outcome, given the best entry that was accepted. */
  finish(best: RouteEntry<T> | undefined): RouteMatch<T> | undefined {
    if (this.#known !== undefined) return this.#known.match;
    const match = best === undefined ? undefined : this.#matchOf(best);
    if (this.#wasCacheAsked && !this.#sawHeaders) this.#cache.set(this.#request, match && freezeMatch(match));
    return match;
  }

  #matchOf(best: RouteEntry<T>): RouteMatch<T> {
    // Entries are accepted only when better than those accepted before: the last match found is the best one's.
    if (best.condition?.isExpression === true) return this.#notedMatch(best.target, best.condition);
    return best.regex === undefined ? best.match : regexMatch(best.target, this.#found!);
  }

  #notedMatch(target: T, { matches }: Condition<T>): RouteMatch<T> {
    const noted = this.#noted;
    const { matchedPath } = noted;
    if (noted.matchedByRegex || noted.unnamed !== undefined) return capturedMatch(target, noted);
    let match = matches.get(matchedPath);
    if (match === undefined) {
      match = plainMatch(target, matchedPath);
      matches.set(matchedPath, match);
    }
    return match;
  }
}
