import { isUuid } from '../kernel/index.ts';
import type { Field, Fields } from './fields.ts';
import type { Row } from './infer.ts';
import { nothingForScalars, type Reading, read } from './readings.ts';
import type { Run } from './run.ts';
import { type Bag, freezeDeep, isBag, setOwn } from './values.ts';

/** Fills in what a given value leaves out. Values of a wrong type pass as they are: judging them is for later. */
export type Complete = (value: unknown, run: Run) => unknown;

/** Completes a record: all its fields in their order, with auto values and defaults where nothing was given. */
export type CompleteRecord = (given: Bag, run: Run) => Row;

/** Undefined where there is nothing to fill in. */
const completers: Reading<Complete | undefined> = {
  ...nothingForScalars,
  foreign: () => (value) => {
    if (!isBag(value) || typeof value.id !== 'string' || !isUuid(value.id)) return value;
    return { id: value.id };
  },
  array: (field) => {
    const element = compileComplete(field.elements);
    return (value, run) => completeList(asList(value), element, run);
  },
  set: (field) => {
    const element = compileComplete(field.elements);
    return (value, run) => {
      const list = asList(value);
      return completeList(Array.isArray(list) ? withoutDuplicates(list) : list, element, run);
    };
  },
  map: (field) => {
    const values = compileComplete(field.values);
    return (value, run) => {
      if (Array.isArray(value)) return value.length === 0 ? {} : value;
      if (values === undefined || !isBag(value)) return value;
      const completed: Bag = {};
      for (const key of Object.keys(value)) setOwn(completed, key, values(value[key], run));
      return completed;
    };
  },
  record: (field) => {
    const complete = compileCompleteRecord(field.fields);
    return (value, run) => {
      if (isBag(value)) return complete(value, run);
      return Array.isArray(value) ? complete(Object.fromEntries(Object.entries(value)), run) : value;
    };
  },
};

/** Compiles the filling in of a value that was given; undefined where there is nothing to do. */
export function compileComplete(field: Field): Complete | undefined {
  return field.abstract === true ? undefined : read(completers, field);
}

/** Compiles the filling in of a record. */
export function compileCompleteRecord(fields: Fields): CompleteRecord {
  const slots = Object.entries(fields).map(([name, field]) => ({
    name,
    complete: compileComplete(field),
    auto: compileAuto(name, field),
    absent: compileAbsent(field),
    isInherited: name in Object.prototype,
  }));
  // Rows of one entity share a shape when each starts as a copy of the same object.
  const template: Bag = {};
  for (const { name } of slots) template[name] = null;

  return (given, run) => {
    const row = { ...template };
    let known = 0;
    for (const slot of slots) {
      const { name, complete } = slot;
      let value = slot.isInherited && !Object.hasOwn(given, name) ? undefined : given[name];
      if (value !== undefined) known += 1;
      if (slot.auto !== undefined) value = slot.auto(value, run);
      if (value === undefined) row[name] = slot.absent(run);
      else row[name] = complete === undefined ? value : complete(value, run);
    }
    const keys = Object.keys(given);
    if (keys.length !== known) noteUnknown(row, keys, given, template, run);
    return row;
  };
}

function noteUnknown(row: Bag, keys: readonly string[], given: Bag, known: Bag, run: Run): void {
  const unknown = keys.filter((key) => given[key] !== undefined && !Object.hasOwn(known, key));
  if (unknown.length === 0) return;
  run.unknown ??= new Map();
  run.unknown.set(row, unknown);
}

/** What stands for a value that was not given: the default, null, or for required records their own defaults. */
function compileAbsent(field: Field): (run: Run) => unknown {
  if (field.type === 'record' && field.required === true && field.abstract !== true) {
    const complete = compileCompleteRecord(field.fields);
    const given = isBag(field.default) ? (field.default as Bag) : {};
    if (hasAuto(field)) return (run) => complete(given, run);
    let made: unknown;
    return (run) => {
      made ??= freezeDeep(complete(given, run));
      return made;
    };
  }
  if (field.default !== undefined) {
    const value = freezeDeep(field.default);
    return () => value;
  }
  return field.required === true && field.abstract !== true ? () => undefined : () => null;
}

function hasAuto(field: Field): boolean {
  if (field.auto === true) return true;
  return field.type === 'record' && Object.values(field.fields).some(hasAuto);
}

/** Compiles the making of an auto field's value, from what was given for it. */
function compileAuto(name: string, field: Field): ((value: unknown, run: Run) => unknown) | undefined {
  if (field.auto !== true) return undefined;
  if (field.type === 'string') {
    // A check makes nothing but what the row would be refused without.
    const makes = ({ mode }: Run): boolean => mode !== 'update' && (mode !== 'check' || field.required === true);
    if (field.uuid === true) {
      return (value, run) => ((value === undefined || value === null) && makes(run) ? run.environment.uuid() : value);
    }
    return (value, run) => (value === undefined && makes(run) ? run.environment.randomString() : value);
  }
  if (field.type !== 'integer' && field.type !== 'number') return undefined;
  const inWholeSeconds = field.type === 'integer';
  const time = ({ environment }: Run): number => {
    const ms = environment.now();
    return inWholeSeconds ? Math.floor(ms / 1000) : ms / 1000;
  };
  if (name === 'updated_at') return (_value, run) => time(run);
  if (name !== 'created_at') return undefined;
  return (value, run) => ((value === undefined || value === null) && run.mode !== 'update' ? time(run) : value);
}

/** Lua cannot tell an empty object from an empty list, so either will do. */
function asList(value: unknown): unknown {
  return isBag(value) && Object.keys(value).length === 0 ? [] : value;
}

function completeList(list: unknown, element: Complete | undefined, run: Run): unknown {
  if (element === undefined || !Array.isArray(list)) return list;
  return list.map((value) => element(value, run));
}

function withoutDuplicates(list: readonly unknown[]): readonly unknown[] {
  if (list.length < 9) {
    for (let at = 1; at < list.length; at += 1) {
      if (list.indexOf(list[at]) !== at) return [...new Set(list)];
    }
    return list;
  }
  const members = new Set(list);
  return members.size === list.length ? list : [...members];
}
