import { type EntityCheck, type FieldErrors, f } from './fields.ts';

/** Checks on a row of `checkedFields`, what is given, and what is wrong. */
export type CheckCase = readonly [check: EntityCheck, given: object, errors: FieldErrors | undefined];

/** Two texts, two numbers, a secret that a vault may keep, and a record. */
export const checkedFields = {
  a: f.string(),
  b: f.string(),
  m: f.number(),
  n: f.number({ between: [0, 9] }),
  secret: f.string({ referenceable: true }),
  r: f.record({ x: f.string(), y: f.string(), list: f.array(f.string()), m: f.map(f.string(), f.string()) }),
  none: f.record({ x: f.string() }, { required: false }),
};

const whole = (...texts: string[]): FieldErrors => ({ '@entity': texts });
const conditional = (then: object): EntityCheck =>
  ({
    conditional: { if_field: 'a', if_match: { eq: 'on' }, then_field: 'r.x', then_match: then },
  }) as EntityCheck;
const either: EntityCheck = {
  conditional_at_least_one_of: {
    if_field: 'a',
    if_match: { eq: 'on' },
    then_at_least_one_of: ['b', 'm'],
    then_err: 'on needs one of %s',
    else_match: { eq: 'off' },
    else_then_at_least_one_of: ['r.x', 'r.y'],
  },
};

