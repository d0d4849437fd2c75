import { definePlugin, type Handlers, type Kong, kongVersion } from '../../pdk/index.ts';
import { createGenerators, type Generator } from './generators.ts';
import { config } from './schema.ts';

/** correlation-id: gives every request an id that upstream, logs and, when told so, the client know it by. */
export const correlationId = definePlugin({
  name: 'correlation-id',
  version: kongVersion,
  priority: 100001,
  config,
  setup(host) {
    const generators = createGenerators(host);
    return (stored) =>
      createHandlers(stored.header_name ?? 'Kong-Request-ID', generators[stored.generator], stored.echo_downstream);
  },
});

function createHandlers(header: string, generate: Generator, echoes: boolean): Handlers {
  function access(kong: Kong): void {
    let id = kong.request.getHeader(header);
    if (id === undefined || id === '') {
      id = generate(kong);
      kong.service.request.setHeader(header, id);
    }
    kong.log.setSerializeValue('correlation_id', id);
    if (echoes) kong.ctx.plugin['id'] = id;
  }

  function headerFilter(kong: Kong): void {
    // Answers that were made before access, such as 404 without a route, have an id too.
    const known = (kong.ctx.plugin['id'] as string | undefined) ?? kong.request.getHeader(header);
    kong.response.setHeader(header, known === undefined || known === '' ? generate(kong) : known);
  }

  return echoes ? { access, headerFilter } : { access };
}
