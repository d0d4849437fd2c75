import { type EntityCheck, f, type Shorthands, typedefs } from '../../schema/index.ts';

/** Configuration of ip-restriction. */
export const config = {
  allow: f.array(typedefs.ipOrCidr(), {
    description:
      'Addresses and ranges that are let through; no others are. At least one of `allow` and `deny` is needed.',
  }),
  deny: f.array(typedefs.ipOrCidr(), {
    description: 'Addresses and ranges that are not let through, whatever `allow` says.',
  }),
  status: f.number({ required: false, description: 'Status of a refusal; 403 unless given.' }),
  message: f.string({
    required: false,
    description: 'Message of a refusal; it names the address unless given.',
  }),
};

/** The names that the lists had in Kong 2. */
export const shorthandFields: Shorthands = {
  whitelist: { field: f.array(f.string()), expand: (value: unknown) => ({ allow: value }) },
  blacklist: { field: f.array(f.string()), expand: (value: unknown) => ({ deny: value }) },
};

/** One list is needed. */
export const entityChecks: readonly EntityCheck[] = [{ at_least_one_of: ['config.allow', 'config.deny'] }];
