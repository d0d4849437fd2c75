import { describeViolations, type FieldErrors, luaLiteral } from '../../schema/index.ts';
import type { DaoError } from './types.ts';

type Values = { readonly [field: string]: unknown };

/**
 * The expected failures of the store, in the words of Kong 3.9 (`kong/db/errors.lua`). `fields` are echoed to the client;
 * values inside a message are written as Lua tables.
 */
export const daoErrors = {
  /** Code 1: the text of what is wrong with each field of a primary key. */
  invalidPrimaryKey: (fields: Values): DaoError =>
    failure(1, 'invalid primary key', `invalid primary key: '${luaLiteral(fields)}'`, fields),

  /** Code 2: what the schema found wrong. */
  schemaViolation: (errors: FieldErrors): DaoError =>
    failure(2, 'schema violation', describeViolations(errors), errors),

  /** Code 3: the primary key is taken. */
  primaryKeyViolation: (key: Values): DaoError =>
    failure(3, 'primary key violation', `primary key violation on key '${luaLiteral(key)}'`, key),

  /** Code 4: a foreign field refers to nothing. */
  invalidReference: (field: string, key: Values, parent: string): DaoError =>
    failure(
      4,
      'foreign key violation',
      `the foreign key '${luaLiteral(key)}' does not reference an existing '${parent}' entity.`,
      { [field]: key },
    ),

  /** Code 4: a row cannot go while another refers to it. */
  restricted: (parent: string, child: string): DaoError =>
    failure(4, 'foreign key violation', `an existing '${child}' entity references this '${parent}' entity`, {
      '@referenced_by': child,
    }),

  /** Code 5: a unique field, or the fields of a composite cache key, are taken. */
  uniqueViolation: (fields: Values): DaoError =>
    failure(5, 'unique constraint violation', `UNIQUE violation detected on '${luaLiteral(fields)}'`, fields),

  /** Code 6: there is no row with this primary key. */
  notFound: (key: Values): DaoError =>
    failure(6, 'not found', `could not find the entity with primary key '${luaLiteral(key)}'`, key),

  /** Code 6: there is no row with this value of a unique field. */
  notFoundBy: (filter: Values): DaoError =>
    failure(6, 'not found', `could not find the entity with '${luaLiteral(filter)}'`, filter),

  /** Code 7: an offset that this store did not hand out. */
  invalidOffset: (offset: string, reason: string): DaoError =>
    failure(7, 'invalid offset', `'${offset}' is not a valid offset: ${reason}`),

  /** Code 9. */
  invalidSize: (reason: string): DaoError => failure(9, 'invalid size', reason),

  /** Code 10: a value that the unique field could never have. */
  invalidUnique: (field: string, reason: string): DaoError => failure(10, `invalid unique ${field}`, reason),

  /** Code 11. */
  invalidOptions: (options: { readonly [option: string]: string }): DaoError => {
    const found = Object.entries(options).map(([name, text]) => `${name}: ${text}`);
    const message =
      found.length === 1 ? `invalid option (${found[0]})` : `${found.length} option violations (${found.join('; ')})`;
    return { code: 11, name: 'invalid options', message, options };
  },

  /** Code 12. */
  unsupported: (message: string): DaoError => failure(12, 'operation unsupported', message),

  /** Code 13: references by a unique field that no parent has; values looked for by foreign field and unique field. */
  unresolved: (missing: { readonly [field: string]: Unresolved }): DaoError => {
    const fields: { [field: string]: { [unique: string]: string } } = {};
    const found: string[] = [];
    for (const field of Object.keys(missing).sort()) {
      const { parent, values } = missing[field]!;
      const texts: { [unique: string]: string } = {};
      for (const unique of Object.keys(values).sort()) {
        const literal = luaLiteral({ [unique]: values[unique] });
        const text = `the foreign key cannot be resolved with '${literal}' for an existing '${parent}' entity`;
        texts[unique] = text;
        found.push(`${field}.${unique}: ${text}`);
      }
      fields[field] = texts;
    }
    const message =
      found.length === 1
        ? `foreign key unresolved (${found[0]})`
        : `${found.length} foreign keys unresolved (${found.join('; ')})`;
    return failure(13, 'foreign keys unresolved', message, fields);
  },

  /** Code 14: the errors of a configuration as a tree of entity, row and field. */
  declarative: (errors: FieldErrors): DaoError =>
    failure(14, 'invalid declarative configuration', `declarative config is invalid: ${luaLiteral(errors)}`, errors),

  /** Code 20, our own: the row is not what the writer took it for. */
  preconditionFailed: (): DaoError => failure(20, 'precondition failed', 'the entity has changed since it was read'),

  /** Code 19. */
  referencedByOthers: (message: string): DaoError => failure(19, 'referenced by others', message),
} as const;

/** Unique values of a parent that were looked for in vain. */
export interface Unresolved {
  readonly parent: string;
  readonly values: { readonly [unique: string]: unknown };
}

function failure(code: number, name: string, message: string, fields?: Values): DaoError {
  return fields === undefined ? { code, name, message } : { code, name, message, fields };
}
