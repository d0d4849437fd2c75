import { createSecureContext, type SecureContext } from 'node:tls';
import type { UpstreamHealth } from '../admin/index.ts';
import { createHealthLedger, createProber, type HealthLedger, type HealthVerdict } from '../balancer/index.ts';
import type { Database } from '../db/index.ts';
import type { DnsStatistics } from '../dns/index.ts';
import type { ClusterNotice, EntityChange } from '../events/index.ts';
import { createTimerWheel, GibbonError, type Logger, messageOf, systemClock } from '../kernel/index.ts';
import type { Row } from '../schema/index.ts';
import type { Settings } from '../settings/index.ts';
import { ownCertificateOf, trustedOf } from './pem.ts';
import { openResolver } from './resolver.ts';
import { loadAll } from './store.ts';

/** What {@link startNodeHealth} needs. */
export interface NodeHealthOptions {
  readonly database: Database;
  readonly settings: Settings;
  /** Puts secrets in place of references to vaults. */
  readonly resolve: (entity: string, row: Row) => Row;
  /** Port of the built-in echo upstream; 0 for none. */
  readonly echoPort: number;
  readonly logger: Logger;
  /** Tells all workers. */
  readonly announce: (verdicts: readonly HealthVerdict[]) => void;
}

/** The health of all upstreams as the node sees it; it outlives the workers. */
export interface NodeHealth {
  readonly ledger: HealthLedger;
  /** What operators see and set; what they set holds on all nodes of the store. */
  readonly shown: UpstreamHealth;
  /** Takes what another node lets this one know. */
  hear(notice: ClusterNotice): void;
  /** Takes rows that changed together. */
  apply(changes: readonly EntityChange[]): void;
  /** Takes new settings; what is known of addresses stays. */
  reload(settings: Settings): void;
  /** What the resolver that follows targets counted. */
  dnsStatistics(): DnsStatistics;
  close(): void;
}

/** What an operator set, as it goes from node to node: each has addresses of its own for a name. */
interface HealthOrder {
  readonly upstreamId: string;
  readonly targetId: string;
  readonly address: { readonly ip: string; readonly port: number } | null;
  readonly state: 'healthy' | 'unhealthy';
}

const orderTopic = 'upstream-health';
const refreshInterval = 1000;
/** Fine enough for intervals and time-outs of a tenth of a second. */
const tickMs = 50;
const slots = 64;

/**
 * Reads upstreams and targets from the store and begins to watch over them.
 * @throws GibbonError `ERR_STORE_READ` when the store cannot be read.
 */
export async function startNodeHealth(options: NodeHealthOptions): Promise<NodeHealth> {
  const { database, echoPort } = options;
  let settings = options.settings;
  const contexts = new Map<string, Promise<SecureContext>>();
  const wheel = createTimerWheel({ tickMs, slots });
  wheel.start();
  let resolver = openResolver({ settings, wheel, logger: options.logger, echoPort });

  async function readCertificate(id: string): Promise<{ cert: string; key: string }> {
    const found = await database.dao('certificates').select(id);
    if (!found.ok || found.value === undefined) {
      throw new GibbonError(`Cannot read certificate "${id}" of an upstream from the store`, {
        code: 'ERR_STORE_READ',
      });
    }
    const { cert, key } = options.resolve('certificates', found.value);
    return { cert: cert as string, key: key as string };
  }

  async function createContext(certificateId: string | undefined): Promise<SecureContext> {
    const trusted = trustedOf(settings);
    const own = certificateId === undefined ? ownCertificateOf(settings) : await readCertificate(certificateId);
    return createSecureContext({ ...(trusted.length === 0 ? {} : { ca: [...trusted] }), ...own });
  }

  const ledger = createHealthLedger({
    resolver: { resolve: (name, port) => resolver.resolve(name, port) },
    wheel,
    probe: createProber({
      wheel,
      secureContext(certificateId) {
        const key = certificateId ?? '';
        let context = contexts.get(key);
        if (context === undefined) {
          context = createContext(certificateId);
          contexts.set(key, context);
          // What failed now may go well after the next change.
          context.catch(() => contexts.delete(key));
        }
        return context;
      },
    }),
    announce: options.announce,
    defer: setImmediate,
    logger: options.logger,
    clock: systemClock,
  });

  function apply(changes: readonly EntityChange[]): void {
    for (const { entity, operation, row } of changes) {
      if (entity === 'certificates') contexts.clear();
      if (entity !== 'upstreams') continue;
      if (operation === 'delete') ledger.deleteUpstream(row.id as string);
      else ledger.putUpstream(row as never);
    }
    // After all upstreams: rows that changed together come in any order.
    for (const { entity, operation, row } of changes) {
      if (entity !== 'targets') continue;
      if (operation === 'delete') ledger.deleteTarget(row as never);
      else ledger.putTarget(row as never);
    }
  }

  for await (const changes of loadAll(database, options.resolve, ['upstreams', 'targets'])) apply(changes);
  const refresh = setInterval(() => ledger.refresh(), refreshInterval);
  refresh.unref();

  async function spread(order: HealthOrder): Promise<void> {
    try {
      await database.tell({ topic: orderTopic, data: { ...order } });
    } catch (fault) {
      // It holds here; as in Kong, that is what the operator is answered for.
      options.logger.error(`Cannot tell other nodes of the health of an upstream: ${messageOf(fault)}`);
    }
  }

  return {
    ledger,
    shown: {
      targets: (upstreamId) => ledger.targets(upstreamId),
      balancer: (upstreamId) => ledger.balancer(upstreamId),
      async set(upstreamId, targetId, address, state) {
        const outcome = ledger.set(upstreamId, targetId, address, state);
        if (outcome === 'set') await spread({ upstreamId, targetId, address: address ?? null, state });
        return outcome;
      },
    },
    hear({ topic, data }) {
      if (topic !== orderTopic) return;
      const { upstreamId, targetId, address, state } = data as unknown as HealthOrder;
      ledger.set(upstreamId, targetId, address ?? undefined, state);
    },
    apply,
    reload(given) {
      settings = given;
      resolver = openResolver({ settings: given, wheel, logger: options.logger, echoPort });
      contexts.clear();
    },
    dnsStatistics: () => resolver.statistics(),
    close() {
      clearInterval(refresh);
      wheel.stop();
      ledger.close();
    },
  };
}
