import type { Kong, PluginHost, Row } from '../../pdk/index.ts';

/** What a client that asked for an echo gets: the node, its own request, and what that was matched with. */
export async function echoOf(kong: Kong, message: string | undefined, node: PluginHost['node']): Promise<Row> {
  const { request } = kong;
  const rawBody = await request.getRawBody();
  const parsed = await request.getBody();
  return {
    message,
    kong: { node_id: kong.node.getId(), worker_pid: node.pid, hostname: kong.node.getHostname() },
    request: {
      scheme: request.getScheme(),
      host: request.getHost(),
      port: request.getPort(),
      headers: request.getHeaders(),
      query: request.getQuery(),
      ...(parsed.ok && { body: parsed.body }),
      raw_body: Buffer.from(rawBody, 'latin1').toString('utf8'),
      method: request.getMethod(),
      path: request.getPath(),
      uri_captures: request.getUriCaptures(),
    },
    matched_route: kong.router.getRoute(),
    matched_service: kong.router.getService(),
  };
}
