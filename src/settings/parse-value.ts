import { listenFlags, parseListeners } from './listen.ts';
import type { Listener, Property } from './property.ts';

/** What any property may hold once read; `undefined` is unset. */
export type SettingValue = string | number | boolean | readonly string[] | readonly Listener[] | undefined;

/** A value, or what is wrong with the text, in Kong's words where Kong has words for it. */
export type ParsedValue =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly error: string };

/** Reads the text of the property called `name`; the text is not blank. */
export function parseValue(name: string, property: Property, text: string): ParsedValue {
  switch (property.kind) {
    case 'string':
      return { ok: true, value: text };
    case 'list':
      return { ok: true, value: Object.freeze(text.split(',').map((item) => item.trim())) };
    case 'boolean':
      if (text === 'on' || text === 'true') return { ok: true, value: true };
      if (text === 'off' || text === 'false') return { ok: true, value: false };
      return { ok: false, error: `${name} is not a boolean: '${shown(property, text)}' (on, off, true, false)` };
    case 'enum': {
      const values = property.values ?? [];
      if (values.includes(text)) return { ok: true, value: text };
      return { ok: false, error: `${name} has an invalid value: '${text}' (${values.join(', ')})` };
    }
    case 'integer':
    case 'number':
      return parseNumber(name, property, text);
    case 'auto':
      if (text === 'auto') return { ok: true, value: 'auto' };
      if (/^[1-9]\d{0,8}$/.test(text)) return { ok: true, value: Number(text) };
      return { ok: false, error: `${name} has an invalid value: '${text}' (auto, or an integer of 1 or more)` };
    case 'size':
      return fromUnit(parseSize(text), name, text, 'a size such as 8k, 10m or 1g');
    case 'time':
      return fromUnit(parseTime(text), name, text, 'a time such as 500ms, 60s or 1h 30m');
    case 'listen': {
      const subsystem = property.subsystem ?? 'http';
      const parsed = parseListeners(text, subsystem);
      if (parsed.ok) return { ok: true, value: Object.freeze(parsed.value) };
      const flags = listenFlags(subsystem).join('] [');
      return {
        ok: false,
        error: `${name} must be of form: [off] | <ip>:<port> [${flags}], [... next entry ...], got '${parsed.entry}'`,
      };
    }
  }
}

/** Reads nginx's notation of a size, `8k`, as bytes; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15})([kmg]?)$/i.exec(text);
  if (match === null) return undefined;
  const factor = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2]!.toLowerCase()]!;
  return Number(match[1]) * factor;
}

const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  '': 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** Reads nginx's notation of a time, `1h 30m`, as milliseconds; a bare number counts seconds. Undefined when it is none. */
export function parseTime(text: string): number | undefined {
  let total = 0;
  for (const part of text.match(/\d+[a-zA-Z]*\s*|[^\d]+/g) ?? []) {
    const match = /^(\d{1,12})(ms|[smhdwMy]?)\s*$/.exec(part);
    if (match === null) return undefined;
    total += Number(match[1]) * milliseconds[match[2]!]!;
  }
  return text === '' ? undefined : total;
}

function fromUnit(value: number | undefined, name: string, text: string, right: string): ParsedValue {
  if (value !== undefined) return { ok: true, value };
  return { ok: false, error: `${name} has an invalid value: '${text}' (${right})` };
}

function parseNumber(name: string, property: Property, text: string): ParsedValue {
  // Old files write seconds as nginx does: 60s.
  const digits = property.unit === 'seconds' ? text.replace(/(?<=\d)s$/, '') : text;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(digits)) {
    return { ok: false, error: `${name} is not a number: '${shown(property, text)}'` };
  }
  const value = Number(digits);
  const { range } = property;
  if (property.kind === 'integer' && !Number.isSafeInteger(value)) {
    const right = range?.message.replace(/^must be (?!an integer)/, 'must be an integer ') ?? 'must be an integer';
    return { ok: false, error: `${name} ${right}, got '${text}'` };
  }
  if (range !== undefined && !inRange(value, range)) {
    return { ok: false, error: `${name} ${range.message}, got '${text}'` };
  }
  return { ok: true, value };
}

function inRange(value: number, range: NonNullable<Property['range']>): boolean {
  if (range.exclusive === true ? value <= range.min : value < range.min) return false;
  return range.max === undefined || value <= range.max;
}

function shown(property: Property, text: string): string {
  return property.sensitive === true ? masked : text;
}

/** What stands in place of a secret wherever settings are shown. */
export const masked = '******';
