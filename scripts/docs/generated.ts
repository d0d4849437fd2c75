/** A page, or a part of one, that is written by a program. */
export interface GeneratedDoc {
  /** Path from the repository's folder. */
  readonly path: string;
  /** Name of the part between `<!-- begin:name -->` and `<!-- end:name -->`; the whole file when left out. */
  readonly part?: string;
  readonly render: () => string;
}

/**
 * Returns what the file should say: the rendered text itself, or the present text with the part replaced.
 * @throws when the present text has no such part.
 */
export function expectedText(doc: GeneratedDoc, present: string): string {
  const text = `${doc.render().trimEnd()}\n`;
  if (doc.part === undefined) return text;
  const begin = `<!-- begin:${doc.part} -->`;
  const end = `<!-- end:${doc.part} -->`;
  const from = present.indexOf(begin);
  const to = present.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${doc.path} has no part between ${begin} and ${end}`);
  return `${present.slice(0, from + begin.length)}\n\n${text}\n${present.slice(to)}`;
}

/** Writes a Markdown table with aligned columns. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)].join('\n');
}
