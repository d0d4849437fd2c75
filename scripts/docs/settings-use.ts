import type { Property } from '../../src/settings/index.ts';
import type { Page } from './links.ts';

/**
 * Holds what the reference page says of settings to the code: a property that has an effect is read somewhere, and one
 * that is marked `inert` is read by no room but settings.
 */
export function settingsUseErrors(properties: Readonly<Record<string, Property>>, sources: readonly Page[]): string[] {
  const outside = wordsOf(sources.filter(({ path }) => !path.startsWith('src/settings/')));
  const readers = wordsOf(sources.filter(({ path }) => !path.startsWith('src/settings/properties/')));
  return Object.entries(properties).flatMap(([name, { inert }]) => {
    if (inert === true) return outside.has(name) ? [`setting "${name}" is read now: it is not inert any more`] : [];
    return readers.has(name) ? [] : [`setting "${name}" is read nowhere: mark it as inert`];
  });
}

/** Words of the code, and members of settings: a name of one plain word, such as `vaults`, means nothing by itself. */
function wordsOf(pages: readonly Page[]): Set<string> {
  const sources = pages.filter(({ path }) => !/\.(?:test|cases)\.ts$/.test(path));
  return new Set(
    sources.flatMap(({ text: code }) => {
      // A message that names a setting does not read it.
      const text = code.replace(/'[^'\n]*\s[^'\n]*'/g, '');
      return [
        ...(text.match(/\w+_\w+/g) ?? []),
        ...[...text.matchAll(/\b(?:settings|draft)\.(\w+)/g)].map((match) => match[1]!),
      ];
    }),
  );
}
