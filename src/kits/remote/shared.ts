/** Something with an end. */
export interface Ending<T> {
  readonly value: T;
  readonly end: () => void;
}

/** Things that several hold at once, by keys. */
export interface Shared<T> {
  /** The thing of a key, made for the first who asks; who has called `end` of it last ends it. */
  hold(key: string, make: () => Ending<T>): Ending<T>;
}

/** Creates a {@link Shared}; kept in the closure of a plugin's `setup`. */
export function createShared<T>(): Shared<T> {
  const held = new Map<string, { readonly made: Ending<T>; holders: number }>();
  return {
    hold(key, make) {
      const entry = held.get(key) ?? { made: make(), holders: 0 };
      held.set(key, entry);
      entry.holders++;
      let isHeld = true;
      return {
        value: entry.made.value,
        end() {
          if (!isHeld) return;
          isHeld = false;
          entry.holders--;
          if (entry.holders > 0) return;
          held.delete(key);
          entry.made.end();
        },
      };
    },
  };
}
