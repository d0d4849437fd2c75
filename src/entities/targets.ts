import { defineEntity, f, formatAddress, parseAddress, type Stored, typedefs } from '../schema/index.ts';

const defaultPort = 8000;

/** One address of an upstream with its share of the traffic. */
export const targets = defineEntity({
  name: 'targets',
  primary_key: ['id'],
  endpoint_key: 'target',
  cache_key: ['upstream', 'target'],
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampMs(),
    updated_at: typedefs.autoTimestampMs(),
    upstream: f.foreign('upstreams', { required: true, on_delete: 'cascade' }),
    target: f.string({ required: true, custom_validator: checkTarget }),
    weight: f.integer({ default: 100, between: [0, 65535] }),
    tags: typedefs.tags(),
  },
  // Kong normalizes before it validates, and words the refusal differently there.
  shorthand_fields: {
    target: {
      field: f.string({
        len_min: 0,
        custom_validator: (target: string) => (isTarget(target) ? undefined : `Invalid target; ${wanted}`),
      }),
      expand: (target: string | null) => ({ target: target === null ? null : normalizeTarget(target) }),
    },
  },
});

/** A row of {@link targets}. */
export type Target = Stored<typeof targets>;

/** A target with its port, 8000 unless given, and addresses in their long form; unchanged when it is none. */
export function normalizeTarget(target: string): string {
  const address = parseAddress(target);
  return 'error' in address ? target : formatAddress(address, defaultPort);
}

const wanted = 'not a valid hostname or ip address';

function isTarget(target: string): boolean {
  return !('error' in parseAddress(target));
}

function checkTarget(target: string): string | undefined {
  if (isTarget(target)) return undefined;
  return target.isWellFormed() ? `Invalid target ('${target}'); ${wanted}` : `Invalid target; ${wanted}`;
}
