import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSerializeValue, type LogFacts, logEntry, type SerializeValue } from './log-entry.ts';

const facts: LogFacts = {
  requestId: 'r1',
  uri: '/a?b=1',
  scheme: 'https',
  host: 'example.com',
  port: 8443,
  query: { b: '1' },
  method: 'GET',
  requestHeaders: { host: 'example.com', authorization: 'Basic x', 'proxy-authorization': 'y' },
  requestSize: 80,
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' },
  upstreamUri: '/a?b=1',
  upstreamStatus: '200',
  status: 200,
  responseHeaders: { 'content-length': '0' },
  responseSize: 120,
  latencies: { kong: 1, proxy: 2, request: 4, receive: 1 },
  tries: [{ ip: '127.0.0.1', port: 80, balancer_start: 1, balancer_latency: 0 }],
  credential: { id: 'k1', consumer: { id: 'c1' } },
  consumer: { id: 'c1', username: 'bob' },
  route: { id: 'ro1', tags: { deep: true } },
  service: { id: 's1' },
  clientIp: '10.0.0.1',
  startedAt: 1_700_000_000_000,
  source: 'service',
  workspace: 'w1',
  workspaceName: 'default',
};

test('the entry has the fields of Kong 3.9, credentials in headers replaced', () => {
  assert.deepEqual(logEntry(facts), {
    request: {
      id: 'r1',
      uri: '/a?b=1',
      url: 'https://example.com:8443/a?b=1',
      querystring: { b: '1' },
      method: 'GET',
      headers: { host: 'example.com', authorization: 'REDACTED', 'proxy-authorization': 'REDACTED' },
      size: 80,
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' },
    },
    upstream_uri: '/a?b=1',
    upstream_status: '200',
    response: { status: 200, headers: { 'content-length': '0' }, size: 120 },
    latencies: { kong: 1, proxy: 2, request: 4, receive: 1 },
    tries: [{ ip: '127.0.0.1', port: 80, balancer_start: 1, balancer_latency: 0 }],
    authenticated_entity: { id: 'k1', consumer_id: 'c1' },
    route: { id: 'ro1', tags: { deep: true } },
    service: { id: 's1' },
    consumer: { id: 'c1', username: 'bob' },
    client_ip: '10.0.0.1',
    started_at: 1_700_000_000_000,
    source: 'upstream',
    workspace: 'w1',
    workspace_name: 'default',
  });
});

test('what is not known is left out', () => {
  const optional = ['tls', 'tries', 'credential', 'consumer', 'route', 'service', 'workspace', 'workspaceName'];
  const bare = Object.fromEntries(Object.entries(facts).filter(([name]) => !optional.includes(name)));
  const entry = logEntry({ ...(bare as unknown as LogFacts), source: 'exit' });
  assert.deepEqual(Object.keys(entry), [
    'request',
    'upstream_uri',
    'upstream_status',
    'response',
    'latencies',
    'client_ip',
    'started_at',
    'source',
  ]);
  assert.equal(entry['source'], 'kong');
  assert.equal('tls' in (entry['request'] as object), false);
});

function after(...values: SerializeValue[]): { [field: string]: unknown } {
  return logEntry(facts, values);
}

test('values are set at dotted paths, records made on the way', () => {
  const entry = after({ key: 'a.b.c', value: 1, mode: 'set' }, { key: 'a.b.d', value: [true], mode: 'add' });
  assert.deepEqual(entry['a'], { b: { c: 1, d: [true] } });
});

test('an added value does not replace, a replaced one must be there', () => {
  const entry = after(
    { key: 'client_ip', value: 'x', mode: 'add' },
    { key: 'nothing', value: 'x', mode: 'replace' },
    { key: 'no.thing', value: 'x', mode: 'replace' },
    { key: 'source', value: 'x', mode: 'replace' },
  );
  assert.deepEqual(
    [entry['client_ip'], entry['nothing'], entry['no'], entry['source']],
    ['10.0.0.1', undefined, undefined, 'x'],
  );
});

test('no value takes the field away', () => {
  const entry = after(
    { key: 'request.headers', value: undefined, mode: 'set' },
    { key: 'route', value: null, mode: 'set' },
  );
  assert.equal('headers' in (entry['request'] as object), false);
  assert.equal('route' in entry, false);
});

test('what belongs to others stays as it was', () => {
  assert.deepEqual((after({ key: 'route.tags.deep', value: 2, mode: 'set' })['route'] as { tags: object }).tags, {
    deep: 2,
  });
  assert.deepEqual(facts.route, { id: 'ro1', tags: { deep: true } });
});

test('a path reaches no prototype', () => {
  after(
    { key: '__proto__.polluted', value: 1, mode: 'set' },
    { key: 'constructor.prototype.polluted', value: 1, mode: 'set' },
  );
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

test('a dot at the start belongs to the name', () => {
  assert.deepEqual(after({ key: '.a.b', value: 1, mode: 'set' })['.a'], { b: 1 });
});

test('wrong uses are refused with the texts of Kong', () => {
  const loop: { self?: object } = {};
  loop.self = loop;
  for (const value of [loop, () => {}, Symbol('x')]) {
    assert.throws(() => after({ key: 'a', value, mode: 'set' }), /^GibbonError: value must be nil, a number, string/);
  }
  assert.throws(() => after({ key: 'client_ip.x', value: 1, mode: 'set' }), {
    message:
      "The key 'client_ip.x' could not be used as a serialize value. " +
      "Subkey 'client_ip' is not a table. It's 10.0.0.1",
  });
  assert.throws(() => checkSerializeValue(1, 'set'), { message: 'key must be a string' });
  assert.throws(() => checkSerializeValue('a', 'put'), { message: "mode must be 'set', 'add' or 'replace'" });
});
