import { f, typedefs } from '../../schema/index.ts';

/** Configuration of key-auth. */
export const config = {
  key_names: f.array(typedefs.headerName(), {
    required: true,
    default: ['apikey'],
    description:
      'Names under which the key is looked for, in this order. Letters, digits, underscores and hyphens are allowed.',
  }),
  hide_credentials: f.boolean({
    required: true,
    default: false,
    description: 'Takes the key out of the request before it goes to the upstream.',
  }),
  anonymous: f.string({
    description:
      'Id or username of the consumer that a request belongs to when its key is missing or wrong. Without one such a ' +
      'request is refused with 401.',
  }),
  key_in_header: f.boolean({ required: true, default: true, description: 'Looks for the key in the headers.' }),
  key_in_query: f.boolean({ required: true, default: true, description: 'Looks for the key in the query.' }),
  key_in_body: f.boolean({
    required: true,
    default: false,
    description:
      'Looks for the key in the body too, which is read whole for that: `application/x-www-form-urlencoded`, ' +
      '`application/json` and `multipart/form-data`.',
  }),
  run_on_preflight: f.boolean({
    required: true,
    default: true,
    description: 'False lets `OPTIONS` requests pass without a key.',
  }),
  realm: f.string({ required: false, description: 'Realm named in the `WWW-Authenticate` header of a refusal.' }),
};
