import { isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { Logger } from '../kernel/index.ts';
import { createLru, messageOf } from '../kernel/index.ts';
import type { CompiledService, Snapshot } from '../snapshot/index.ts';
import type { UpstreamTls } from '../transport/index.ts';
import { hostName } from './phases/upstream-request.ts';

/** Settings of TLS towards upstreams. */
export interface UpstreamTlsOptions {
  readonly snapshot: Snapshot;
  readonly logger: Logger;
  /** For services whose `tls_verify` is null (`nginx_proxy_proxy_ssl_verify`). */
  readonly verifyByDefault: boolean;
  /** PEM texts trusted beside a service's own (`lua_ssl_trusted_certificate`); the system's when empty. */
  readonly trusted: readonly string[];
  /** Sent to every upstream that has no certificate of its own (`client_ssl_cert`). */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
}

/** Makes TLS profiles for services, kept until a certificate changes. */
export function createUpstreamTls(options: UpstreamTlsOptions): {
  of(service: CompiledService | undefined, serverName: string, upstreamCertificateId?: string): UpstreamTls;
} {
  const { snapshot, logger } = options;
  const contexts = new Map<string, SecureContext>();
  const profiles = createLru<string, UpstreamTls>(10_000);
  let version = snapshot.certificateVersion;

  function contextOf(certificateId: string, authorities: readonly string[] | null): SecureContext {
    const key = `${certificateId}|${authorities?.join(',') ?? ''}`;
    let context = contexts.get(key);
    if (context !== undefined) return context;
    const row = certificateId === '' ? undefined : snapshot.certificate(certificateId);
    const pair =
      row === undefined ? options.clientCertificate : { cert: row['cert'] as string, key: row['key'] as string };
    const ca = (authorities ?? []).flatMap((id) => {
      const authority = snapshot.caCertificate(id);
      return authority === undefined ? [] : [authority['cert'] as string];
    });
    const trusted = ca.length > 0 ? ca : options.trusted.length > 0 ? options.trusted : rootCertificates;
    try {
      context = createSecureContext({ ca: [...trusted], ...(pair === undefined ? {} : pair) });
    } catch (fault) {
      logger.error(`Cannot use client certificate "${certificateId}": ${messageOf(fault)}`);
      context = createSecureContext({ ca: [...trusted] });
    }
    contexts.set(key, context);
    return context;
  }

  return {
    of(service, hostHeader, upstreamCertificateId = '') {
      if (version !== snapshot.certificateVersion) {
        version = snapshot.certificateVersion;
        contexts.clear();
        profiles.clear();
      }
      const name = hostName(hostHeader);
      const verify = service?.tlsVerify ?? options.verifyByDefault;
      // Kong 3.9: the service's own goes first.
      const certificateId = service?.clientCertificateId || upstreamCertificateId;
      const authorities = service?.caCertificateIds ?? null;
      // The version keeps connections that were made with a replaced certificate from being used again.
      const key = `${version}|${name}|${certificateId}|${verify}|${authorities?.join(',') ?? ''}`;
      let profile = profiles.get(key);
      if (profile === undefined) {
        profile = Object.freeze({
          key,
          serverName: isIP(name.replace(/^\[|\]$/g, '')) === 0 ? name : undefined,
          verify,
          context: contextOf(certificateId, authorities),
        });
        profiles.set(key, profile);
      }
      return profile;
    },
  };
}
