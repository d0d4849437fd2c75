const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

const keywords: ReadonlySet<string> = new Set(
  (
    'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'
  ).split(' '),
);

/**
 * Writes a value as the literal of a Lua table, as Kong 3.9 does inside its messages: keys sorted, lists first,
 * `{name="x",route=null}`. With `indent` every entry stands on a line of its own.
 */
export function luaLiteral(value: unknown, options?: { readonly indent?: boolean }): string {
  return write(value, options?.indent === true ? '' : undefined);
}

function write(value: unknown, margin: string | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object') return String(value);
  const entries: [prefix: string, value: unknown][] = Array.isArray(value)
    ? value.map((item: unknown) => ['', item])
    : Object.entries(value)
        .sort(byName)
        .map(([name, item]) => [`${key(name)}${margin === undefined ? '=' : ' = '}`, item]);
  if (margin === undefined) return `{${entries.map(([prefix, item]) => prefix + write(item, undefined)).join(',')}}`;
  if (entries.length === 0) return '{\n}';
  const inner = `${margin}  `;
  return `{\n${entries.map(([prefix, item]) => inner + prefix + write(item, inner)).join(',\n')}\n${margin}}`;
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function key(name: string): string {
  return identifier.test(name) && !keywords.has(name) ? name : `[${quote(name)}]`;
}

function quote(text: string): string {
  // A Lua string with a line feed is written between long brackets, unless a carriage return would be lost in them.
  if (text.includes('\n') && !text.includes('\r')) {
    let level = '';
    while (text.includes(`]${level}]`)) level += '=';
    return `[${level}[${text.startsWith('\n') ? '\n' : ''}${text}]${level}]`;
  }
  let out = '"';
  for (const character of text) {
    if (character === '"' || character === '\\') out += `\\${character}`;
    else if (character === '\r') out += '\\r';
    else if (character === '\n') out += '\\\n';
    else if (character < ' ' || character === '\x7f') out += `\\${character.charCodeAt(0)}`;
    else out += character;
  }
  return `${out}"`;
}
