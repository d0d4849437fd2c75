import {
  defineEntity,
  type EntityDefinition,
  type Field,
  f,
  type Given,
  type Stored,
  typedefs,
  type ValueOf,
} from '../../src/schema/index.ts';
import type { Equal, Expect } from './expect.ts';

// Values by kind.
export type Kinds = [
  Expect<Equal<ValueOf<ReturnType<typeof anyText>>, string>>,
  Expect<Equal<ValueOf<typeof choice>, 'a' | 'b'>>,
  Expect<Equal<ValueOf<typeof code>, 1 | 2>>,
  Expect<Equal<ValueOf<typeof list>, readonly (readonly number[])[]>>,
  Expect<Equal<ValueOf<typeof map>, { readonly [key: string]: boolean }>>,
  Expect<Equal<ValueOf<typeof parent>, { readonly id: string }>>,
  Expect<Equal<ValueOf<typeof anything>, unknown>>,
];

function anyText() {
  return f.string({ len_min: 0 });
}
const choice = f.string({ one_of: ['a', 'b'] });
const code = f.integer({ one_of: [1, 2] });
const list = f.array(f.set(f.number()));
const map = f.map(f.string(), f.boolean());
const parent = f.foreign('parents');
const anything = f.any();

const things = defineEntity({
  name: 'things',
  primary_key: ['id'],
  fields: {
    id: typedefs.uuid(),
    name: f.string({ required: true }),
    size: f.integer({ default: 1 }),
    port: typedefs.port({ required: true, default: 80 }),
    maybe: f.string(),
    record: f.record({ x: f.string({ required: true }), y: f.number(), deep: f.record({ z: f.boolean() }) }),
    optional: f.record({ x: f.string() }, { required: false }),
    records: f.array(f.record({ x: f.string({ required: true }), deep: f.record({ z: f.boolean() }) })),
    open: f.record({}, { abstract: true }),
    parent: f.foreign('parents', { required: true }),
  },
});

export type Things = [
  Expect<
    Equal<
      Stored<typeof things>,
      {
        readonly id: string;
        readonly name: string;
        readonly size: number | null;
        readonly port: number;
        readonly maybe: string | null;
        readonly record: {
          readonly x: string;
          readonly y: number | null;
          readonly deep: { readonly z: boolean | null };
        };
        readonly optional: { readonly x: string | null } | null;
        readonly records:
          | readonly { readonly x: string; readonly deep: { readonly z: boolean | null } | null }[]
          | null;
        readonly open: { readonly [field: string]: unknown };
        readonly parent: { readonly id: string };
      }
    >
  >,
  Expect<Equal<(typeof things)['name'], 'things'>>,
];

// Only required fields without a default must be given.
export const least: Given<typeof things> = { name: 'n', parent: { id: 'x' } };
export const most: Given<typeof things> = {
  name: 'n',
  parent: { name: 'by name' },
  size: null,
  record: { x: 'x' },
  records: [{ x: 'x' }],
  optional: null,
};
// @ts-expect-error a required field without a default is missing
export const tooLittle: Given<typeof things> = { parent: { id: 'x' } };
// @ts-expect-error null is no name
export const nothing: Given<typeof things> = { name: null, parent: { id: 'x' } };
// @ts-expect-error there is no such field
export const tooMuch: Given<typeof things> = { name: 'n', parent: { id: 'x' }, nope: 1 };
// @ts-expect-error a size is a number
export const wrong: Given<typeof things> = { name: 'n', parent: { id: 'x' }, size: '1' };

// What is built is data of the general type.
export const general: EntityDefinition = things;
export const fields: readonly Field[] = [choice, code, list, map, parent, anything, typedefs.tags({ required: true })];

// @ts-expect-error a default of another type
f.string({ default: 5 });
// @ts-expect-error no attribute of numbers
f.string({ gt: 5 });
// @ts-expect-error no attribute of strings
typedefs.port({ starts_with: '/' });
// @ts-expect-error fields are frozen
choice.one_of = ['a', 'b'];
defineEntity({
  name: 'x',
  primary_key: ['id'],
  fields: {},
  // @ts-expect-error no such check
  entity_checks: [{ nope: ['a'] }],
});
