import { answerOk, type Endpoint } from '../endpoint.ts';
import type { AdminOptions } from '../types.ts';

/**
 * `/status/dns` with the numbers of all resolvers of the node. Kong answers so only with its second client, and so do we
 * with the settings that choose it (Kong 3.8).
 */
export function dnsStatusEndpoint({ dns }: AdminOptions): Endpoint {
  const refusal = { status: 501, body: { message: 'not implemented with the legacy DNS client' } };
  return {
    path: '/status/dns',
    methods: { GET: async () => (dns?.isNewClient === true ? answerOk(await report(dns)) : refusal) },
  };
}

/** `/debug/dns`: the same whatever client the settings choose. */
export function dnsDebugEndpoint(dns: NonNullable<AdminOptions['dns']>): Endpoint {
  return { path: '/debug/dns', methods: { GET: async () => answerOk(await report(dns)) } };
}

async function report(dns: NonNullable<AdminOptions['dns']>): Promise<object> {
  const { workers, statistics } = await dns.report();
  return { worker: { id: -1, count: workers }, stats: Object.fromEntries(statistics) };
}
