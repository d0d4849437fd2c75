import { formatLine } from './file.ts';
import type { SettingValue } from './parse-value.ts';
import { type PropertyName, properties } from './properties/index.ts';
import type { Property } from './property.ts';
import { formatValue } from './report.ts';
import type { Settings } from './settings.ts';

const header = '# Settings of the running node, written at its start. It holds secrets: keep it private.\n';

/**
 * Writes settings as a configuration file that {@link loadSettings} reads back as the same settings: the text of
 * `<prefix>/.kong_env`. References stay references; PEM text is written in base64. Other values of several lines cannot
 * stand in a file of lines and are left out; {@link multilineKeys} names them.
 */
export function formatEnvFile(settings: Settings): string {
  let text = header;
  for (const [name, value] of entries(settings)) {
    const line = singleLine(name, value);
    if (line !== undefined && line !== '') text += formatLine(name, line);
  }
  return text;
}

/** Keys whose values {@link formatEnvFile} has to leave out. */
export function multilineKeys(settings: Settings): readonly string[] {
  return [...entries(settings)].filter(([name, value]) => singleLine(name, value) === undefined).map(([name]) => name);
}

function* entries(settings: Settings): Iterable<[name: string, value: string | readonly string[]]> {
  for (const name of Object.keys(properties) as PropertyName[]) {
    const reference = settings.references[name];
    const value = settings[name] as SettingValue;
    const property: Property = properties[name];
    if (reference !== undefined) yield [name, reference];
    else if (property.kind === 'list') yield [name, value as readonly string[]];
    else yield [name, formatValue(property, value)];
  }
  yield* Object.entries(settings.injected);
}

function singleLine(name: string, value: string | readonly string[]): string | undefined {
  if (typeof value !== 'string') {
    const items = value.map((item) => singleLine(name, item));
    return items.includes(undefined) ? undefined : items.join(', ');
  }
  if (!value.includes('\n')) return value;
  const property: Property | undefined = properties[name as PropertyName];
  const isPem = property?.certificate !== undefined || value.startsWith('-----BEGIN');
  return isPem ? Buffer.from(value).toString('base64') : undefined;
}
