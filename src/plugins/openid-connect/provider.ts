import { hash } from 'node:crypto';
import { GibbonError } from '../../kernel/index.ts';
import { type KeySet, type KeySource, parseKeySet } from '../../kits/jwt/index.ts';
import {
  createRemoteDocument,
  createShared,
  type Ending,
  fetchText,
  type HttpClient,
  type HttpClientOptions,
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
}

/** The providers that one worker talks to; equal ones are one. */
export interface Providers {
  open(config: Config): Ending<Provider>;
}

/** Milliseconds between two looks whether something must be renewed. */
const tendEvery = 10_000;

/** Creates {@link Providers}; kept in the closure of the plugin's `setup`. */
export function createProviders(host: PluginHost, connect: (options: HttpClientOptions) => HttpClient): Providers {
  const shared = createShared<Provider>();
  return {
    open(config) {
      const { issuer, issuers_allowed, timeout, ssl_verify, jwks_ttl, offline_grace, rediscovery_lifetime } = config;
      const all = [issuer, issuers_allowed, timeout, ssl_verify, jwks_ttl, offline_grace, rediscovery_lifetime];
      const key = hash('sha256', JSON.stringify(all), 'base64url');
      return shared.hold(key, () => createProvider(config, host, connect, key));
    },
  };
}

function createProvider(
  config: Config,
  host: PluginHost,
  connect: (options: HttpClientOptions) => HttpClient,
  key: string,
): Ending<Provider> {
  const { issuer } = config;
  const client = connect({
    timeout: config.timeout,
    verify: config.ssl_verify,
    trusted: host.trusted,
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
    load: () => fetchText(client, discoveryUrl(issuer)),
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
      return await fetchText(client, known.keysUrl);
    },
    parse: parseKeySet,
    key: `openid-connect:keys:${key}`,
  });
  const stop = host.every(tendEvery, () => {
    metadata.tend();
    keys.tend();
  });
  return {
    value: { keys, client, metadata: () => metadata.get() },
    end() {
      stop();
      client.close();
    },
  };
}
