import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseH2load } from './h2load.ts';
import { median, type Round, summarize } from './measure.ts';
import { parseOptions } from './options.ts';
import { formatResults } from './report.ts';
import { parseWrk } from './wrk.ts';

const report = `Running 4s test @ http://127.0.0.1:8000/small
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.60ms  520.83us  12.05ms   93.11%
    Req/Sec    40.35k     2.01k   43.35k    82.50%
  Latency Distribution
     50%    1.53ms
     75%    1.68ms
     90%  990.00us
     99%    3.86ms
  160683 requests in 4.00s, 38.46MB read
`;

describe('parseH2load', () => {
  it('reads requests, time and errors', () => {
    const text =
      'finished in 4.01s, 30675.00 req/s, 4.56MB/s\n' +
      'requests: 184050 total, 184150 started, 184050 done, 184040 succeeded, 10 failed, 2 errored, 1 timeout\n';
    const nothing = { p50: Number.NaN, p99: Number.NaN };
    assert.deepEqual(parseH2load(text), { requests: 184_040, seconds: 4.01, errors: 13, ...nothing });
    assert.throws(() => parseH2load('nothing'), /Cannot read the report of h2load/);
  });
});

describe('parseWrk', () => {
  it('reads requests, time and latencies', () => {
    assert.deepEqual(parseWrk(report), { requests: 160_683, seconds: 4, p50: 1.53, p99: 3.86, errors: 0 });
  });

  it('adds up errors of sockets and statuses', () => {
    const bad = `${report}  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 10\n`;
    assert.equal(parseWrk(bad).errors, 20);
  });

  it('refuses anything else', () => {
    assert.throws(() => parseWrk('unable to connect'), /Cannot read the report of wrk/);
  });
});

describe('median', () => {
  it('takes the middle', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
  });
});

describe('parseOptions', () => {
  it('has defaults, and refuses what it cannot do', () => {
    assert.deepEqual(parseOptions(['--scenario', 'proxy', '--rounds', '2']), {
      scenarios: ['proxy'],
      rounds: 2,
      seconds: 4,
      connections: 64,
      json: false,
      micro: false,
      admin: false,
      churn: false,
      routes: 50_000,
      changes: 50,
      plugins: false,
      plugin: [],
      subject: 'gibbon',
    });
    assert.throws(() => parseOptions(['--rounds', 'many']), /--rounds is "many": give a number of 1 or more/);
    assert.throws(() => parseOptions(['--subject', 'haproxy']), /say gibbon or nginx/);
  });
});

describe('formatResults', () => {
  it('aligns columns and compares by CPU time', () => {
    const round: Round = {
      requests: 4000,
      seconds: 4,
      requestsPerSecond: 1000,
      cpuPerRequest: 15,
      p50: 1,
      p99: 2,
      errors: 0,
    };
    const reference = summarize('nginx', [round], 10 * 1024 ** 2);
    const subject = summarize('gibbon', [{ ...round, cpuPerRequest: 20 }], 60 * 1024 ** 2);
    assert.equal(
      formatResults([{ scenario: 'proxy', reference, subject, ratio: 0.75 }]),
      [
        'scenario  subject  requests/s  CPU us/request  p50 ms  p99 ms  errors  MB  first = 1',
        'proxy     nginx          1000            15.0    1.00    2.00       0  10       1.00',
        '          gibbon         1000            20.0    1.00    2.00       0  60       0.75',
      ].join('\n'),
    );
  });
});
