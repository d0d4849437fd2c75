import { isIP } from 'node:net';
import { createLru } from '../../kernel/index.ts';
import { definePlugin, type Handler, type Kong, kongVersion } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { createAddressList } from './address-list.ts';
import { config, entityChecks, shorthandFields } from './schema.ts';

/** ip-restriction: lets clients through by their addresses. */
export const ipRestriction = definePlugin({
  name: 'ip-restriction',
  version: kongVersion,
  priority: 990,
  config,
  shorthand_fields: shorthandFields,
  entity_checks: entityChecks,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  default_protocols: ['http', 'https', 'tcp', 'tls', 'grpc', 'grpcs'],
  setup: () => (stored) => {
    const check = createCheck(stored);
    return { access: check, preread: check };
  },
});

function createCheck({ allow, deny, status, message }: StoredOf<typeof config>): Handler {
  const denied = deny === null || deny.length === 0 ? undefined : createAddressList(deny);
  const allowed = allow === null || allow.length === 0 ? undefined : createAddressList(allow);

  /** Looking through the lists takes ten times as long as looking here. */
  const known = createLru<string, boolean>(knownAddresses);

  function mayPass(address: string): boolean {
    const before = known.get(address);
    if (before !== undefined) return before;
    const may = denied?.has(address) !== true && allowed?.has(address) !== false;
    known.set(address, may);
    return may;
  }

  return (kong) => {
    const address = kong.client.getForwardedIp();
    if (isIP(address) === 0) return refuse(kong, 403, unidentified);
    if (!mayPass(address)) refuse(kong, status ?? 403, message ?? `IP address not allowed: ${address}`);
  };
}

/** How many clients' verdicts are kept for each configuration. */
const knownAddresses = 1000;

const unidentified = 'Cannot identify the client IP address, unix domain sockets are not supported.';

function refuse(kong: Kong, status: number, message: string): void {
  kong.log.warn(message);
  kong.response.error(status, message);
}
