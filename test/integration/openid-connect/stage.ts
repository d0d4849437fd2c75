import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRoute, type GivenSettings, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { api, clients, type OpenidProvider } from '../../support/openid-provider.ts';
import type { Page, UserAgent } from '../../support/user-agent.ts';

/** A gateway with an upstream behind it that tells of the requests it gets. */
export interface Stage {
  readonly gateway: InProcessGateway;
  /** The proxy as browsers know it. */
  readonly url: string;
  /** Makes a route with the plugin and more plugins; resolves with the id of the plugin. */
  protect(
    path: string,
    config: object,
    more?: readonly { readonly name: string; readonly config?: object }[],
  ): Promise<string>;
  close(): Promise<void>;
}

/** What the upstream was asked. */
export interface Asked {
  readonly path: string;
  readonly headers: { readonly [name: string]: string | undefined };
}

/** Starts a {@link Stage}. */
export async function startStage(settings: GivenSettings = {}): Promise<Stage> {
  const upstream: Server = createServer((incoming, outgoing) => {
    const text = JSON.stringify({ path: incoming.url, headers: incoming.headers });
    const isPage = incoming.headers.accept?.includes('text/html') === true;
    outgoing.setHeader('content-type', isPage ? 'text/html' : 'application/json');
    outgoing.end(isPage ? `<!doctype html><title>Shop</title><h1>Welcome</h1><pre>${text}</pre>` : text);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const gateway = await startTestGateway({ nginx_worker_processes: '2', ...settings });
  return {
    gateway,
    url: `http://localhost:${gateway.port}`,
    async protect(path, config, more = []) {
      const { port } = upstream.address() as AddressInfo;
      const { route } = await createRoute(gateway, port, path, {}, { strip_path: false });
      const plugin = await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'openid-connect', config });
      for (const other of more) await gateway.admin('POST', `/routes/${route.id}/plugins`, other);
      return plugin.body.id as string;
    },
    async close() {
      await gateway.stop();
      upstream.closeAllConnections();
      await new Promise((resolve) => upstream.close(resolve));
    },
  };
}

/** A token of the provider for its client `machine`. */
export async function machineToken(
  { issuer }: OpenidProvider,
  { scope = 'read', isOpaque = false }: { readonly scope?: string; readonly isOpaque?: boolean } = {},
): Promise<string> {
  const pair = `machine:${encodeURIComponent(clients.machine)}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope, resource: api }).toString();
  const answer = await new Promise<string>((resolve, reject) => {
    const headers = {
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...(isOpaque ? { 'x-opaque': '1' } : {}),
    };
    // A connection of its own, for providers come and go.
    const sent = request(`${issuer}/token`, { method: 'POST', agent: false, headers }, (incoming) => {
      incoming
        .setEncoding('utf8')
        .toArray()
        .then((parts) => resolve(parts.join('')), reject);
    });
    sent.on('error', reject).end(body);
  });
  const { access_token: token } = JSON.parse(answer) as { readonly access_token: string };
  return token;
}

/** Sends a request with a token; resolves with status, challenge and what the upstream was asked. */
export async function ask(
  url: string,
  headers: { readonly [name: string]: string } = {},
): Promise<{
  readonly status: number;
  readonly challenge: string | null;
  readonly body: string;
  readonly asked: Asked;
}> {
  const response = await fetch(url, { headers, redirect: 'manual' });
  const body = await response.text();
  const asked = response.status === 200 ? (JSON.parse(body) as Asked) : { path: '', headers: {} };
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body, asked };
}

/** Signs in on the pages of the provider that a browser was sent to. */
export async function signIn(
  agent: UserAgent,
  page: Page,
  name: string,
  until?: (url: string) => boolean,
): Promise<Page> {
  const next = await agent.submit(page, { login: name, password: 'any' }, until);
  // Who has agreed before is not asked again.
  return next.body.includes('value="consent"') ? await agent.submit(next, {}, until) : next;
}
