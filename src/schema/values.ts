import type { FieldErrors, FieldProblem } from './fields.ts';

/** An object of unknown fields; reading an absent one gives undefined. */
export interface Bag {
  [key: string]: unknown;
}

/** True for objects that are not lists. */
export function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for anything but nothing, the empty string, and empty lists, maps and records. */
export function isNonEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.length > 0;
  for (const _ in value) return true;
  return false;
}

/** True for a text of the form `{vault://...}`. */
export function isReference(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('{vault://') && value.endsWith('}');
}

/** The value at a path through records; undefined as soon as a step is not an object that has it. */
export function valueAt(row: unknown, path: readonly string[]): unknown {
  let value = row;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Bag)[step];
  }
  return value;
}

/** Sets an own property even where the key is `__proto__`. */
export function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    (target as Bag)[key] = value;
  }
}

/** Puts a problem at a path, making records on the way; a problem that a record already has as a whole stays. */
export function setProblem(errors: FieldErrors, path: readonly string[], problem: FieldProblem): void {
  let level = errors;
  for (const step of path.slice(0, -1)) {
    if (!Object.hasOwn(level, step)) setOwn(level, step, {});
    const next = level[step]!;
    if (!isBag(next)) return;
    level = next as FieldErrors;
  }
  setOwn(level, path.at(-1)!, problem);
}

/** True when there is a problem at a path, below it, or with a record on the way to it. */
export function hasProblemAt(errors: FieldErrors | undefined, path: readonly string[]): boolean {
  let level: FieldProblem | undefined = errors;
  for (const step of path) {
    if (typeof level === 'string') return true;
    if (!isBag(level) || !Object.hasOwn(level, step)) return false;
    level = (level as FieldErrors)[step];
  }
  return level !== undefined;
}

/** Adds a text that is about the entity as a whole. */
export function addEntityProblem(errors: FieldErrors, text: string): void {
  const list = errors['@entity'];
  if (Array.isArray(list)) list.push(text);
  else errors['@entity'] = [text];
}

/** Compares two JSON values by content. Keeps its own stack, so depth of nesting does not matter. */
export function isSame(left: unknown, right: unknown): boolean {
  const stack: [unknown, unknown][] = [[left, right]];
  for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(b, key)) return false;
      stack.push([(a as Bag)[key], (b as Bag)[key]]);
    }
  }
  return true;
}

/** Freezes a value and all that it holds. */
export function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freezeDeep(part);
  }
  return value;
}
