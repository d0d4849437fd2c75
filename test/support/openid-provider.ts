import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Configuration, Provider } from 'oidc-provider';
import { upstreamPair } from './upstream-pems.ts';

/** A key of a provider: what it signs with, and its id. */
export interface ProviderKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** What a provider of tests is made of. */
export interface OpenidProviderOptions {
  /** True for HTTPS, with a certificate of `upstreamAuthority` for localhost. */
  readonly tls?: boolean;
  /** Port of loopback; a free one unless told. */
  readonly port?: number;
  readonly keys: readonly ProviderKey[];
  /** Where browsers are sent back to. */
  readonly redirectUris?: readonly string[];
  readonly logoutUris?: readonly string[];
  /** Seconds that access tokens are good for. */
  readonly accessTokenLife?: number;
  /** The public key of the client that signs, for `signing-client`. */
  readonly clientKey?: KeyObject;
}

/** An OpenID provider on loopback, made of the package oidc-provider, with pages to sign in as anybody. */
export interface OpenidProvider {
  readonly issuer: string;
  readonly port: number;
  /** Paths that were asked for, in their order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A new RSA key. */
export function createProviderKey(kid: string): ProviderKey {
  return { kid, privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey };
}

/** The resource for which access tokens are signed for all to read. */
export const api = 'urn:test:api';
/** Clients of the provider and their secrets. */
export const clients = {
  gateway: 'gateway-secret',
  machine: 'machine secret/with:signs',
} as const;

/** Starts a provider. Whoever signs in as `ann` is Ann, of the group `staff`. */
export async function startOpenidProvider(options: OpenidProviderOptions): Promise<OpenidProvider> {
  let handle: ReturnType<Provider['callback']> | undefined;
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(new URL(request.url!, 'http://localhost').pathname);
    if (handle === undefined) response.writeHead(503).end();
    else handle(request, response).catch(() => response.destroy());
  };
  const server: Server = options.tls ? createHttpsServer(upstreamPair, listener) : createHttpServer(listener);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `${options.tls ? 'https' : 'http'}://localhost:${port}`;
  handle = createProvider(issuer, options).callback();
  return {
    issuer,
    port,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function createProvider(issuer: string, options: OpenidProviderOptions): Provider {
  const {
    keys,
    redirectUris = ['http://localhost/nowhere'],
    logoutUris = [],
    accessTokenLife = 3600,
    clientKey,
  } = options;
  const jwks = keys.map(({ kid, privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig' }));
  const common = {
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...logoutUris],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code' as const],
    application_type: 'web' as const,
  };
  const configuration: Configuration = {
    jwks: { keys: jwks as never },
    clients: [
      { ...common, client_id: 'gateway', client_secret: clients.gateway },
      {
        client_id: 'machine',
        client_secret: clients.machine,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
      },
      ...(clientKey === undefined
        ? []
        : [
            {
              ...common,
              client_id: 'signing-client',
              token_endpoint_auth_method: 'private_key_jwt' as const,
              jwks: { keys: [clientKey.export({ format: 'jwk' }) as never] },
            },
          ]),
    ],
    scopes: ['openid', 'offline_access', 'read', 'write'],
    claims: { openid: ['sub', 'name', 'groups'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    cookies: { keys: ['a key of the provider'] },
    ttl: {
      AccessToken: accessTokenLife,
      ClientCredentials: accessTokenLife,
      IdToken: 3600,
      RefreshToken: 86_400,
      Interaction: 600,
      Session: 86_400,
      Grant: 86_400,
    },
    features: {
      devInteractions: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      userinfo: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // Without the scopes of the interface the token is for the claims of the user.
        defaultResource: async ({ oidc }) => (/\bread\b/.test(String(oidc.params?.['scope'])) ? api : []),
        useGrantedResource: async () => true,
        getResourceServerInfo: async (context) => ({
          scope: 'read write',
          audience: api,
          accessTokenTTL: accessTokenLife,
          // A client asks for an opaque one by a header, as no other word of the protocol is free for it.
          accessTokenFormat: context.get('x-opaque') === '1' ? 'opaque' : 'jwt',
        }),
      },
    },
    findAccount: async (_, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, name: `User ${sub}`, groups: sub === 'ann' ? ['staff', 'press'] : ['guests'] }),
    }),
  };
  const provider = new Provider(issuer, configuration);
  // Messages of a provider of tests are nobody's business.
  provider.on('server_error', () => undefined);
  return provider;
}