/** One row, one fact about the checks over several fields. */
export const checkCases: readonly CheckCase[] = [
  [{ at_least_one_of: ['a', 'r.x'] }, {}, whole("at least one of these fields must be non-empty: 'a', 'r.x'")],
  [{ at_least_one_of: ['a', 'r.x'] }, { r: { x: 'x' } }, undefined],
  [
    { at_least_one_of: ['r.list', 'r.m'] },
    { r: { list: [], m: {} } },
    whole("at least one of these fields must be non-empty: 'r.list', 'r.m'"),
  ],
  [{ at_least_one_of: ['r.list', 'r.m'] }, { r: { m: { a: 'b' } } }, undefined],
  [{ at_least_one_of: ['a', 'b'] }, { a: 5 }, { a: 'expected a string' }],
  [{ at_least_one_of: ['none.x'] }, {}, whole("at least one of these fields must be non-empty: 'none.x'")],
  [{ only_one_of: ['a', 'b'] }, {}, whole("exactly one of these fields must be non-empty: 'a', 'b'")],
  [{ only_one_of: ['a', 'b'] }, { a: 'x' }, undefined],
  [{ only_one_of: ['a', 'b'] }, { a: 'x', b: 'y' }, whole("exactly one of these fields must be non-empty: 'a', 'b'")],
  [{ only_one_of: ['a', 'none.x'] }, { a: 'x' }, { none: { x: 'field required for entity check' } }],
  [{ distinct: ['a', 'b'] }, { a: 'x', b: 'x' }, whole("values of these fields must be distinct: 'a', 'b'")],
  [{ distinct: ['a', 'b'] }, { a: 'x', b: 'y' }, undefined],
  [{ distinct: ['a', 'b'] }, {}, undefined],
  [{ mutually_required: ['a', 'b'] }, { a: 'x' }, whole("all or none of these fields must be set: 'a', 'b'")],
  [{ mutually_required: ['a', 'b'] }, {}, undefined],
  [{ mutually_required: ['a', 'b'] }, { a: 'x', b: 5 }, { b: 'expected a string' }],
  [
    { mutually_exclusive: ['a', 'b', 'm'] },
    { a: 'x', m: 0 },
    whole("only one or none of these fields must be set: 'a', 'b', 'm'"),
  ],
  [{ mutually_exclusive: ['a', 'b'] }, { a: 'x' }, undefined],
  [
    { mutually_exclusive_sets: { set1: ['a', 'b'], set2: ['m', 'n'] } },
    { a: 'x', n: 1 },
    whole("these sets are mutually exclusive: ('a'), ('n')"),
  ],
  [{ mutually_exclusive_sets: { set1: ['a', 'b'], set2: ['m', 'n'] } }, { a: 'x', b: 'x' }, undefined],
  [
    conditional({ required: true }),
    { a: 'on' },
    { r: { x: 'required field missing' }, ...whole("failed conditional validation given value of field 'a'") },
  ],
  [conditional({ required: true }), { a: 'off' }, undefined],
  // Null passes every rule of a field that is not required, and so it matches.
  [
    { conditional: { if_field: 'a', if_match: { starts_with: 'z' }, then_field: 'b', then_match: { required: true } } },
    { a: null },
    { b: 'required field missing', ...whole("failed conditional validation given value of field 'a'") },
  ],
  [
    conditional({ one_of: ['1', '2'] }),
    { a: 'on', r: { x: '3' } },
    { r: { x: 'expected one of: 1, 2' }, ...whole("failed conditional validation given value of field 'a'") },
  ],
  [conditional({ one_of: ['1', '2'] }), { a: 'on' }, undefined],
  [
    {
      conditional: {
        if_field: 'n',
        if_match: { gt: 5 },
        then_field: 'a',
        then_match: { eq: null },
        then_err: 'not with %s',
      },
    },
    { n: 6, a: 'x' },
    { a: 'value must be null', ...whole('not with n') },
  ],
  // What the field itself asks of its value holds in the match too.
  [
    { conditional: { if_field: 'n', if_match: { gt: 5 }, then_field: 'a', then_match: { eq: null } } },
    { n: 10, a: 'x' },
    { n: 'value should be between 0 and 9' },
  ],
  [either, { a: 'on' }, whole("on needs one of 'b', 'm'")],
  [either, { a: 'on', m: 0 }, undefined],
  [either, { a: 'off' }, whole("at least one of these fields must be non-empty: 'r.x', 'r.y'")],
  [either, { a: 'off', r: { y: 'y' } }, undefined],
  [either, { a: 'neither' }, undefined],
  [
    { custom_entity_check: { field_sources: ['a', 'r.x'], fn: (entity) => JSON.stringify(entity) } },
    { a: 'x', b: 'y', r: { x: 'z', y: 'w' } },
    whole('{"a":"x","r":{"x":"z"}}'),
  ],
  [
    { custom_entity_check: { field_sources: ['a'], fn: () => ({ b: 'bad b', '@entity': ['and all'] }) } },
    { a: 'x' },
    { b: 'bad b', ...whole('and all') },
  ],
  [{ custom_entity_check: { field_sources: ['a'], fn: () => 'ran' } }, { a: 5 }, { a: 'expected a string' }],
  [
    { custom_entity_check: { field_sources: ['r.x'], fn: () => 'ran' } },
    { r: { x: 5 } },
    { r: { x: 'expected a string' } },
  ],
  [{ custom_entity_check: { field_sources: ['r.x'], fn: () => 'ran' } }, { r: 5 }, { r: 'expected a record' }],
  [
    { custom_entity_check: { field_sources: ['a'], run_with_invalid_fields: true, fn: () => 'ran' } },
    { a: 5 },
    { a: 'expected a string', ...whole('ran') },
  ],
  [
    { custom_entity_check: { field_sources: ['a', 'none.x'], fn: () => 'ran' } },
    {},
    { none: { x: 'field required for entity check' } },
  ],
  [
    { custom_entity_check: { field_sources: ['a', 'none.x'], run_with_missing_fields: true, fn: () => 'ran' } },
    {},
    whole('ran'),
  ],
  [{ custom_entity_check: { field_sources: ['secret'], fn: () => 'ran' } }, { secret: '{vault://env/x}' }, undefined],
  [{ mutually_exclusive: ['a', 'secret'] }, { a: 'x', secret: '{vault://env/x}' }, undefined],
];
