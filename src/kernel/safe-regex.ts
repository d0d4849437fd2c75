import { createRequire } from 'node:module';
import { GibbonError, messageOf } from './errors.ts';
import { isProvenLinear } from './regex/linearity.ts';
import { beginsAtStart, literalPrefixOf } from './regex/literal-prefix.ts';
import { parseRegex } from './regex/parse.ts';
import { writeRegex } from './regex/source.ts';
import { RegexFault, type RegexTree } from './regex/syntax.ts';

/** What a {@link SafeRegex} found. */
export interface RegexMatch {
  /** The whole text that matched. */
  readonly text: string;
  /** Where it begins. */
  readonly index: number;
  /** Groups by number; `captures[0]` is group 1. Undefined for a group that took no part. */
  readonly captures: readonly (string | undefined)[];
  /** Named groups; the object has no prototype. */
  readonly named: { readonly [name: string]: string | undefined };
}

/** A compiled pattern that needs time in proportion to the length of the text, whatever the text. */
export interface SafeRegex {
  /** The first match, or null. */
  exec(text: string): RegexMatch | null;
  /** True when there is a match. */
  test(text: string): boolean;
  /** Text that every match is known to begin with; "" when nothing is known. */
  readonly literalPrefix: string;
  /** True when a match can only be at the start of the text, by the pattern's own words or by the options. */
  readonly isAnchored: boolean;
  /** Which engine runs it: `v8` for patterns that are proven harmless there. */
  readonly engine: 'v8' | 're2';
}

/** How {@link compileSafeRegex} may be narrowed. */
export interface SafeRegexOptions {
  /** Matches only at the start of the text. */
  readonly anchored?: boolean;
}

/**
 * Compiles a pattern that a user gave, written in PCRE's language; text and pattern are taken unit by unit, so hand in
 * UTF-8 as one character per byte when bytes are meant. Flag `i` ignores the case of ASCII letters.
 * V8 runs what is proven to be linear there, RE2 the rest; look-around that is not proven, back-references, possessive
 * quantifiers and atomic groups are refused.
 * @throws GibbonError `ERR_REGEX` for a pattern that is malformed or cannot be run safely.
 */
export function compileSafeRegex(pattern: string, flags: 'i' | '' = '', options: SafeRegexOptions = {}): SafeRegex {
  try {
    const tree = parseRegex(pattern, flags === 'i');
    const anchored = options.anchored === true || beginsAtStart(tree.root);
    return isProvenLinear(tree.root, anchored) ? compileForV8(tree, anchored) : compileForRe2(tree, anchored);
  } catch (thrown) {
    throw new GibbonError(`Cannot compile regex "${pattern}": ${messageOf(thrown)}`, {
      code: 'ERR_REGEX',
      status: 400,
      source: 'downstream',
      cause: thrown,
    });
  }
}

type Named = { [name: string]: string | undefined };

const noNames: Named = Object.freeze(Object.create(null));
const noCaptures: readonly string[] = Object.freeze([]);

/** Makes the named groups of the numbered ones. */
type NameCaptures = (captures: readonly (string | undefined)[]) => Named;

function captureNamer(names: RegexTree['names']): NameCaptures {
  const places = names.flatMap((name, place) => (name === undefined ? [] : [{ name: asKey(name), place }]));
  if (places.length === 0) return () => noNames;
  return (captures) => {
    const named: Named = Object.create(null);
    for (const { name, place } of places) named[name] = captures[place];
    return named;
  };
}

/**
 * The same text as V8 keeps it for property names: anything else it looks up anew at each use, which takes five times
 * as long.
 */
function asKey(name: string): string {
  return Object.keys({ [name]: true })[0] ?? name;
}

function anchor(source: string, anchored: boolean): string {
  return anchored ? `^(?:${source})` : source;
}

// Neither of the two keeps the tree: 100,000 of them would weigh more than the compiled patterns.

function compileForV8({ root, names }: RegexTree, anchored: boolean): SafeRegex {
  const compiled = new RegExp(anchor(writeRegex(root, 'v8'), anchored));
  const nameCaptures = captureNamer(names);
  const hasGroups = names.length > 0;
  return {
    engine: 'v8',
    literalPrefix: literalPrefixOf(root),
    isAnchored: anchored,
    test: (text) => compiled.test(text),
    exec(text) {
      const found = compiled.exec(text);
      if (found === null) return null;
      const captures = hasGroups ? found.slice(1) : noCaptures;
      return { text: found[0], index: found.index, captures, named: nameCaptures(captures) };
    },
  };
}

/** The part of re2js that is used here. */
interface Re2Pattern {
  test(text: string): boolean;
  matcher(text: string): {
    find(): boolean;
    group(index: number): string | null;
    start(): number;
  };
}

interface Re2Module {
  readonly RE2JS: { compile(pattern: string, flags: number): Re2Pattern; readonly LOOKBEHINDS: number };
}

let loaded: Re2Module['RE2JS'] | undefined;

/** Most gateways have no pattern that needs it, and it costs every start 6 ms: loaded when the first one comes. */
function loadRe2(): Re2Module['RE2JS'] {
  loaded ??= (createRequire(import.meta.url)('re2js') as Re2Module).RE2JS;
  return loaded;
}

function compileForRe2({ root, names }: RegexTree, anchored: boolean): SafeRegex {
  const compiled = compileRe2(anchor(writeRegex(root, 're2'), anchored));
  const nameCaptures = captureNamer(names);
  return {
    engine: 're2',
    literalPrefix: literalPrefixOf(root),
    isAnchored: anchored,
    test: (text) => compiled.test(text),
    exec(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return null;
      const captures = names.map((_, i) => matcher.group(i + 1) ?? undefined);
      return { text: matcher.group(0) ?? '', index: matcher.start(), captures, named: nameCaptures(captures) };
    },
  };
}

function compileRe2(source: string): Re2Pattern {
  const engine = loadRe2();
  try {
    return engine.compile(source, /\(\?<[=!]/.test(source) ? engine.LOOKBEHINDS : 0);
  } catch (thrown) {
    throw new RegexFault(`it may take more than linear time, and RE2 cannot run it: ${messageOf(thrown)}`);
  }
}
