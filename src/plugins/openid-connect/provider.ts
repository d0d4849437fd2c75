import { hash } from 'node:crypto';
import { GibbonError } from '../../kernel/index.ts';
import { type KeySet, type KeySource, parseKeySet } from '../../kits/jwt/index.ts';
import {
  createRemoteDocument,
  type HttpClient,
  type HttpClientOptions,
  type HttpQuestion,
  type RemoteDocument,
} from '../../kits/remote/index.ts';
import type { PluginHost } from '../../pdk/index.ts';
import { discoveryUrl, type Metadata, parseMetadata } from './metadata.ts';
import type { Config } from './schema/index.ts';

/** A provider as one worker knows it. */
export interface Provider {
  readonly keys: KeySource;
  readonly client: HttpClient;
  /** What it tells of itself; undefined when it cannot be had. */
  metadata(): Metadata | undefined | Promise<Metadata | undefined>;
  /** Lets go of it. */
  close(): void;
}

/** The providers that one worker talks to; equal ones are one. */
export interface Providers {
  open(config: Config): Provider;
}

/** Milliseconds between two looks whether something must be renewed. */
const tendEvery = 10_000;

/** Creates {@link Providers}; kept in the closure of the plugin's `setup`. */
export function createProviders(host: PluginHost, connect: (options: HttpClientOptions) => HttpClient): Providers {
  const shared = new Map<string, { readonly provider: Provider; holders: number }>();
  return {
    open(config) {
      const { issuer, issuers_allowed, timeout, ssl_verify, jwks_ttl, offline_grace, rediscovery_lifetime } = config;
      const key = JSON.stringify([
        issuer,
        issuers_allowed,
        timeout,
        ssl_verify,
        jwks_ttl,
        offline_grace,
        rediscovery_lifetime,
      ]);
      const known = shared.get(key);
      const entry = known ?? {
        provider: createProvider(config, host, connect, hash('sha256', key, 'base64url')),
        holders: 0,
      };
      if (known === undefined) shared.set(key, entry);
      entry.holders++;
      let isOpen = true;
      const { provider } = entry;
      return {
        keys: provider.keys,
        client: provider.client,
        metadata: () => provider.metadata(),
        close() {
          if (!isOpen) return;
          isOpen = false;
          entry.holders--;
          if (entry.holders > 0) return;
          shared.delete(key);
          provider.close();
        },
      };
    },
  };
}

function createProvider(
  config: Config,
  host: PluginHost,
  connect: (options: HttpClientOptions) => HttpClient,
  key: string,
): Provider {
  const { issuer } = config;
  const client = connect({
    timeout: config.timeout,
    verify: config.ssl_verify,
    trusted: host.trustedCertificates,
  });
  const common = {
    clock: host.clock,
    log: host.log.child('openid-connect'),
    life: config.jwks_ttl * 1000,
    grace: config.offline_grace * 1000,
    coolDown: config.rediscovery_lifetime * 1000,
    store: host.store,
  };
  const metadata = createRemoteDocument<Metadata>({
    ...common,
    name: `the description of provider "${issuer}"`,
    load: () => fetchText(client, { url: discoveryUrl(issuer) }),
    parse: (text) => parseMetadata(text, issuer, config.issuers_allowed ?? []),
    key: `openid-connect:description:${key}`,
  });
  const keys: RemoteDocument<KeySet> = createRemoteDocument({
    ...common,
    name: `the keys of provider "${issuer}"`,
    async load() {
      const known = await metadata.get();
      if (known === undefined) {
        throw new GibbonError('Cannot tell where they are', { code: 'ERR_PROVIDER_UNKNOWN' });
      }
      return await fetchText(client, { url: known.keysUrl });
    },
    parse: parseKeySet,
    key: `openid-connect:keys:${key}`,
  });
  const stop = host.every(tendEvery, () => {
    metadata.tend();
    keys.tend();
  });
  return {
    keys,
    client,
    metadata: () => metadata.get(),
    close() {
      stop();
      client.close();
    },
  };
}

/** The body of an answer with 200. @throws GibbonError `ERR_REMOTE` for any other. */
async function fetchText(client: HttpClient, question: HttpQuestion): Promise<string> {
  const { status, body } = await client.ask(question);
  if (status !== 200) throw new GibbonError(`Cannot read it: status ${status}`, { code: 'ERR_REMOTE' });
  return body;
}
