/** An import as it stands in a file. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** What {@link scan} reads off a source file. */
export interface Scan {
  /** The source with comments, and the contents of strings, templates and regular expressions, blanked out. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** Finds the imports of a TypeScript file without parsing it, and its code freed from everything that only looks like code. */
export function scan(source: string): Scan {
  const code = blank(source);
  const imports: Import[] = [];
  const statement = /(?<![\w$.])(?:(?:import|export)\b[^;'"]*?\bfrom\s*|import\s*\(?\s*)(['"])/g;
  for (const match of code.matchAll(statement)) {
    const start = match.index + match[0].length;
    const end = code.indexOf(match[1]!, start);
    if (end === -1) continue;
    imports.push({ specifier: source.slice(start, end), line: lineAt(source, start) });
  }
  return { code, imports };
}

/** Number of the line, from 1, on which a position lies. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Words after which a slash opens a regular expression and does not divide. */
const beforeRegex = /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|instanceof|yield|await)$/;

function blank(source: string): string {
  let code = '';
  let at = 0;
  /** For each open template: how many braces are open inside its current `${`. */
  const templates: number[] = [];

  const hide = (end: number): void => {
    code += source.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  const keep = (length: number): void => {
    code += source.slice(at, at + length);
    at += length;
  };

  while (at < source.length) {
    const char = source[at]!;
    const next = source[at + 1];
    if (char === '/' && next === '/') hide(endOr(source, '\n', at));
    else if (char === '/' && next === '*') hide(Math.min(endOr(source, '*/', at + 2) + 2, source.length));
    else if (char === "'" || char === '"') {
      keep(1);
      hide(endOfString(source, at, char));
      keep(1);
    } else if (char === '`') {
      keep(1);
      hide(endOfTemplate(source, at));
      if (source[at] === '$') {
        templates.push(0);
        keep(2);
      } else keep(1);
    } else if (char === '{' && templates.length > 0) {
      templates[templates.length - 1]!++;
      keep(1);
    } else if (char === '}' && templates.length > 0) {
      if (templates.at(-1)! > 0) {
        templates[templates.length - 1]!--;
        keep(1);
        continue;
      }
      templates.pop();
      keep(1);
      hide(endOfTemplate(source, at));
      if (source[at] === '$') {
        templates.push(0);
        keep(2);
      } else keep(1);
    } else if (char === '/' && opensRegex(code)) {
      keep(1);
      hide(endOfRegex(source, at));
      keep(1);
    } else keep(1);
  }
  return code;
}

function opensRegex(code: string): boolean {
  const before = code.trimEnd();
  const last = before.at(-1);
  if (last === undefined) return true;
  if (/[\w$]/.test(last)) return beforeRegex.test(before.slice(-20));
  return !/[)\]'"`]/.test(last);
}

function endOr(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from);
  return end === -1 ? source.length : end;
}

function endOfString(source: string, from: number, quote: string): number {
  let at = from;
  while (at < source.length && source[at] !== quote && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1;
  return Math.min(at, source.length);
}

/** Position of the closing backtick or of the next `${`. */
function endOfTemplate(source: string, from: number): number {
  let at = from;
  while (at < source.length && source[at] !== '`' && !(source[at] === '$' && source[at + 1] === '{')) {
    at += source[at] === '\\' ? 2 : 1;
  }
  return Math.min(at, source.length);
}

function endOfRegex(source: string, from: number): number {
  let at = from;
  let inClass = false;
  while (at < source.length && source[at] !== '\n') {
    const char = source[at];
    if (char === '\\') {
      at += 2;
      continue;
    }
    if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) break;
    at++;
  }
  return Math.min(at, source.length);
}
