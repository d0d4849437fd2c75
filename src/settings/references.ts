/** Turns the text of a vault reference into its value, or says why it has none. */
export type Dereference = (
  reference: string,
) => { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string };

/** True for text of the form `{vault://name/path}`. */
export function isReference(text: string): boolean {
  return text.startsWith('{vault://') && text.endsWith('}');
}

/**
 * Makes a resolver of references to the environment: `{vault://env/my-secret}` is the variable `MY_SECRET`, and
 * `{vault://env/my-secret/key}` the member `key` of the JSON that it holds.
 */
export function environmentReferences(
  env: Readonly<Record<string, string | undefined>>,
  variablePrefix = '',
): Dereference {
  return (reference) => {
    const inner = reference.slice('{vault://'.length, -1);
    const [path = '', query = ''] = inner.split('?', 2);
    const [vault = '', resource = '', ...rest] = path.split('/');
    if (vault !== 'env') return { ok: false, error: `vault not found (${vault})` };
    const prefix = new URLSearchParams(query).get('prefix') ?? variablePrefix;
    const value = env[`${prefix}${resource}`.replaceAll('-', '_').toUpperCase()];
    if (value === undefined || resource === '') return { ok: false, error: 'could not find a value' };
    return rest.length === 0 ? { ok: true, value } : member(value, rest.join('/'));
  };
}

function member(json: string, key: string): ReturnType<Dereference> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return { ok: false, error: 'the value is not JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, key)) {
    return { ok: false, error: `subfield ${key} not found` };
  }
  const value = (parsed as Record<string, unknown>)[key];
  return typeof value === 'string' || typeof value === 'number'
    ? { ok: true, value: String(value) }
    : { ok: false, error: `subfield ${key} is not text` };
}
