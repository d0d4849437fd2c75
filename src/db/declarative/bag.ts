/** An object whose fields are not known; what a parser makes of a record. */
export interface Bag {
  [key: string]: unknown;
}

/** True for objects that are not lists. */
export function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets an own property even where the key is `__proto__`. */
export function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The own value of a key that a client may have chosen; undefined when there is none. */
export function ownValue(bag: Bag, key: string): unknown {
  return Object.hasOwn(bag, key) ? bag[key] : undefined;
}
