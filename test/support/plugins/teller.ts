import { definePlugin, f, type Kong } from 'gibbon-gateway/pdk';

/** A plugin that asks the development kit everything, changes what it can, and tells the client in a header. */
export const plugin = definePlugin({
  name: 'teller',
  version: '1.0.0',
  priority: 20,
  config: { changes: f.boolean({ default: false }), refuses: f.boolean({ default: false }) },
  setup: () => (config) => ({
    async access(kong: Kong) {
      kong.ctx.shared['told'] = await ask(kong);
      kong.ctx.plugin['mine'] = 'kept';
      if (config.changes === true) await change(kong);
      if (config.refuses === true) {
        kong.response.exit(418, { told: kong.ctx.shared['told'], refusals: refusals(kong) }, { 'X-Exit': 'yes' });
      }
    },
    headerFilter(kong: Kong) {
      const { response, service } = kong;
      kong.log.setSerializeValue('teller.mine', kong.ctx.plugin['mine']);
      if (response.getSource() !== 'service') return;
      const told = {
        ...(kong.ctx.shared['told'] as object),
        source: response.getSource(),
        upstream: [service.response.getStatus(), service.response.getHeader('X-Up'), response.getStatus()],
        upstreamHeaders: service.response.getHeaders()?.['x-up'],
        mine: kong.ctx.plugin['mine'],
      };
      response.setStatus(201);
      response.clearHeader('X-Up');
      response.addHeader('X-Two', 'a');
      response.addHeader('X-Two', 'b');
      response.setHeaders({ 'X-Set': ['c', 'd'] });
      response.setHeader('X-Told', JSON.stringify({ ...told, two: response.getHeaders()['x-two'] }));
    },
    bodyFilter(kong: Kong) {
      if (config.changes !== true || kong.response.getSource() !== 'service') return;
      const body = kong.response.getRawBody();
      if (body !== undefined) kong.response.setRawBody(`${body}!`);
    },
    log(kong: Kong) {
      const entry = kong.log.serialize();
      kong.log.warn(`told ${JSON.stringify([entry['teller'], (entry['response'] as { status: number }).status])}`);
    },
  }),
});

async function ask({ request, client, router, node, ip, connection }: Kong): Promise<object> {
  return {
    request: [request.getScheme(), request.getHost(), request.getMethod(), request.getHttpVersion()],
    forwarded: [request.getForwardedScheme(), request.getForwardedHost(), request.getForwardedPort()],
    forwardedPath: [request.getForwardedPath(), request.getForwardedPrefix()],
    path: [request.getPath(), request.getRawPath(), request.getPathWithQuery(), request.getRawQuery()],
    query: [request.getQueryArg('a'), request.getQueryArg('flag'), request.getQueryArg('none'), request.getQuery()],
    headers: [request.getHeader('X_One'), request.getHeaderValues('x-many'), request.getHeaders()['x-many']],
    captures: request.getUriCaptures(),
    body: [await request.getRawBody(), await request.getBody()],
    isRecent: Math.abs(Date.now() - request.getStartTime()) < 60_000,
    client: [
      client.getIp(),
      client.getForwardedIp(),
      client.getProtocol(),
      client.getConsumer(),
      client.getCredential(),
    ],
    hasPorts: client.getPort() > 0 && request.getPort() > 0,
    router: [router.getRoute()?.['name'], router.getService()?.['name']],
    node: [/^[\da-f-]{36}$/.test(node.getId()), node.getHostname() !== '', typeof node.getMemoryStats()],
    trusted: [ip.isTrusted('127.0.0.1'), ip.isTrusted('10.0.0.1')],
    connection: [connection.getServerAddress(), connection.getRequestCount()],
  };
}

async function change({ service, request }: Kong): Promise<void> {
  service.setRetries(1);
  service.setTimeouts(1000, 1000, 1000);
  const to = service.request;
  to.setMethod('PUT');
  to.setPath('/changed');
  to.setQuery({ q: ['1', '2'], flag: true });
  to.setHeader('X-One', 'changed');
  to.addHeader('X-Many', 'three');
  to.setHeaders({ 'X-Set': 'set' });
  to.clearHeader('X-Gone');
  to.setBody({ changed: (await request.getRawBody()).length }, 'application/json');
}

/** What the kit says of calls that are wrong. */
function refusals({ response, service, request }: Kong): string[] {
  const calls = [
    () => response.setRawBody('x'),
    () => response.exit(20),
    () => response.setHeader('', 'x'),
    () => service.setTarget('a', 70_000),
    () => service.request.setMethod('NO SUCH'),
    () => service.response.getStatus(),
    () => request.getQuery(0),
  ];
  return calls.map((call) => {
    try {
      call();
      return 'nothing';
    } catch (fault) {
      return (fault as Error).message;
    }
  });
}
