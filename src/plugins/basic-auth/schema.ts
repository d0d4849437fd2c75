import { f } from '../../schema/index.ts';

/** Configuration of basic-auth. */
export const config = {
  anonymous: f.string({
    description:
      'Id or username of the consumer that a request belongs to when its user name or password is missing or wrong. ' +
      'Without one such a request is refused with 401.',
  }),
  hide_credentials: f.boolean({
    required: true,
    default: false,
    description: 'Takes the credentials out of the request before it goes to the upstream.',
  }),
  realm: f.string({
    required: true,
    default: 'service',
    description: 'Realm named in the `WWW-Authenticate` header of a refusal.',
  }),
};
