import { f } from '../fields.ts';
import { typedef } from './typedef.ts';

/** For plugins that may not be attached to a route. */
export const noRoute = typedef(f.foreign('routes', { eq: null, typedef: 'no_route' }));

/** For plugins that may not be attached to a service. */
export const noService = typedef(f.foreign('services', { eq: null, typedef: 'no_service' }));

/** For plugins that may not be attached to a consumer. */
export const noConsumer = typedef(f.foreign('consumers', { eq: null, typedef: 'no_consumer' }));
