import type { FieldErrors, Row } from '../schema/index.ts';

/** One fact about Kong 3.9: what becomes of a row that is handed in. */
export interface Case {
  readonly entity: string;
  readonly given: unknown;
  /** The stored row that is updated; absent for inserts. */
  readonly stored?: Row;
  readonly mode?: 'upsert' | 'check';
  /** All that is refused, exactly. */
  readonly errors?: FieldErrors;
  /** A part of the row that comes out. */
  readonly row?: Row;
}

/** Ways to write cases down for one entity. */
export function casesOf(entity: string) {
  return {
    /** An insert that is refused. */
    no: (given: unknown, errors: FieldErrors): Case => ({ entity, given, errors }),
    /** An insert that goes through. */
    yes: (given: unknown, row: Row = {}): Case => ({ entity, given, row }),
    /** An update that goes through. */
    change: (stored: Row, given: unknown, row: Row): Case => ({ entity, stored, given, row }),
    /** An update that is refused. */
    keep: (stored: Row, given: unknown, errors: FieldErrors): Case => ({ entity, stored, given, errors }),
    /** A check that is refused. */
    bad: (given: unknown, errors: FieldErrors): Case => ({ entity, given, errors, mode: 'check' }),
  };
}

/** Ids that refer to nothing in particular. */
export const someId = 'a4fbd24e-6a52-4937-bd78-2536713072d2';
