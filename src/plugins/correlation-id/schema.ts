import { f } from '../../schema/index.ts';

/** Configuration of correlation-id. */
export const config = {
  header_name: f.string({ default: 'Kong-Request-ID', description: 'The header that carries the id.' }),
  generator: f.string({
    required: true,
    default: 'uuid#counter',
    one_of: ['uuid', 'uuid#counter', 'tracker'],
    description: 'How an id is made: see below.',
  }),
  echo_downstream: f.boolean({
    required: true,
    default: false,
    description: 'True sends the id to the client too.',
  }),
};
