import type { EntityDefinition, Subschema } from './entity.ts';
import type { FieldErrors } from './fields.ts';
import type { Row } from './infer.ts';
import { fill, luaText, texts } from './messages.ts';
import { fieldAt, pathOf } from './paths.ts';
import { compileReference } from './reference.ts';
import type { Mode, Run } from './run.ts';
import type { MakeOptions, Outcome, Schema, SchemaEnvironment } from './schema.ts';
import { compileShape, type Shape } from './shape.ts';
import { entityToJson } from './to-json.ts';
import { checkTransformations, runTransformations } from './transformations.ts';
import { type Bag, isBag, isSame } from './values.ts';

/** Makes an entity definition work. Compiling happens here, and once for each subschema when it is first met. */
export function createSchema(definition: EntityDefinition, environment: SchemaEnvironment): Schema {
  const { name, subschema_key: key } = definition;
  const base = compileShape(definition);
  const shapes = new WeakMap<Subschema, Shape>();

  /** The shape for a row by its subschema key; undefined when the key leads to no subschema. */
  function shapeFor(row: Row): Shape | undefined {
    if (key === undefined) return base;
    const value = row[key] === undefined ? definition.fields[key]?.default : row[key];
    const subschema = Array.isArray(value) ? first(value, findSubschema) : findSubschema(value);
    if (subschema === undefined) return undefined;
    let shape = shapes.get(subschema);
    if (shape === undefined) {
      shape = compileShape(definition, subschema);
      shapes.set(subschema, shape);
    }
    return shape;
  }

  function findSubschema(value: unknown): Subschema | undefined {
    if (typeof value !== 'string') return undefined;
    const { subschemas } = definition;
    if (subschemas === undefined) return environment.subschema(name, value);
    return Object.hasOwn(subschemas, value) ? subschemas[value] : undefined;
  }

  /** What is wrong with a row whose subschema key leads nowhere. Nothing else is looked at then. */
  function problemOfKey(value: unknown): FieldErrors {
    if (value === undefined || value === null) return { [key!]: texts.required };
    const shown = typeof value === 'object' ? ((value as Bag)[0] ?? 'nil') : value;
    return { [key!]: fill(definition.subschema_error ?? 'unknown type: %s', luaText(shown)) };
  }

  function make(given: unknown, mode: Mode, stored: Row | undefined, options: MakeOptions | undefined): Outcome<Row> {
    if (!isBag(given)) return refuse({ '@entity': [texts.record] });
    const run: Run = { mode, environment, unknown: undefined };
    const keyed = stored !== undefined && key !== undefined && given[key] === undefined ? stored : given;
    const shape = shapeFor(keyed);

    const { expand } = shape ?? base;
    let input: Bag = given;
    if (expand !== undefined) {
      const errors: FieldErrors = {};
      input = expand(given, errors, run) as Bag;
      for (const _ in errors) return refuse(errors);
    }
    if (shape === undefined) return refuse(problemOfKey(keyed[key!]));

    if (stored !== undefined) {
      const errors = problemsOfImmutable(shape, input, stored);
      if (errors !== undefined) return refuse(errors);
      input = shape.merge(input, stored);
    }
    const row = shape.complete(input, run);
    let errors = shape.validate(row, run);
    const { transformations } = shape;
    if (transformations.length > 0) errors = checkTransformations(transformations, row, given, stored, errors);
    if (errors !== undefined) return refuse(errors);
    if (transformations.length === 0 || options?.transform === false) return { ok: true, value: row };
    return { ok: true, value: runTransformations(transformations, row, given, shape.merge) };
  }

  return {
    definition,
    insert: (given, options) => make(given, 'insert', undefined, options),
    update: (given, stored, options) => make(given, 'update', stored, options),
    upsert: (given, options) => make(given, 'upsert', undefined, options),
    check: (given) => make(given, 'check', undefined, undefined),
    show(row) {
      const { show } = shapeFor(row) ?? base;
      return show === undefined ? row : (show(row) as Row);
    },
    reference: compileReference(definition, environment),
    fieldAt: (path, row) => fieldAt(((row && shapeFor(row)) ?? base).fields, pathOf(path)),
    toJson: () => entityToJson(definition),
  };
}

function refuse(errors: FieldErrors): Outcome<Row> {
  return { ok: false, errors };
}

function first<T>(values: readonly unknown[], find: (value: unknown) => T | undefined): T | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function problemsOfImmutable({ immutable }: Shape, given: Bag, stored: Row): FieldErrors | undefined {
  let errors: FieldErrors | undefined;
  for (const name of immutable) {
    const value = given[name];
    const before = stored[name];
    if (value === undefined || before === undefined || isSame(inOrder(value), inOrder(before))) continue;
    errors ??= {};
    errors[name] = texts.immutable;
  }
  return errors;
}

/** Lists are the same when they have the same members in any order; those that hold records keep theirs. */
function inOrder(value: unknown): unknown {
  if (!Array.isArray(value) || value.some((part) => typeof part === 'object')) return value;
  return value.map((part) => `${typeof part} ${part}`).sort();
}
