import { definePlugin, f, type Kong } from 'gibbon-gateway/pdk';

const config = {
  /** What happens in preread. */
  does: f.string({
    one_of: ['nothing', 'exit', 'error', 'throw', 'wait', 'target', 'upstream', 'request'],
    default: 'nothing',
  }),
  status: f.integer({ default: 403 }),
  text: f.string({ default: 'no' }),
  port: f.integer({ default: 0 }),
} as const;

/** A plugin for raw streams that does in preread what its configuration says, and writes the entry of the stream into the log. */
export const plugin = definePlugin({
  name: 'stream-probe',
  version: '1.0.0',
  priority: 500,
  config,
  protocols: ['tcp', 'tls', 'tls_passthrough', 'udp', 'http'],
  setup: () => (given) => ({
    certificate: (kong) => kong.log.notice('probe certificate'),
    preread(kong): void | Promise<void> {
      kong.log.notice(`probe preread ${kong.client.getProtocol()} ${kong.client.getForwardedIp()}`);
      kong.log.setSerializeValue('probe.seen', true);
      return act(kong, given.does ?? '', given.status ?? 0, given.text ?? '', given.port ?? 0);
    },
    log: (kong) => kong.log.notice(`probe log ${JSON.stringify(kong.log.serialize())} end`),
  }),
});

function act(kong: Kong, does: string, status: number, text: string, port: number): void | Promise<void> {
  switch (does) {
    case 'exit':
      return kong.response.exit(status, text);
    case 'error':
      return kong.response.error(status, text);
    case 'throw':
      throw new Error(text);
    case 'wait':
      return new Promise((resolve) => setImmediate(resolve));
    case 'target':
      return kong.service.setTarget('127.0.0.1', port);
    case 'upstream':
      if (!kong.service.setUpstream(text)) kong.response.exit(503, 'no such upstream');
      return;
    case 'request':
      kong.request.getMethod();
      return;
  }
}
