import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checks } from './checks/index.ts';
import { parsePortMap } from './checks/network.ts';
import type { Draft } from './draft.ts';
import { gather } from './gather.ts';
import { enabledHeaders } from './header-tokens.ts';
import { parseValue, type SettingValue } from './parse-value.ts';
import { type PropertyName, properties } from './properties/index.ts';
import type { Property } from './property.ts';
import { type Dereference, environmentReferences, isReference } from './references.ts';
import type { Settings } from './settings.ts';

/** Where settings come from. */
export interface LoadOptions {
  /** Configuration file; it must exist. Without one the usual places are tried. */
  readonly file?: string;
  /** Text in the form of a configuration file, weaker than the file: the settings of a running node. */
  readonly base?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values from the command line, by key: the strongest. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Places where a file is looked for when none is named. */
  readonly searchPaths?: readonly string[];
  /** Text of a file, or undefined when it cannot be read; the disk's when left out. */
  readonly readFile?: (path: string) => string | undefined;
  /** True when something stands at a path; the disk's when left out. */
  readonly exists?: (path: string) => boolean;
  /** Resolves `{vault://...}`; references to the environment when left out. */
  readonly dereference?: Dereference;
}

/** Settings ready for use, or everything that is wrong with them. */
export type LoadResult =
  | {
      readonly ok: true;
      readonly settings: Settings;
      readonly warnings: readonly string[];
      /** Path of the configuration file that was read. */
      readonly file?: string;
    }
  | { readonly ok: false; readonly errors: readonly string[]; readonly warnings: readonly string[] };

/**
 * Reads settings: built-in values, then the file, then `KONG_` and `GIBBON_` variables, then flags. All mistakes are
 * reported together, each with the key, the value and what would be right.
 */
export function loadSettings(options: LoadOptions): LoadResult {
  const readFile = options.readFile ?? readText;
  const exists = options.exists ?? existsSync;
  const gathered = gather(options, readFile);
  const errors = [...gathered.errors];
  const warnings = [...gathered.warnings];
  if (errors.length > 0 && gathered.texts.size === 0) return { ok: false, errors, warnings };

  const dereference =
    options.dereference ?? environmentReferences(options.env, gathered.texts.get('vault_env_prefix') ?? '');
  const references: Record<string, string> = Object.create(null);
  const draft: Record<string, SettingValue> = {};
  const inert: string[] = [];
  for (const name of Object.keys(properties) as PropertyName[]) {
    const property: Property = properties[name];
    const given = gathered.texts.get(name);
    if (property.inert === true && given !== undefined && isChange(given, property.default)) inert.push(name);
    const text = given === undefined ? property.default : resolveText(name, property, given, dereference, errors);
    if (text !== given && given !== undefined) references[name] = given;
    if (text === undefined || text === '') {
      draft[name] = property.kind === 'list' || property.kind === 'listen' ? [] : undefined;
      continue;
    }
    const parsed = parseValue(name, property, text);
    draft[name] = parsed.ok ? parsed.value : undefined;
    if (!parsed.ok) errors.push(parsed.error);
  }
  // Checks across keys rely on each key having its type.
  if (errors.length === 0) {
    const context = {
      draft: draft as unknown as Draft,
      isSet: (name: string) => gathered.texts.has(name),
      exists,
    };
    for (const check of checks) errors.push(...check(context));
  }
  if (errors.length > 0) return { ok: false, errors, warnings };
  if (inert.length > 0) warnings.push(`accepted without effect: ${inert.join(', ')}`);
  const settings = complete(draft as unknown as Draft, gathered.texts, references);
  return { ok: true, settings, warnings, ...(gathered.file === undefined ? {} : { file: gathered.file }) };
}

function isChange(given: string, usual = ''): boolean {
  return given.replaceAll(/\s*,\s*/g, ',') !== usual.replaceAll(/\s*,\s*/g, ',');
}

function complete(
  draft: Draft,
  texts: ReadonlyMap<string, string>,
  references: Readonly<Record<string, string>>,
): Settings {
  const prefix = resolve(draft.prefix);
  const injected: Record<string, string> = Object.create(null);
  for (const [key, text] of texts) if (!Object.hasOwn(properties, key)) injected[key] = text;
  const hostPorts: Record<number, number> = {};
  for (const entry of draft.port_maps) {
    const pair = parsePortMap(entry);
    if (pair !== undefined) hostPorts[pair.own] = pair.outer;
  }
  return Object.freeze({
    ...draft,
    prefix,
    sqlite_path: draft.sqlite_path === undefined ? join(prefix, 'gibbon.db') : resolve(draft.sqlite_path),
    host_ports: Object.freeze(hostPorts),
    enabled_headers: enabledHeaders(draft.headers, 'response'),
    enabled_headers_upstream: enabledHeaders(draft.headers_upstream, 'request'),
    injected: Object.freeze(injected),
    references: Object.freeze(references),
  });
}

function resolveText(
  name: string,
  property: Property,
  text: string,
  dereference: Dereference,
  errors: string[],
): string | undefined {
  const items = property.kind === 'list' ? text.split(',').map((item) => item.trim()) : [text];
  if (!items.some(isReference)) return text;
  let failed = false;
  const resolved = items.map((item, index) => {
    if (!isReference(item)) return item;
    const outcome = dereference(item);
    if (outcome.ok) return outcome.value;
    failed = true;
    const option = property.kind === 'list' ? `${name}[${index + 1}]` : name;
    errors.push(`failed to dereference '${item}': ${outcome.error} for config option '${option}'`);
    return '';
  });
  return failed ? undefined : resolved.join(',');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
