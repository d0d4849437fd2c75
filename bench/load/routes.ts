/** Routes beside the one that the benchmark asks for. */
export interface RouteSet {
  readonly count: number;
  /** As fields, or each as an expression. */
  readonly kind: 'fields' | 'expressions';
}

type Fields = Readonly<Record<string, unknown>>;

/** A route that no request of the benchmark takes, spread over hosts and paths. */
export function otherRoute(number: number, kind: RouteSet['kind']): Fields {
  const host = `host-${number % 100}.test`;
  const path = `/api/v${number % 7}/resource-${number}`;
  const name = `other-${number}`;
  if (kind === 'fields') return { name, hosts: [host], paths: [path] };
  return { name, expression: `http.host == "${host}" && http.path ^= "${path}"`, priority: 1 };
}

/** A declarative configuration with a service, the route that is asked for, and others. */
export function declarationOf(upstream: string, { count, kind }: RouteSet): Fields {
  const asked = kind === 'fields' ? { paths: ['/'] } : { expression: 'http.path ^= "/"' };
  const routes = [
    { name: 'bench', strip_path: false, ...asked },
    ...Array.from({ length: count }, (_, number) => otherRoute(number, kind)),
  ];
  return { _format_version: '3.0', services: [{ name: 'bench', url: upstream, routes }] };
}
