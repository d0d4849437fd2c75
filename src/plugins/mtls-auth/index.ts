import { createAuthenticator, type Refusal, setIdentity, whenReady } from '../../kits/credentials/index.ts';
import { definePlugin, type Kong, kongVersion, type PluginHost } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import type { Certificate } from './certificate.ts';
import { mtlsAuthCredentials } from './entities.ts';
import { findHolder, type Lookup } from './find-consumer.ts';
import { config } from './schema.ts';
import { createJudge, type Judgement } from './trust.ts';

type Config = StoredOf<typeof config>;

const missing: Refusal = Object.freeze({ status: 401, message: 'No required TLS certificate was sent' });
const untrusted: Refusal = Object.freeze({ status: 401, message: 'TLS certificate failed verification' });

/** mtls-auth: lets a request through when its connection began with a certificate that is trusted. */
export const mtlsAuth = definePlugin({
  name: 'mtls-auth',
  version: kongVersion,
  priority: 1600,
  config,
  not_on: ['consumer'],
  entities: [mtlsAuthCredentials],
  asksForCertificate: ({ send_ca_dn: sends, ca_certificates: ids }) => (sends ? ids : []),
  setup(host) {
    const credentials = host.reader(mtlsAuthCredentials);
    return (stored) => ({
      access: createAuthenticator({
        anonymous: stored.anonymous,
        runOnPreflight: true,
        authenticate: createCertificateCheck(stored, host, {
          credentials,
          consumers: host.core.consumers,
          fields: stored.consumer_by ?? [],
          fallback: stored.default_consumer,
        }),
      }),
    });
  },
});

/** Makes the check of one configuration. A client is never told why its certificate is not trusted; the log is. */
function createCertificateCheck(
  stored: Config,
  host: PluginHost,
  lookup: Lookup,
): (kong: Kong) => Refusal | undefined | Promise<Refusal | undefined> {
  const judge = createJudge({
    ids: stored.ca_certificates,
    rows: host.core.caCertificates,
    allowsPartialChain: stored.allow_partial_chain,
    keptFor: stored.cache_ttl * 1000,
    now: () => host.clock.now(),
  });

  function consider(kong: Kong, judgement: Judgement): Refusal | undefined | Promise<Refusal | undefined> {
    if (!judgement.ok) {
      kong.client.tls.setClientVerify(`FAILED:${judgement.reason}`);
      kong.log.info(`Cannot trust the client's certificate: ${judgement.reason}`);
      return untrusted;
    }
    kong.client.tls.setClientVerify('SUCCESS');
    const { certificate, authorities } = judgement;
    if (stored.skip_consumer_lookup) return admitAnybody(kong, stored, certificate);
    return whenReady(findHolder(kong, lookup, certificate, authorities), (holder) => {
      if (holder === undefined) {
        kong.log.info("Cannot find a consumer for the client's certificate");
        return untrusted;
      }
      setIdentity(kong, holder.consumer, holder.credential);
      return undefined;
    });
  }

  return (kong) => {
    const chain = kong.client.tls.getFullClientCertificateChain();
    if (stored.skip_consumer_lookup) {
      // What a client itself says of its certificate goes in any case.
      kong.service.request.clearHeader('X-Client-Cert-Dn');
      kong.service.request.clearHeader('X-Client-Cert-San');
    }
    if (chain === undefined) {
      kong.client.tls.setClientVerify('NONE');
      return missing;
    }
    const judgement = judge.judge(chain);
    return judgement instanceof Promise ? judgement.then((known) => consider(kong, known)) : consider(kong, judgement);
  };
}

/** Lets the holder of any trusted certificate through, and tells the upstream what the certificate says. */
function admitAnybody(kong: Kong, { authenticated_group_by: by }: Config, certificate: Certificate): undefined {
  const { distinguishedName: name, alternativeNamesText: names } = certificate;
  const group = by === 'DN' ? name : certificate.commonName;
  if (by !== null && group !== undefined) kong.ctx.shared['authenticated_groups'] = [group];
  setIdentity(kong, null, { id: certificate.x509.fingerprint256.replaceAll(':', '').toLowerCase() }, null);
  kong.service.request.setHeader('X-Client-Cert-Dn', name);
  if (names !== undefined) kong.service.request.setHeader('X-Client-Cert-San', names);
  return undefined;
}
