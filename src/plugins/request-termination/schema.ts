import { f, typedefs } from '../../schema/index.ts';

/** Configuration of request-termination. */
export const config = {
  status_code: f.integer({
    required: true,
    default: 503,
    between: [100, 599],
    description: 'Status of the answer.',
  }),
  message: f.string({ description: 'The `message` of the JSON body.' }),
  content_type: f.string({ description: 'Content type of `body`.' }),
  body: f.string({ description: 'The body, sent as it is. It cannot be combined with `message`.' }),
  echo: f.boolean({
    required: true,
    default: false,
    description: 'True answers with a description of the request and of what it was matched with.',
  }),
  trigger: typedefs.headerName({
    description: 'Only requests with a header or a query argument of this name are answered; all others pass.',
  }),
};
