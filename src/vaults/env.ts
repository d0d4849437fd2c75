import { f, type Subschema } from '../schema/index.ts';
import type { VaultReference } from './reference.ts';

/** The environment as a vault: `my-secret` is the variable `MY_SECRET`, behind the configured prefix. */
export const envVault: Subschema = {
  name: 'env',
  fields: {
    config: f.record({
      prefix: f.string({ match: { pattern: /^[a-zA-Z_-][a-zA-Z\d_-]*$/, lua: '^[%a_-][%a%d_-]*$' } }),
    }),
  },
};

/** The variable that a reference names; version 2 is the one that ends in `_PREVIOUS`. */
export function variableOf(reference: VaultReference, prefix: string): string {
  const name = `${prefix}${reference.resource}`.replaceAll('-', '_').toUpperCase();
  return reference.version === 2 ? `${name}_PREVIOUS` : name;
}
