import { f, typedefs } from '../../schema/index.ts';

/** Configuration of redirect. */
export const config = {
  status_code: f.integer({
    required: true,
    default: 301,
    between: [100, 599],
    description: 'Status of the answer.',
  }),
  location: typedefs.url({ required: true, description: 'The URL to which clients are sent.' }),
  keep_incoming_path: f.boolean({
    default: false,
    description: "True puts path and query of the request in place of the location's.",
  }),
};
