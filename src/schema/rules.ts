import { isUuid } from '../kernel/index.ts';
import type { Check, Field, ListField, NumberField, Pattern, StringField } from './fields.ts';
import { luaText, quotedList, texts } from './messages.ts';
import { checkRegex } from './regex-check.ts';

/** Judges a value of the right type: a text when it breaks the rule. */
export type Rule = (value: unknown) => string | undefined;

type Attribute = keyof StringField | keyof NumberField | keyof ListField;
type MakeRule = (argument: never, field: Field) => Rule;

/** Rules by attribute; the order of the keys is the order in which Kong 3.9 tries them. */
const makers: { readonly [A in Attribute]?: MakeRule } = {
  eq: (wanted: unknown) => (value) => (value === wanted ? undefined : `value must be ${luaText(wanted)}`),
  ne: (unwanted: unknown) => (value) => (value !== unwanted ? undefined : `value must not be ${luaText(value)}`),
  not_one_of: (options: readonly unknown[]) => {
    const text = `must not be one of: ${options.map(luaText).join(', ')}`;
    return (value) => (options.includes(value) ? text : undefined);
  },
  one_of: (options: readonly unknown[]) => {
    const text = `expected one of: ${options.map(luaText).join(', ')}`;
    return (value) => (options.includes(value) ? undefined : text);
  },
  gt: (limit: number) => {
    const text = `value must be greater than ${luaText(limit)}`;
    return numberRule((value) => (value > limit ? undefined : text));
  },
  timestamp: () => numberRule((value) => (value > 0 ? undefined : texts.timestamp)),
  uuid: () => stringRule((value) => (isUuid(value) ? undefined : texts.uuid)),
  is_regex: () => stringRule((value) => (checkRegex(value) === undefined ? undefined : `not a valid regex: ${value}`)),
  between: ([least, most]: readonly [number, number]) => {
    const text = `value should be between ${Math.trunc(least)} and ${Math.trunc(most)}`;
    return numberRule((value) => (value < least || value > most ? text : undefined));
  },
  len_eq: (length: number) => lengthRule(`length must be ${length}`, length, length),
  len_min: (least: number) => lengthRule(`length must be at least ${least}`, least, Number.POSITIVE_INFINITY),
  len_max: (most: number) => lengthRule(`length must be at most ${most}`, 0, most),
  starts_with: (start: string) => {
    const text = `should start with: ${start}`;
    return stringRule((value) => (value.startsWith(start) ? undefined : text));
  },
  not_match: ({ pattern, err }: Pattern) =>
    stringRule((value) => (pattern.test(value) ? (err ?? `invalid value: ${value}`) : undefined)),
  match_none: (patterns: readonly Pattern[]) =>
    stringRule((value) => {
      for (const { pattern, err } of patterns) if (pattern.test(value)) return err ?? `invalid value: ${value}`;
      return undefined;
    }),
  match: ({ pattern, err }: Pattern) =>
    stringRule((value) => (pattern.test(value) ? undefined : (err ?? `invalid value: ${value}`))),
  match_all: (patterns: readonly Pattern[]) =>
    stringRule((value) => {
      for (const { pattern, err } of patterns) if (!pattern.test(value)) return err ?? `invalid value: ${value}`;
      return undefined;
    }),
  match_any: ({ patterns, err }: NonNullable<StringField['match_any']>) =>
    stringRule((value) => {
      for (const { pattern } of patterns) if (pattern.test(value)) return undefined;
      return err ?? `invalid value: ${value}`;
    }),
  contains: (wanted: unknown) => {
    const text = `expected to contain: ${luaText(wanted)}`;
    return (value) => {
      if (Array.isArray(value)) return value.includes(wanted) ? undefined : text;
      if (typeof value === 'string') return value.includes(String(wanted)) ? undefined : text;
      return undefined;
    };
  },
  custom_validator: (check: Check) => check,
  mutually_exclusive_subsets: (subsets: readonly (readonly string[])[]) => {
    const subsetOf = new Map<unknown, readonly string[]>(
      subsets.flatMap((subset) => subset.map((member) => [member, subset] as const)),
    );
    return (value) => {
      if (!Array.isArray(value)) return undefined;
      let touched: (readonly string[])[] | undefined;
      let first: readonly string[] | undefined;
      for (const member of value) {
        const subset = subsetOf.get(member);
        if (subset === undefined) continue;
        first ??= subset;
        if (subset === first) continue;
        touched ??= [first];
        if (!touched.includes(subset)) touched.push(subset);
      }
      return touched === undefined ? undefined : `these sets are mutually exclusive: ${quotedList(touched)}`;
    };
  },
};

/** The rules of a field in the order in which they are tried. A string is at least one byte long unless told. */
export function compileRules(field: Field): readonly Rule[] {
  const attributes = field.type === 'string' ? { len_min: 1, ...field } : field;
  const rules: Rule[] = [];
  for (const [attribute, make] of Object.entries(makers) as [keyof Field, MakeRule][]) {
    const argument: unknown = attributes[attribute];
    // Null stands for a rule about null itself, which is judged before any other.
    if (argument !== undefined && argument !== null) rules.push(make(argument as never, field));
  }
  return rules;
}

function stringRule(judge: (value: string) => string | undefined): Rule {
  return (value) => (typeof value === 'string' ? judge(value) : undefined);
}

function numberRule(judge: (value: number) => string | undefined): Rule {
  return (value) => (typeof value === 'number' ? judge(value) : undefined);
}

function lengthRule(text: string, least: number, most: number): Rule {
  return (value) => {
    if (typeof value === 'string') {
      // A text has at least as many bytes as UTF-16 units and at most three times as many.
      if (value.length >= least && value.length * 3 <= most) return undefined;
    }
    const length = lengthOf(value);
    return length < least || length > most ? text : undefined;
  };
}

/** Length as Lua counts it: bytes of a string, elements of a list, entries of a map. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}
