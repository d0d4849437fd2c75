import { type EntityCheck, f, type Shorthands } from '../../schema/index.ts';

/** Configuration of acl. */
export const config = {
  allow: f.array(f.string(), {
    description: 'Groups that are let through; nobody else is. One of `allow` and `deny` must be given.',
  }),
  deny: f.array(f.string(), {
    description: 'Groups that are not let through; everybody else is.',
  }),
  hide_groups_header: f.boolean({
    required: true,
    default: false,
    description: 'True keeps the groups from the upstream.',
  }),
  always_use_authenticated_groups: f.boolean({
    required: true,
    default: false,
    description:
      'True prefers groups that an authentication plugin found out by itself, from a directory say, to those of the ' +
      'consumer. False does so only where there is no consumer, or an anonymous one.',
  }),
};

/** The names that the lists had in Kong 2. */
export const shorthandFields: Shorthands = {
  whitelist: { field: f.array(f.string()), expand: (value: unknown) => ({ allow: value }) },
  blacklist: { field: f.array(f.string()), expand: (value: unknown) => ({ deny: value }) },
};

/** One list, and not an empty one. */
export const entityChecks: readonly EntityCheck[] = [
  { only_one_of: ['config.allow', 'config.deny'] },
  { at_least_one_of: ['config.allow', 'config.deny'] },
];
