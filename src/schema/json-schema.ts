import { type Bag, isBag, isSame } from './values.ts';

/**
 * Checks a value by the part of JSON Schema draft 4 that configuration needs: types, enum, objects, arrays, bounds and
 * lengths, and `anyOf`. Returns a text for the first thing that is wrong. The depth looked into is the schema's own.
 */
export function checkJson(value: unknown, schema: object): string | undefined {
  const rules = schema as Bag;
  const types = typeof rules.type === 'string' ? [rules.type] : Array.isArray(rules.type) ? rules.type : undefined;
  const type = typeOf(value);
  if (types !== undefined && !types.some((wanted) => wanted === type || (wanted === 'number' && type === 'integer'))) {
    return `wrong type: expected ${types.join(' or ')}, got ${type}`;
  }
  if (Array.isArray(rules.enum) && !rules.enum.some((option) => isSame(option, value))) {
    return 'matches none of the enum values';
  }
  if (Array.isArray(rules.anyOf) && !rules.anyOf.some((option) => checkJson(value, option) === undefined)) {
    return 'object needs to match one of the "anyOf" schemas';
  }
  if (typeof value === 'number') return checkBounds(value, rules, 'minimum', 'maximum', 'number');
  if (typeof value === 'string')
    return checkBounds(Array.from(value).length, rules, 'minLength', 'maxLength', 'string length');
  if (Array.isArray(value)) return checkList(value, rules);
  return isBag(value) ? checkObject(value, rules) : undefined;
}

function checkList(list: readonly unknown[], rules: Bag): string | undefined {
  const text = checkBounds(list.length, rules, 'minItems', 'maxItems', 'number of items');
  if (text !== undefined || !isBag(rules.items)) return text;
  for (const [at, item] of list.entries()) {
    const problem = checkJson(item, rules.items);
    if (problem !== undefined) return `failed to validate item ${at + 1}: ${problem}`;
  }
  return undefined;
}

function checkObject(value: Bag, rules: Bag): string | undefined {
  const properties = isBag(rules.properties) ? rules.properties : {};
  for (const name of Array.isArray(rules.required) ? rules.required : []) {
    if (!Object.hasOwn(value, name)) return `property ${name} is required`;
  }
  for (const [name, part] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known === undefined && rules.additionalProperties === false) {
      return `additional properties forbidden, found ${name}`;
    }
    const schema = known ?? rules.additionalProperties;
    const problem = isBag(schema) ? checkJson(part, schema) : undefined;
    if (problem !== undefined) return `property ${name} validation failed: ${problem}`;
  }
  return undefined;
}

function checkBounds(value: number, rules: Bag, least: string, most: string, what: string): string | undefined {
  const minimum = rules[least];
  const maximum = rules[most];
  if (typeof minimum === 'number' && value < minimum) return `expected ${what} to be at least ${minimum}`;
  if (typeof maximum === 'number' && value > maximum) return `expected ${what} to be at most ${maximum}`;
  return undefined;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
