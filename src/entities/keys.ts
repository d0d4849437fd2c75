import { createPrivateKey, createPublicKey } from 'node:crypto';
import { defineEntity, f, isReference, type Stored, typedefs } from '../schema/index.ts';

type Jwk = { readonly [member: string]: string | undefined };

interface PemPair {
  readonly private_key?: string | null;
  readonly public_key?: string | null;
}

/** A key for signatures or encryption, as a JWK or as PEM texts (Kong 3.1). */
export const keys = defineEntity({
  name: 'keys',
  primary_key: ['id'],
  endpoint_key: 'name',
  cache_key: ['kid', 'set'],
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    set: f.foreign('key_sets', { required: false, on_delete: 'cascade' }),
    name: f.string({ required: false, unique: true }),
    kid: f.string({ required: true, unique: false }),
    jwk: f.string({ referenceable: true, encrypted: true }),
    pem: f.record(
      {
        private_key: f.string({ required: false, referenceable: true, encrypted: true }),
        public_key: f.string({ referenceable: true, required: false }),
      },
      {
        required: false,
        entity_checks: [{ at_least_one_of: ['private_key', 'public_key'] }],
        custom_validator: checkPems,
      },
    ),
    tags: typedefs.tags(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
  },
  entity_checks: [
    { mutually_exclusive: ['pem', 'jwk'] },
    { at_least_one_of: ['pem', 'jwk'] },
    { custom_entity_check: { field_sources: ['jwk', 'pem', 'kid'], fn: checkJwk } },
  ],
});

/** A row of {@link keys}. */
export type Key = Stored<typeof keys>;

function checkPems(pem: PemPair): string | undefined {
  const { private_key: privateText, public_key: publicText } = pem;
  if (isReference(privateText) || isReference(publicText)) return undefined;
  const publicKey = attempt(() => (typeof publicText === 'string' ? readPublicKey(publicText) : null));
  if (publicKey === undefined) return 'could not load public key';
  const privateKey = attempt(() => (typeof privateText === 'string' ? createPrivateKey(privateText) : null));
  if (privateKey === undefined) return 'could not load private key';
  if (publicKey === null || privateKey === null) return undefined;
  return createPublicKey(privateKey).equals(publicKey) ? undefined : 'public key does not match private key';
}

/** Node takes a private key for its public half here, which Kong does not. */
function readPublicKey(text: string): ReturnType<typeof createPublicKey> {
  if (text.includes('PRIVATE KEY')) throw new Error('not a public key');
  return createPublicKey(text);
}

function checkJwk({ jwk, kid }: { readonly jwk?: unknown; readonly kid?: unknown }): string | undefined {
  if (typeof jwk !== 'string' || isReference(jwk)) return undefined;
  const parsed = attempt(() => JSON.parse(jwk) as Jwk | null);
  if (typeof parsed !== 'object' || parsed === null) return 'could not json decode jwk string';
  if (parsed.kid !== kid) return 'kid in jwk.kid must be equal to keys.kid';
  return isJwk(parsed) ? undefined : 'could not load JWK, likely not a valid key';
}

function isJwk(jwk: Jwk): boolean {
  return (
    attempt(() => (jwk.d === undefined ? createPublicKey : createPrivateKey)({ key: jwk, format: 'jwk' })) !== undefined
  );
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
