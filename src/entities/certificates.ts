import { createPublicKey, X509Certificate } from 'node:crypto';
import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

interface Pems {
  readonly cert?: string | null;
  readonly key?: string | null;
  readonly cert_alt?: string | null;
  readonly key_alt?: string | null;
}

/** A certificate with its key, and another pair of a different kind of key for clients that cannot use the first. */
export const certificates = defineEntity({
  name: 'certificates',
  primary_key: ['id'],
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    cert: typedefs.certificate({ required: true, referenceable: true }),
    key: typedefs.key({ required: true, referenceable: true, encrypted: true }),
    cert_alt: typedefs.certificate({ required: false, referenceable: true }),
    key_alt: typedefs.key({ required: false, referenceable: true, encrypted: true }),
    tags: typedefs.tags(),
    snis: f.array(typedefs.wildcardHost(), { required: false, transient: true }),
  },
  entity_checks: [
    { mutually_required: ['cert_alt', 'key_alt'] },
    {
      custom_entity_check: {
        field_sources: ['cert', 'key'],
        fn: ({ cert, key }: Pems) => (isPair(cert, key) ? undefined : 'certificate does not match key'),
      },
    },
    {
      custom_entity_check: {
        field_sources: ['cert_alt', 'key_alt'],
        fn: ({ cert_alt, key_alt }: Pems) =>
          isPair(cert_alt, key_alt) ? undefined : 'alternative certificate does not match key',
      },
    },
    {
      custom_entity_check: {
        field_sources: ['cert', 'cert_alt'],
        fn: ({ cert, cert_alt }: Pems) =>
          areOfOneType(cert, cert_alt)
            ? 'certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), ' +
              'the provided certificates were both of the same type'
            : undefined,
      },
    },
  ],
});

/** A row of {@link certificates}. */
export type Certificate = Stored<typeof certificates>;

/** True also when either is absent. */
function isPair(cert: string | null | undefined, key: string | null | undefined): boolean {
  if (typeof cert !== 'string' || typeof key !== 'string') return true;
  return new X509Certificate(cert).publicKey.equals(createPublicKey(key));
}

function areOfOneType(cert: string | null | undefined, other: string | null | undefined): boolean {
  if (typeof cert !== 'string' || typeof other !== 'string') return false;
  const type = new X509Certificate(cert).publicKey.asymmetricKeyType;
  return type === new X509Certificate(other).publicKey.asymmetricKeyType;
}
