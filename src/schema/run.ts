import type { SchemaEnvironment } from './schema.ts';

/** What a row is being made for. */
export type Mode = 'insert' | 'update' | 'upsert' | 'check';

/** The state of one pass of a row through a schema. */
export interface Run {
  readonly mode: Mode;
  readonly environment: SchemaEnvironment;
  /** Fields that nobody declared, by the completed record in whose input they stood. */
  unknown: Map<object, string[]> | undefined;
}
