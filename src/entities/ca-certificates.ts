import { createHash, X509Certificate } from 'node:crypto';
import { systemClock } from '../kernel/index.ts';
import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** A certificate authority that upstreams' or clients' certificates are checked against. */
export const caCertificates = defineEntity({
  name: 'ca_certificates',
  primary_key: ['id'],
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    cert: typedefs.certificate({ required: true }),
    cert_digest: f.string({ unique: true }),
    tags: typedefs.tags(),
  },
  transformations: [
    {
      input: ['cert'],
      on_write: ({ cert }: { readonly cert: string }) => ({
        cert_digest: createHash('sha256').update(new X509Certificate(cert).raw).digest('hex'),
      }),
    },
  ],
  entity_checks: [{ custom_entity_check: { field_sources: ['cert'], fn: checkAuthority } }],
});

/** A row of {@link caCertificates}. */
export type CaCertificate = Stored<typeof caCertificates>;

const opening = '-----BEGIN CERTIFICATE-----';

function checkAuthority({ cert }: { readonly cert?: unknown }): string | undefined {
  if (typeof cert !== 'string') return undefined;
  if (cert.split(opening, 3).length > 2) return 'please submit only one certificate at a time';
  const parsed = new X509Certificate(cert);
  if (parsed.validToDate.getTime() < systemClock.now()) {
    return 'certificate expired, "Not After" time is in the past';
  }
  if (parsed.ca) return undefined;
  return 'certificate does not appear to be a CA because it is missing the "CA" basic constraint';
}
