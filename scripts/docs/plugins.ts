import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AnyPlugin } from '../../src/pdk/index.ts';
import { bundledPlugins } from '../../src/plugins/index.ts';
import type { Field, Fields } from '../../src/schema/index.ts';
import { formatTable, type GeneratedDoc } from './generated.ts';

const root = resolve(import.meta.dirname, '../..');

/** The configuration tables in the plugins' pages, and the list of these pages. */
export const pluginDocs: readonly GeneratedDoc[] = [
  ...bundledPlugins.map((plugin) => ({
    path: pageOf(plugin),
    part: 'config',
    render: () => renderConfig(plugin),
  })),
  { path: 'docs/plugins/README.md', part: 'list', render: renderList },
];

function pageOf(plugin: AnyPlugin): string {
  return `src/plugins/${plugin.name}/README.md`;
}

/** What a plugin can be told, as a table of its fields, and where it runs and may be attached. */
export function renderConfig(plugin: AnyPlugin): string {
  const rows = fieldRows(plugin.config as Fields, '');
  const older = Object.entries(plugin.shorthand_fields ?? {}).map(([name, { deprecation }]) => {
    const path = deprecation?.replaced_with?.[0]?.path.join('.');
    return `\`${name}\`${path === undefined ? '' : ` (now \`${path}\`)`}`;
  });
  const bans = (plugin.not_on ?? []) as readonly string[];
  const scopes = ['service', 'route', 'consumer'].filter((scope) => !bans.includes(scope));
  return [
    formatTable(['Field', 'Type', 'Default', 'Meaning'], rows),
    ...(older.length === 0 ? [] : [`Older names are taken too: ${older.join(', ')}.`]),
    `Priority ${plugin.priority}. It may be attached to ${scopes.map((scope) => `a ${scope}`).join(', ')}, or to nothing: ` +
      'then it is for all requests.',
  ].join('\n\n');
}

function fieldRows(fields: Fields, prefix: string): string[][] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const row = [`\`${prefix}${name}\``, typeOf(field), defaultOf(field), field.description ?? ''];
    return field.type === 'record' ? [row, ...fieldRows(field.fields, `${prefix}${name}.`)] : [row];
  });
}

function typeOf(field: Field): string {
  const needed = field.required === true && field.default === undefined ? ', required' : '';
  return describeType(field) + needed;
}

function describeType(field: Field): string {
  const { one_of: values } = field;
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  switch (field.type) {
    case 'array':
    case 'set':
      return `${field.type} of ${describeType(field.elements)}`;
    case 'map':
      return `map of ${describeType(field.values)}`;
    case 'number':
    case 'integer':
      if (field.between !== undefined) return `${field.type} from ${field.between[0]} to ${field.between[1]}`;
      return field.gt === undefined ? field.type : `${field.type} above ${field.gt}`;
    default:
      return field.type;
  }
}

function defaultOf({ default: value }: Field): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((one) => `\`${String(one)}\``).join(', ');
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function renderList(): string {
  const rows = [...bundledPlugins]
    .sort((left, right) => right.priority - left.priority)
    .map((plugin) => [
      `[${plugin.name}](../../${pageOf(plugin)})`,
      firstSentence(readFileSync(join(root, pageOf(plugin)), 'utf8')),
      String(plugin.priority),
    ]);
  return formatTable(['Plugin', 'What it does', 'Priority'], rows);
}

/** The first sentence below the title of a page. */
function firstSentence(page: string): string {
  const paragraph = page.split('\n\n')[1] ?? '';
  const end = paragraph.search(/\.(?:\s|$)/);
  return paragraph.slice(0, end === -1 ? undefined : end + 1).replaceAll('\n', ' ');
}
