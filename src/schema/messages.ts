/** The texts of Kong 3.9 that stand alone; those with values in them are built where they arise. */
export const texts = {
  required: 'required field missing',
  unknown: 'unknown field',
  immutable: 'immutable field cannot be updated',
  missingKey: 'missing primary key',
  abstract: 'error in schema definition: abstract field was not specialized',
  timestamp: 'expected a valid timestamp',
  uuid: 'expected a valid UUID',
  record: 'expected a record',
} as const;

/** Names in quotes with commas between; a list within the list is put in parentheses. */
export function quotedList(names: readonly (string | readonly string[])[]): string {
  return names.map((name) => (typeof name === 'string' ? `'${name}'` : `(${quotedList(name)})`)).join(', ');
}

/** A scalar as Lua's `tostring` writes it: 14 significant digits for numbers. */
export function luaText(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(14)));
  if (typeof value === 'object' && value !== null) return 'table';
  return String(value);
}

/** Puts `value` where a text of Kong's has its one `%s`. */
export function fill(template: string, value: string): string {
  return template.replace('%s', () => value);
}
