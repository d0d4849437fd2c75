import { variableOf } from './env.ts';
import { parseReference, type VaultReference } from './reference.ts';

/** A secret, or why there is none. */
export type SecretOutcome =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly error: string };

/** What of a vault entity matters here. */
export interface VaultRow {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly config: { readonly [field: string]: unknown } | null;
}

/** All vaults of a node: the bundled ones by name, and those that entities set up by their prefix. */
export interface Vaults {
  /** The secret that a reference stands for. */
  resolve(reference: string): SecretOutcome;
  put(row: VaultRow): void;
  delete(id: string): void;
}

/** Creates the vaults of a node over its environment. */
export function createVaults(env: Readonly<Record<string, string | undefined>>): Vaults {
  const byId = new Map<string, VaultRow>();
  const byPrefix = new Map<string, VaultRow>();

  function prefixFor(reference: VaultReference): string | undefined {
    const asked = reference.options.get('prefix');
    if (reference.vault === 'env') return asked ?? '';
    const row = byPrefix.get(reference.vault);
    if (row === undefined || row.name !== 'env') return undefined;
    const own = row.config?.prefix;
    return asked ?? (typeof own === 'string' ? own : '');
  }

  function remove(id: string): void {
    const known = byId.get(id);
    if (known === undefined) return;
    byId.delete(id);
    if (byPrefix.get(known.prefix) === known) byPrefix.delete(known.prefix);
  }

  return {
    resolve(text) {
      const reference = parseReference(text);
      if (reference === undefined) return fail('the reference is malformed');
      const prefix = prefixFor(reference);
      if (prefix === undefined) return fail(`vault not found (${reference.vault})`);
      const value = env[variableOf(reference, prefix)];
      if (value === undefined) return fail('could not find a value');
      return reference.key === undefined ? { ok: true, value } : member(value, reference.key);
    },
    put(row) {
      remove(row.id);
      byId.set(row.id, row);
      byPrefix.set(row.prefix, row);
    },
    delete: remove,
  };
}

function member(json: string, key: string): SecretOutcome {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return fail('the value is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, key)) {
    return fail(`subfield ${key} not found`);
  }
  const value = (parsed as Record<string, unknown>)[key];
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { ok: true, value: String(value) };
  }
  return fail(`subfield ${key} is neither text nor a number`);
}

function fail(error: string): SecretOutcome {
  return { ok: false, error };
}
