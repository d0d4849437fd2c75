import type { PropertyValues } from './settings.ts';

/** Settings that are read but not yet checked against each other. */
export type Draft = { -readonly [Name in keyof PropertyValues]: PropertyValues[Name] };

/** What checks across keys may look at. */
export interface CheckContext {
  readonly draft: Draft;
  /** True for keys that the operator set, under any of their names. */
  readonly isSet: (name: keyof PropertyValues) => boolean;
  /** True when a file or directory stands at the path. */
  readonly exists: (path: string) => boolean;
}

/** Looks at several keys together and returns what is wrong, in Kong's words; may put values into their final form. */
export type Check = (context: CheckContext) => readonly string[];
