/**
 * Writes a value as the table constructor that Kong's messages show, such as `{id="x"}`. With an indent each entry gets a
 * line of its own and `=` gets spaces around it. Depth is that of the value, which must be small.
 */
export function luaLiteral(value: unknown, indent = ''): string {
  const lines: string[] = [];
  write(value, '', indent, indent, '', lines);
  dropComma(lines);
  return lines.join(indent === '' ? '' : '\n');
}

function write(value: unknown, outer: string, inner: string, step: string, prefix: string, lines: string[]): void {
  if (typeof value === 'string') {
    lines.push(`${prefix}${quote(value)},`);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    lines.push(`${prefix}${String(value)},`);
    return;
  }
  lines.push(`${prefix}{`);
  const equals = step === '' ? '=' : ' = ';
  if (Array.isArray(value)) {
    // As Lua counts, a list ends before its first hole; what comes after has its number written out.
    const hole = value.indexOf(null);
    const end = hole === -1 ? value.length : hole;
    for (const [at, part] of value.entries()) {
      if (part === null) continue;
      write(part, inner, inner + step, step, at < end ? inner : `${inner}[${at + 1}]${equals}`, lines);
    }
  } else {
    for (const name of Object.keys(value).sort()) {
      const key = /^[A-Za-z_]\w*$/.test(name) && !keywords.has(name) ? name : `[${quote(name)}]`;
      write((value as Record<string, unknown>)[name], inner, inner + step, step, `${inner}${key}${equals}`, lines);
    }
  }
  dropComma(lines);
  lines.push(`${outer}},`);
}

function dropComma(lines: string[]): void {
  const last = lines.length - 1;
  if (lines[last]!.endsWith(',')) lines[last] = lines[last]!.slice(0, -1);
}

const keywords = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

function quote(text: string): string {
  const body = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `"${body}"`;
}
