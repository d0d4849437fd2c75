import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

/** Functions of Kong's development kit by the only phases in which Kong 3.9 lets plugins call them. */
const facts: readonly (readonly [phases: string, functions: readonly string[]])[] = [
  [
    'access, response, header_filter, body_filter, log',
    [
      'client.get_credential',
      'client.load_consumer',
      'client.get_consumer',
      'client.get_protocol',
      'router.get_route',
      'router.get_service',
    ],
  ],
  ['access', ['client.authenticate', 'service.set_upstream', 'service.set_retries', 'service.set_timeouts']],
  ['certificate', ['client.tls.request_client_certificate', 'client.tls.disable_session_reuse']],
  ['rewrite, access, balancer, response, log', ['client.tls.get_full_client_certificate_chain']],
  ['rewrite, access, balancer, response', ['client.tls.set_client_verify']],
  [
    'rewrite, access, balancer, response, cluster_listener, header_filter, body_filter, log, error, admin_api',
    [
      'request.get_scheme',
      'request.get_host',
      'request.get_forwarded_scheme',
      'request.get_forwarded_host',
      'request.get_forwarded_port',
      'request.get_forwarded_path',
      'request.get_forwarded_prefix',
      'request.get_http_version',
      'request.get_method',
      'request.get_raw_path',
      'request.get_path_with_query',
      'request.get_raw_query',
      'request.get_query_arg',
      'request.get_query',
      'request.get_header',
      'request.get_headers',
      'request.get_start_time',
      'request.get_uri_captures',
    ],
  ],
  ['rewrite, access, response, error, admin_api', ['request.get_raw_body', 'request.get_body']],
  [
    'response, header_filter, body_filter, log, error, admin_api',
    ['response.get_status', 'response.get_header', 'response.get_headers', 'response.get_source'],
  ],
  [
    'rewrite, access, balancer, response, header_filter, error, admin_api',
    [
      'response.set_status',
      'response.set_header',
      'response.add_header',
      'response.clear_header',
      'response.set_headers',
      'response.exit',
      'response.error',
    ],
  ],
  ['body_filter', ['response.get_raw_body', 'response.set_raw_body']],
  ['rewrite, access, balancer, preread', ['service.set_target']],
  [
    'rewrite, access, balancer',
    [
      'service.request.set_scheme',
      'service.request.set_path',
      'service.request.set_header',
      'service.request.set_raw_body',
    ],
  ],
  [
    'rewrite, access',
    [
      'service.request.set_raw_query',
      'service.request.set_method',
      'service.request.set_query',
      'service.request.clear_query_arg',
      'service.request.add_header',
      'service.request.clear_header',
      'service.request.set_headers',
      'service.request.set_body',
    ],
  ],
  [
    'response, header_filter, body_filter, log',
    [
      'service.response.get_status',
      'service.response.get_header',
      'service.response.get_headers',
      'service.response.get_raw_body',
      'service.response.get_body',
    ],
  ],
  ['log', ['log.serialize']],
];
/** Functions that Kong lets plugins call wherever there is a request. */
const anywhere = [
  'client.get_ip',
  'client.get_forwarded_ip',
  'client.get_port',
  'client.get_forwarded_port',
  'request.get_port',
  'request.get_path',
];

/** What Kong says in the access phase to booleans in the place of arguments. */
const wrongArguments: { readonly [name: string]: string } = {
  'client.load_consumer': 'consumer_id must be a string',
  'client.authenticate': 'consumer must be a table or nil',
  'client.tls.set_client_verify':
    'unknown client verify value: true accepted values are: "SUCCESS", "NONE" or "FAILED:<reason>"',
  'request.get_query_arg': 'query argument name must be a string',
  'request.get_header': 'header name must be a string',
  'response.set_status': 'code must be a number',
  'response.set_header': 'invalid header name "true": got boolean, expected string',
  'response.add_header': 'invalid header name "true": got boolean, expected string',
  'response.clear_header': 'header name must be a string',
  'response.set_headers': 'headers must be a table',
  'response.exit': 'code must be a number',
  'response.error': 'code must be a number',
  'service.set_upstream': 'host must be a string',
  'service.set_target': 'host must be a string',
  'service.set_retries': 'retries must be an integer',
  'service.set_timeouts': 'connect_timeout must be an integer',
  'service.request.set_scheme': 'scheme must be a string',
  'service.request.set_path': 'path must be a string',
  'service.request.set_raw_query': 'query must be a string',
  'service.request.set_method': 'method must be a string',
  'service.request.set_query': 'args must be a table',
  'service.request.clear_query_arg': 'query argument name must be a string',
  'service.request.set_header': 'invalid header name "true": got boolean, expected string',
  'service.request.add_header': 'invalid header name "true": got boolean, expected string',
  'service.request.clear_header': 'header must be a string',
  'service.request.set_headers': 'headers must be a table',
  'service.request.set_raw_body': 'body must be a string',
  'service.request.set_body': 'args must be a table',
};

type Told = { readonly [phase: string]: { readonly [name: string]: string } };

describe('calls of the development kit, phase by phase', () => {
  let gateway: InProcessGateway;
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-phases-'));
  const upstream = createServer((_, answer) => answer.end('hello'));
  before(async () => {
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    gateway = await startTestGateway({ plugins: 'phases' });
    const { port } = upstream.address() as AddressInfo;
    await gateway.admin('POST', '/services', { name: 'told', url: `http://127.0.0.1:${port}` });
    await gateway.admin('POST', '/services/told/routes', { paths: ['/'] });
  });
  after(async () => {
    await gateway.stop();
    upstream.closeAllConnections();
    upstream.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function told(reads_answers: boolean): Promise<Told> {
    const file = join(folder, `${randomUUID()}.json`);
    const { body } = await gateway.admin('POST', '/plugins', { name: 'phases', config: { file, reads_answers } });
    assert.equal(await (await fetch(`http://127.0.0.1:${gateway.port}/`)).text(), 'hello');
    await until(() => existsSync(file));
    await gateway.admin('DELETE', `/plugins/${body.id}`, undefined, 204);
    return JSON.parse(readFileSync(file, 'utf8')) as Told;
  }

  function check(outcomes: Told, phases: readonly string[]): void {
    assert.deepEqual(Object.keys(outcomes), phases);
    for (const phase of phases) {
      for (const [allowed, names] of facts) {
        const refusal = `function cannot be called in ${phase} phase (only in: ${allowed})`;
        for (const name of names) {
          const outcome = outcomes[phase]![name]!;
          if (allowed.split(', ').includes(phase))
            assert.doesNotMatch(outcome, /cannot be called/, `${name} in ${phase}`);
          else assert.equal(outcome, refusal, `${name} in ${phase}`);
        }
      }
      for (const name of anywhere) assert.equal(outcomes[phase]![name], 'done', `${name} in ${phase}`);
      assert.equal(Object.keys(outcomes[phase]!).length, facts.flatMap(([, names]) => names).length + anywhere.length);
    }
  }

  it('are refused in the words of Kong where plugins filter answers', async () => {
    check(await told(false), ['rewrite', 'access', 'header_filter', 'body_filter', 'log']);
  });

  it('are refused in the words of Kong where arguments are of the wrong kind', async () => {
    const { access = {} } = await told(false);
    for (const [name, refusal] of Object.entries(wrongArguments)) assert.equal(access[name], refusal, name);
  });

  it('are refused in the words of Kong where a plugin reads answers whole', async () => {
    check(await told(true), ['rewrite', 'access', 'response', 'log']);
  });
});
