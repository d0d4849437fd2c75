import type { CharSet } from './charset.ts';

/** A condition on a place in the text that takes no characters. */
export type Assertion = 'start' | 'end' | 'line-start' | 'line-end' | 'word' | 'not-word';

/** A parsed pattern. Flags are already worked in: sets hold both cases, `.` is a set. */
export type RegexNode =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly body: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: 'capture'; readonly name: string | undefined; readonly body: RegexNode }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean; readonly body: RegexNode };

/** A parsed pattern and the names of its groups: `names[0]` is that of group 1. */
export interface RegexTree {
  readonly root: RegexNode;
  readonly names: readonly (string | undefined)[];
}

/** A place in the pattern that is not understood or not supported; {@link RegexFault.message} says which. */
export class RegexFault extends Error {}
