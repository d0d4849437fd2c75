import { createHash } from 'node:crypto';
import { messageOf } from '../../kernel/index.ts';
import type { Bag } from './bag.ts';
import { isBag } from './bag.ts';
import { parseYaml } from './yaml.ts';

/** The largest text that is read, in bytes. */
export const maxTextBytes = 100 * 1024 * 1024;

/** Deeper nesting than this has no meaning, and code that works its way down could not bear it. */
const maxDepth = 200;

/** Values that aliases may make of a text at most: an alias costs a few bytes and stands for everything below it. */
const maxValues = 20_000_000;

/** How a text is written; `any` tries JSON, then YAML. */
export type TextKind = 'json' | 'yaml' | 'any';

/** A document with the hash of the text that it came from. */
export type TextOutcome =
  | { readonly ok: true; readonly table: Bag; readonly hash: string }
  | { readonly ok: false; readonly error: string };

/** Reads a declarative configuration's text. The table is the caller's own, whatever aliases were in the text. */
export function readDeclarativeText(text: string, kind: TextKind = 'any'): TextOutcome {
  if (text.length > maxTextBytes) return refuse(`more than ${maxTextBytes} bytes`);
  let reason = 'expected an object';
  if (kind !== 'yaml') {
    const parsed = parseJson(text);
    if (parsed.ok) return finish(parsed.value, text);
    reason = parsed.error;
    if (kind === 'json') return refuse(reason);
  }
  const parsed = parseYaml(text);
  return parsed.ok ? finish(parsed.value, text) : refuse(parsed.error);
}

/** The kind of a file by its name; undefined for names that tell nothing. */
export function kindOfFile(path: string): TextKind | undefined {
  if (/json$/i.test(path)) return 'json';
  return /ya?ml$/i.test(path) ? 'yaml' : undefined;
}

/** What names a configuration: the MD5 of its text in hexadecimal, as Kong computes it. */
export function declarativeHash(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** The hash of a node that holds nothing. */
export const emptyHash = '0'.repeat(32);

function parseJson(text: string): { readonly ok: true; readonly value: unknown } | { ok: false; error: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (fault) {
    return { ok: false, error: messageOf(fault) };
  }
}

function finish(value: unknown, text: string): TextOutcome {
  if (!isBag(value)) return refuse('expected an object');
  const problem = problemOfShape(value);
  return problem === undefined ? { ok: true, table: value, hash: declarativeHash(text) } : refuse(problem);
}

/**
 * Walks what was read: too deep, or grown too large by aliases. Values that an alias shares are looked at as often as
 * they are referred to, because everything after this does so too.
 */
export function problemOfShape(root: unknown): string | undefined {
  const stack: { readonly value: object; readonly depth: number }[] = [{ value: root as object, depth: 1 }];
  let seen = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.depth > maxDepth) return `nested more than ${maxDepth} levels deep`;
    for (const part of Object.values(next.value)) {
      seen += 1;
      if (seen > maxValues) return `more than ${maxValues} values`;
      if (typeof part === 'object' && part !== null) stack.push({ value: part, depth: next.depth + 1 });
    }
  }
  return undefined;
}

function refuse(reason: string): TextOutcome {
  return { ok: false, error: `failed parsing declarative configuration: ${reason}` };
}
