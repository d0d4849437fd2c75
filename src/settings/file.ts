/** Where the configuration file is looked for when none is named. */
export const defaultPaths: readonly string[] = ['/etc/kong/kong.conf', '/etc/kong.conf'];

/**
 * Reads the text of a configuration file: `key = value` per line, `#` opens a comment unless a backslash stands before
 * it. A key that stands twice has its last value; a blank value is kept as the empty string. Lines that are neither
 * are returned by their number.
 */
export function parseFile(text: string): {
  readonly values: ReadonlyMap<string, string>;
  readonly badLines: readonly number[];
} {
  const values = new Map<string, string>();
  const badLines: number[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  lines.forEach((line, index) => {
    const content = stripComment(line).trim();
    if (content === '') return;
    const match = /^([A-Za-z_][\w-]*)\s*=(.*)$/.exec(content);
    if (match === null) badLines.push(index + 1);
    else values.set(match[1]!, match[2]!.trim().replaceAll('\\#', '#'));
  });
  return { values, badLines };
}

/** Writes one line of a configuration file, so that {@link parseFile} gives the same value back. */
export function formatLine(key: string, value: string): string {
  return `${key} = ${value.replaceAll('#', '\\#')}\n`;
}

function stripComment(line: string): string {
  for (let at = line.indexOf('#'); at !== -1; at = line.indexOf('#', at + 1)) {
    if (at === 0 || line[at - 1] !== '\\') return line.slice(0, at);
  }
  return line;
}
