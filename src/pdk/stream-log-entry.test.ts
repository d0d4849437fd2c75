import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type StreamLogFacts, streamLogEntry } from './stream-log-entry.ts';

const facts: StreamLogFacts = {
  received: 3,
  sent: 6,
  status: 200,
  serverPort: 5432,
  upstream: { received: 6, sent: 3 },
  latencies: { kong: 1, session: 20 },
  clientIp: '10.0.0.1',
  startedAt: 1_700_000_000_000,
};

describe('streamLogEntry', () => {
  it('leaves out what there is not', () => {
    assert.deepEqual(streamLogEntry(facts), {
      session: { received: 3, sent: 6, status: 200, server_port: 5432 },
      upstream: { received: 6, sent: 3 },
      latencies: { kong: 1, session: 20 },
      client_ip: '10.0.0.1',
      started_at: 1_700_000_000_000,
    });
  });

  it('has TLS, tries, route, service and workspace where they are known', () => {
    const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' };
    const tries = [{ ip: '10.0.0.2', port: 1, balancer_start: 1, balancer_latency: 0 }];
    const known = { tls, tries, route: { id: 'r' }, service: { id: 's' }, workspace: 'w', workspaceName: 'default' };
    const entry = streamLogEntry({ ...facts, ...known });
    assert.deepEqual(entry['session'], { tls, received: 3, sent: 6, status: 200, server_port: 5432 });
    assert.deepEqual(entry['tries'], tries);
    assert.deepEqual([entry['route'], entry['service']], [{ id: 'r' }, { id: 's' }]);
    assert.deepEqual([entry['workspace'], entry['workspace_name']], ['w', 'default']);
  });

  it('takes the values of plugins', () => {
    const entry = streamLogEntry(facts, [{ key: 'session.note', value: 'x', mode: 'set' }]);
    assert.equal((entry['session'] as { note: string }).note, 'x');
  });
});
