import { connect } from 'node:net';
import { definePlugin, f, type Handlers, type Kong, type PluginDefinition } from 'gibbon-gateway/pdk';

const phases = ['certificate', 'rewrite', 'access', 'response', 'header_filter', 'body_filter', 'log'] as const;

type Phase = (typeof phases)[number];

const config = {
  /** Phases that leave a line `probe <label> <phase>` in the error log. */
  marks: f.set(f.string({ one_of: phases }), { default: [] }),
  label: f.string({ default: 'probe' }),
  /** The phase in which `does` happens. */
  phase: f.string({ one_of: phases, default: 'access' }),
  does: f.string({
    one_of: [
      'nothing',
      'throw',
      'reject',
      'wait',
      'exit',
      'error',
      'kill',
      'header',
      'status',
      'method',
      'read',
      'strings',
      'value',
      'buffer',
      'authenticate',
      'query',
      'replace',
    ],
    default: 'nothing',
  }),
  text: f.string({ len_min: 0, default: '' }),
  status: f.integer({ default: 200 }),
  /** Where `wait` waits: it connects, says its label and goes on when the connection ends. */
  gate: f.integer({ default: 0 }),
} as const;

interface ProbeConfig {
  readonly marks: readonly Phase[] | null;
  readonly label: string | null;
  readonly phase: string | null;
  readonly does: string | null;
  readonly text: string | null;
  readonly status: number | null;
  readonly gate: number | null;
}

/** A plugin that does in one phase what its configuration says, and tells when it is called. */
export function defineProbe(name: string, priority: number): PluginDefinition<typeof config> {
  return definePlugin({
    name,
    version: '1.0.0',
    priority,
    config,
    setup: () => (given) => handlersOf(given as ProbeConfig),
  });
}

function handlersOf(given: ProbeConfig): Handlers {
  const label = given.label ?? '';
  const marks = given.marks ?? [];
  const takesPart = (phase: Phase): boolean =>
    marks.includes(phase) || (given.phase === phase && given.does !== 'nothing');

  const act =
    (phase: Phase) =>
    (kong: Kong): void | Promise<void> => {
      if (marks.includes(phase)) kong.log.notice(`probe ${label} ${phase}`);
      if (given.phase === phase) return perform(kong, given);
    };
  return {
    ...(takesPart('certificate') && { certificate: act('certificate') }),
    ...(takesPart('rewrite') && { rewrite: act('rewrite') }),
    ...(takesPart('access') && { access: act('access') }),
    ...(takesPart('response') && { response: act('response') }),
    // What plugins in plain JavaScript may do, whatever the types say: a header filter that is asynchronous.
    ...(takesPart('header_filter') && { headerFilter: act('header_filter') as (kong: Kong) => void }),
    ...(takesPart('body_filter') && {
      bodyFilter(kong: Kong, _chunk: Uint8Array, last: boolean): Uint8Array | undefined {
        if (marks.includes('body_filter') && last) kong.log.notice(`probe ${label} body_filter`);
        if (given.phase !== 'body_filter') return undefined;
        // What plugins in plain JavaScript may do, whatever the types say.
        if (given.does === 'strings') return 'no bytes' as unknown as Uint8Array;
        if (given.does === 'replace') return Buffer.from(last ? (given.text ?? '') : '');
        return perform(kong, given) as unknown as undefined;
      },
    }),
    ...(takesPart('log') && { log: act('log') }),
  };
}

function perform(kong: Kong, given: ProbeConfig): void | Promise<void> {
  const text = given.text ?? '';
  const status = given.status ?? 200;
  switch (given.does) {
    case 'throw':
      throw new Error(`probe ${given.label} throws`);
    case 'reject':
      return Promise.reject(new Error(`probe ${given.label} rejects`));
    case 'wait':
      return wait(given.gate ?? 0, given.label ?? '');
    case 'exit':
      kong.response.exit(status, text);
      return;
    case 'error':
      kong.response.error(status, text === '' ? undefined : text);
      return;
    case 'kill':
      process.exit(3);
      return;
    case 'header':
      kong.response.setHeader('X-Probe', text);
      return;
    case 'status':
      kong.response.setStatus(status);
      return;
    case 'method':
      kong.service.request.setMethod(text);
      return;
    case 'query':
      kong.service.request.setRawQuery(text);
      return;
    case 'buffer':
      kong.service.request.enableBuffering();
      return;
    case 'authenticate':
      kong.client.authenticate({ id: text, username: 'probe' }, null);
      return;
    case 'value':
      // A handler that returns something that is neither nothing nor a promise.
      return 0 as unknown as undefined;
    case 'read':
      return kong.request.getRawBody().then((body) => kong.response.setHeader('X-Body-Length', String(body.length)));
    default:
  }
}

function wait(port: number, label: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${label}\n`));
    socket.resume();
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
}

export const plugin = defineProbe('probe', 1500);
