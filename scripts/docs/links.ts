import { posix } from 'node:path';

/** A Markdown page by its path from the repository's folder. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/**
 * Checks the links between pages and into the repository: each file must exist, and each `#part` must be a heading of
 * its page. Links to other sites are left alone.
 */
export function checkLinks(pages: readonly Page[], exists: (path: string) => boolean): string[] {
  const anchors = new Map(pages.map(({ path, text }) => [path, headingsOf(text)]));
  return pages.flatMap(({ path, text }) =>
    linksOf(text).flatMap(({ target, line }) => {
      if (/^[a-z][a-z\d+.-]*:/i.test(target) || target.startsWith('//')) return [];
      const [file = '', part] = target.split('#', 2);
      const resolved = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURI(file)));
      if (resolved.startsWith('..') || !exists(resolved)) return [`${path}:${line}: no file at "${target}"`];
      const headings = anchors.get(resolved);
      const isMissing = part !== undefined && headings !== undefined && !headings.has(part);
      return isMissing ? [`${path}:${line}: "${resolved}" has no heading "#${part}"`] : [];
    }),
  );
}

/** Checks that a page links to all those whose paths match. */
export function checkListed(pages: readonly Page[], list: string, wanted: RegExp): string[] {
  const text = pages.find(({ path }) => path === list)?.text ?? '';
  const linked = new Set(linksOf(text).map(({ target }) => posix.join(posix.dirname(list), target)));
  return pages
    .filter(({ path }) => wanted.test(path) && path !== list && !linked.has(path))
    .map(({ path }) => `${list} does not link to "${path}"`);
}

function linksOf(text: string): { readonly target: string; readonly line: number }[] {
  return proseLines(text).flatMap(({ content, line }) =>
    [...content.replace(/`[^`]*`/g, '').matchAll(/\]\(\s*<?([^()\s>]+(?:\([^()\s]*\))?)>?(?:\s+"[^"]*")?\s*\)/g)].map(
      (match) => ({ target: match[1]!, line }),
    ),
  );
}

function headingsOf(text: string): Set<string> {
  const slugs = new Set<string>();
  for (const { content } of proseLines(text)) {
    const title = /^#{1,6}\s+(.*?)\s*#*$/.exec(content)?.[1];
    if (title === undefined) continue;
    const slug = slugOf(title);
    let unique = slug;
    for (let copy = 1; slugs.has(unique); copy++) unique = `${slug}-${copy}`;
    slugs.add(unique);
  }
  return slugs;
}

/** The name that GitHub gives a heading. */
function slugOf(title: string): string {
  return title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** Lines outside of fenced code. */
function proseLines(text: string): { readonly content: string; readonly line: number }[] {
  const lines: { content: string; line: number }[] = [];
  let fence: string | undefined;
  text.split('\n').forEach((content, index) => {
    const mark = /^\s*(```+|~~~+)/.exec(content)?.[1];
    if (fence === undefined && mark !== undefined) fence = mark;
    else if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) fence = undefined;
    } else lines.push({ content, line: index + 1 });
  });
  return lines;
}
