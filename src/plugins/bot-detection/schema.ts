import { f, type Shorthands } from '../../schema/index.ts';

/** Configuration of bot-detection. */
export const config = {
  allow: f.array(f.string({ is_regex: true }), {
    default: [],
    description: 'Regular expressions for user agents that are let through, whatever else matches.',
  }),
  deny: f.array(f.string({ is_regex: true }), {
    default: [],
    description: 'Regular expressions for user agents that are not let through, beside those of well-known robots.',
  }),
};

/** The names that the lists had in Kong 2. */
export const shorthandFields: Shorthands = {
  whitelist: { field: f.array(f.string()), expand: (value: unknown) => ({ allow: value }) },
  blacklist: { field: f.array(f.string()), expand: (value: unknown) => ({ deny: value }) },
};
