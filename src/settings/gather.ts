import { aliases, openNamespaces, removedKeys } from './aliases.ts';
import { readEnvironment } from './environment.ts';
import { defaultPaths, parseFile } from './file.ts';
import type { LoadOptions } from './load.ts';
import { properties } from './properties/index.ts';

/** What the operator set, by the property's own name, before anything is read as a value. */
export interface Gathered {
  readonly texts: ReadonlyMap<string, string>;
  /** Path of the configuration file that was read. */
  readonly file?: string;
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

const aliasNames: ReadonlySet<string> = new Set(aliases.map((alias) => alias.from));

/** True for a key that may be set: a property, another name of one, a key of old, or one of an open namespace. */
export function isKnownKey(key: string): boolean {
  return (
    Object.hasOwn(properties, key) ||
    aliasNames.has(key) ||
    removedKeys.has(key) ||
    openNamespaces.some((prefix) => key.startsWith(prefix) && key.length > prefix.length)
  );
}

/** Brings file, environment and flags together, the later ones stronger; a blank text takes back what stood before. */
export function gather(options: LoadOptions, readFile: (path: string) => string | undefined): Gathered {
  const warnings: string[] = [];
  const errors: string[] = [];
  const texts = new Map<string, string>();

  if (options.base !== undefined) addLayer(texts, parseFile(options.base).values, warnings);
  const found = findFile(options, readFile);
  if (found === undefined && options.file !== undefined) {
    return { texts: new Map(), warnings, errors: [`no file at: ${options.file}`] };
  }
  if (found !== undefined) {
    const { values, badLines } = parseFile(found.text);
    for (const line of badLines) errors.push(`${found.path}:${line}: expected key = value`);
    for (const key of values.keys()) {
      if (!isKnownKey(key)) warnings.push(`unknown key '${key}' in ${found.path} is ignored`);
    }
    addLayer(texts, values, warnings);
  }
  const environment = readEnvironment({ env: options.env, isKnown: isKnownKey, readFile });
  errors.push(...environment.errors);
  for (const name of environment.unknown) warnings.push(`unknown environment variable '${name}' is ignored`);
  addLayer(texts, environment.values, warnings);
  const flags = new Map(Object.entries(options.flags ?? {}));
  for (const key of flags.keys()) if (!isKnownKey(key)) warnings.push(`unknown key '${key}' is ignored`);
  addLayer(texts, flags, warnings);
  return { texts, warnings, errors, ...(found === undefined ? {} : { file: found.path }) };
}

function findFile(
  options: LoadOptions,
  readFile: (path: string) => string | undefined,
): { readonly path: string; readonly text: string } | undefined {
  for (const path of options.file === undefined ? (options.searchPaths ?? defaultPaths) : [options.file]) {
    const text = readFile(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Names are settled within each layer, so that a stronger layer wins whichever name it uses. */
function addLayer(texts: Map<string, string>, given: ReadonlyMap<string, string>, warnings: string[]): void {
  const layer = new Map<string, string>();
  for (const [key, value] of given) {
    const text = value.trim() === 'NONE' ? '' : value.trim();
    if (removedKeys.has(key)) {
      if (text !== '') warnings.push(`'${key}' has no meaning since Kong ${removedKeys.get(key)} and is ignored`);
    } else if (isKnownKey(key) && !aliasNames.has(key)) layer.set(key, text);
  }
  for (const { from, to, wins, deprecated } of aliases) {
    const text = given.get(from)?.trim();
    if (text === undefined) continue;
    if (deprecated === true) {
      warnings.push(`the '${from}' configuration property is deprecated, use '${to}' instead`);
    }
    if (wins === true || !layer.has(to)) layer.set(to, text === 'NONE' ? '' : text);
  }
  for (const [key, text] of layer) {
    if (text === '') texts.delete(key);
    else texts.set(key, text);
  }
}
