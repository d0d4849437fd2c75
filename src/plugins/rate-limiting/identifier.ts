import type { Kong, Row } from '../../pdk/index.ts';

/** What the identifier of a request is taken from. */
export interface IdentifierConfig {
  readonly limit_by: string | null;
  readonly header_name: string | null;
  readonly path: string | null;
}

/** Makes the function that says on whose account a request goes: the client's address where it has nothing better. */
export function createIdentifier(config: IdentifierConfig): (kong: Kong) => string {
  const find = finderOf(config);
  return (kong) => find(kong) ?? kong.client.getForwardedIp();
}

function finderOf({ limit_by, header_name, path }: IdentifierConfig): (kong: Kong) => string | undefined {
  switch (limit_by) {
    case 'service':
      return (kong) => idOf(kong.router.getService());
    case 'consumer':
      return (kong) => idOf(kong.client.getConsumer() ?? kong.client.getCredential());
    case 'credential':
      return (kong) => idOf(kong.client.getCredential());
    case 'header':
      return (kong) => kong.request.getHeader(header_name!);
    case 'path':
      return (kong) => (kong.request.getPath() === path ? path : undefined);
    default:
      return () => undefined;
  }
}

function idOf(row: Row | undefined): string | undefined {
  return row === undefined ? undefined : (row['id'] as string);
}
