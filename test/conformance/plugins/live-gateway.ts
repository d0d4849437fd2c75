import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../../src/gateway/index.ts';
import { loadSettings } from '../../../src/settings/index.ts';
import type { StepOutcome } from './compare-step.ts';
import {
  type Data,
  otherServiceId,
  type PluginCase,
  type PluginStep,
  sampleEntities,
  sampleSecrets,
  serviceId,
} from './plugin-case.ts';

/** Where the Admin API has the sample entities, those first that others refer to. */
const paths: { readonly [entity in keyof typeof sampleEntities]: string } = {
  ca_certificates: '/ca_certificates',
  consumers: '/consumers',
  keyauth_credentials: '/key-auths',
  basicauth_credentials: '/basic-auths',
  acls: '/acls',
  jwt_secrets: '/jwts',
  hmacauth_credentials: '/hmac-auths',
  mtls_auth_credentials: '/mtls-auths',
  oauth2_credentials: '/oauth2',
  oauth2_tokens: '/oauth2_tokens',
};

type Asked = NonNullable<StepOutcome['upstream']>;

/** A gateway with an upstream behind it, both on ports of their own. */
export interface LiveGateway {
  /** Sets a row's plugins up on a route of its own and resolves once they run; returns the Host that leads there. */
  configure(row: PluginCase): Promise<string>;
  send(host: string, step: PluginStep): Promise<StepOutcome>;
  close(): Promise<void>;
}

/** Where the rows of a gateway are kept. */
export type StoreKind = 'sqlite' | 'off';

/** Starts a gateway with an empty store and the sample entities in it. */
export async function openLiveGateway(kind: StoreKind): Promise<LiveGateway> {
  let asked: Asked | undefined;
  let answer: PluginStep['answer'];
  const upstream = createServer((incoming, outgoing) => {
    bodyOf(incoming).then(
      (body) => {
        asked = { headers: tableOf(incoming), query: incoming.url!.split('?')[1] ?? '', body };
        outgoing.writeHead(answer?.status ?? 200, { ...answer?.headers }).end(answer?.body ?? '');
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));

  const prefix = mkdtempSync(join(tmpdir(), 'gibbon-conformance-'));
  const loaded = loadSettings({
    env: {},
    searchPaths: [],
    flags: {
      prefix,
      database: kind,
      proxy_listen: '127.0.0.1:0, 127.0.0.1:0 ssl',
      admin_listen: '127.0.0.1:0',
      status_listen: 'off',
      nginx_worker_processes: '1',
      demo: 'off',
    },
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded));
  const gateway = await startGateway(loaded.settings);
  const { proxy, admin } = gateway.addresses;

  async function write(method: string, path: string, body: Data): Promise<{ readonly id: string }> {
    const response = await fetch(`http://127.0.0.1:${admin[0]!.port}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} is answered with ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const configure = kind === 'off' ? configureOff(url, write) : await configureStore(url, write);

  return {
    configure,
    async send(host, step) {
      asked = undefined;
      answer = step.answer;
      const isSecured = step.request?.scheme === 'https';
      const got = await exchange(proxy.find(({ ssl }) => ssl === isSecured)!.port, host, step.request ?? {});
      return { ...got, upstream: asked };
    },
    async close() {
      await gateway.stop({ graceful: false, timeoutMs: 0 });
      upstream.closeAllConnections();
      await new Promise((resolve) => upstream.close(resolve));
      rmSync(prefix, { recursive: true, force: true });
    },
  };
}

type Write = (method: string, path: string, body: Data) => Promise<{ readonly id: string }>;

/** Writes the sample entities one by one, and routes as they are needed. */
async function configureStore(url: string, write: Write): Promise<LiveGateway['configure']> {
  await write('PUT', `/services/${serviceId}`, { url });
  await write('PUT', `/services/${otherServiceId}`, { url });
  for (const [entity, path] of Object.entries(paths)) {
    for (const { id, ...row } of sampleRows(entity)) await write('PUT', `${path}/${id as string}`, row);
  }
  let routes = 0;
  return async (row) => {
    const host = `row-${++routes}.test`;
    const { id } = await write('POST', '/routes', { service: { id: serviceId }, ...routeTo(host) });
    for (const { name, config } of row.plugins) {
      await write('POST', `/routes/${id}/plugins`, { name, config: config ?? {} });
    }
    return host;
  };
}

/** Hands in a whole configuration for each case. */
function configureOff(url: string, write: Write): LiveGateway['configure'] {
  const named = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
  const samples = Object.keys(paths).map((entity) => [
    entity,
    sampleRows(entity).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, named(value)])),
    ),
  ]);
  let cases = 0;
  return async (row) => {
    const host = `row-${++cases}.test`;
    const routes = [
      { ...routeTo(host), plugins: row.plugins.map(({ name, config }) => ({ name, config: config ?? {} })) },
    ];
    await write('POST', '/config', {
      _format_version: '3.0',
      services: [
        { id: serviceId, url, routes },
        { id: otherServiceId, url },
      ],
      ...Object.fromEntries(samples),
    });
    return host;
  };
}

function routeTo(host: string): Data {
  return { hosts: [host], paths: ['/'], strip_path: false };
}

/** The sample rows of an entity as one hands them in: secrets in clear. */
function sampleRows(entity: string): readonly Data[] {
  const rows: readonly Data[] = sampleEntities[entity as keyof typeof sampleEntities];
  return rows.map((row) => ({ ...row, ...sampleSecrets[row['id'] as string] }));
}

function exchange(
  port: number,
  host: string,
  request: NonNullable<PluginStep['request']>,
): Promise<Omit<StepOutcome, 'upstream'>> {
  const { method = 'GET', path = '/', query, headers = {}, body } = request;
  const lines = [
    ['Host', host],
    ...Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
  ];
  const isChunked = 'transfer-encoding' in headers;
  if (body !== undefined && !isChunked) lines.push(['Content-Length', String(Buffer.byteLength(body))]);
  return new Promise((resolve, reject) => {
    const target = query === undefined ? path : `${path}?${query}`;
    const ask = request.scheme === 'https' ? httpsRequest : httpRequest;
    const sent = ask(
      {
        host: '127.0.0.1',
        port,
        method,
        path: target,
        headers: lines.flat() as readonly string[],
        agent: false,
        rejectUnauthorized: false,
        ...request.certificate,
      },
      (incoming) => {
        bodyOf(incoming).then(
          (text) => resolve({ status: incoming.statusCode!, headers: tableOf(incoming), body: text }),
          reject,
        );
      },
    );
    sent.on('error', reject).end(body);
  });
}

function tableOf({ rawHeaders }: IncomingMessage): StepOutcome['headers'] {
  const table: { [name: string]: string | string[] } = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    const known = table[name];
    // Node reads headers as Latin-1; the rows say what they are as UTF-8.
    const value = Buffer.from(rawHeaders[at + 1]!, 'latin1').toString('utf8');
    table[name] = known === undefined ? value : [known, value].flat();
  }
  return table;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
