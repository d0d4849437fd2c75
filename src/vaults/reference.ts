import { isReference } from '../schema/index.ts';

/** The parts of `{vault://<vault>/<resource>[/<key>][?<option>=<value>...][#<version>]}`. */
export interface VaultReference {
  /** The name of a bundled vault, or the prefix of a vault entity. */
  readonly vault: string;
  readonly resource: string;
  /** A member of the secret, which is JSON then. */
  readonly key: string | undefined;
  /** 2 asks for the secret before the current one. */
  readonly version: number;
  readonly options: ReadonlyMap<string, string>;
}

/** Reads a reference; undefined for text that is none or names no resource. */
export function parseReference(text: string): VaultReference | undefined {
  if (!isReference(text)) return undefined;
  let inner = text.slice('{vault://'.length, -1);
  let version = 1;
  const hash = inner.lastIndexOf('#');
  if (hash !== -1) {
    version = Number(inner.slice(hash + 1));
    inner = inner.slice(0, hash);
    if (!Number.isInteger(version)) return undefined;
  }
  const mark = inner.indexOf('?');
  const path = mark === -1 ? inner : inner.slice(0, mark);
  const options = new Map(mark === -1 ? [] : new URLSearchParams(inner.slice(mark + 1)));
  const [vault = '', resource = '', ...rest] = path.split('/').map(unescaped);
  if (vault === '' || resource === '') return undefined;
  return { vault, resource, key: rest.length === 0 ? undefined : rest.join('/'), version, options };
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
