import { type Answer, badRequest, type Endpoint, type Handler } from '../endpoint.ts';

const disabled: Answer = badRequest('this endpoint is only available when wasm is enabled');

const whole = ['GET', 'PUT', 'PATCH', 'DELETE'] as const;
const list = ['GET', 'POST'] as const;
const read = ['GET'] as const;

const paths: readonly (readonly [path: string, methods: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[]])[] = [
  ['/filter-chains', list],
  ['/filter-chains/:filter_chains', whole],
  ['/filter-chains/:filter_chains/route', whole],
  ['/filter-chains/:filter_chains/service', whole],
  ['/routes/:routes/filter-chains', list],
  ['/routes/:routes/filter-chains/:filter_chains', whole],
  ['/services/:services/filter-chains', list],
  ['/services/:services/filter-chains/:filter_chains', whole],
  ['/routes/:routes/filters/enabled', read],
  ['/routes/:routes/filters/disabled', read],
  ['/routes/:routes/filters/all', read],
];

/** The endpoints of filter chains, all of which answer that wasm is switched off (Kong 3.4). */
export function filterChainEndpoints(): Endpoint[] {
  const refuse: Handler = async () => disabled;
  return paths.map(([path, methods]) => ({
    path,
    methods: Object.fromEntries(methods.map((method) => [method, refuse])),
  }));
}

/** `/schemas/filters/:name`: no filter is installed. */
export function filterSchemaEndpoint(): Endpoint {
  return {
    path: '/schemas/filters/:name',
    methods: {
      GET: async ({ params }) => ({ status: 404, body: { message: `Filter '${params.name ?? ''}' not found` } }),
    },
  };
}
