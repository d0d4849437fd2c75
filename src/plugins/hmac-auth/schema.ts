import { f } from '../../schema/index.ts';
import { algorithmNames } from './signature.ts';

/** Configuration of hmac-auth. */
export const config = {
  hide_credentials: f.boolean({
    required: true,
    default: false,
    description: 'Takes the signature out of the request before it goes to the upstream.',
  }),
  clock_skew: f.number({
    default: 300,
    gt: 0,
    description: 'Seconds by which the date of a request may differ from the time here, either way.',
  }),
  anonymous: f.string({
    description:
      'Id or username of the consumer that a request belongs to when its signature is missing or wrong. Without one such ' +
      'a request is refused with 401.',
  }),
  validate_request_body: f.boolean({
    required: true,
    default: false,
    description: 'True compares the body, which is read whole for that, with the header `Digest`.',
  }),
  enforce_headers: f.array(f.string(), {
    default: [],
    description: 'Headers that every signature must be of.',
  }),
  algorithms: f.array(f.string({ one_of: algorithmNames }), {
    default: algorithmNames,
    description: 'Algorithms that clients may sign with.',
  }),
  realm: f.string({ required: false, description: 'Realm named in the `WWW-Authenticate` header of a refusal.' }),
};
