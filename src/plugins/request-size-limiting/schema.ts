import { f } from '../../schema/index.ts';

/** Configuration of request-size-limiting. */
export const config = {
  allowed_payload_size: f.integer({
    default: 128,
    description: 'The largest body that is let through, in `size_unit`.',
  }),
  size_unit: f.string({
    required: true,
    default: 'megabytes',
    one_of: ['megabytes', 'kilobytes', 'bytes'],
    description: 'Unit of `allowed_payload_size`; a kilobyte is 1024 bytes, a megabyte 1024 of these.',
  }),
  require_content_length: f.boolean({
    required: true,
    default: false,
    description: 'True refuses requests that do not tell their length, unless they are chunked.',
  }),
};
