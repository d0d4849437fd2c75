import type { SecureContext } from 'node:tls';
import type { TimerWheel } from '../../../kernel/index.ts';
import { Attempt, type AttemptTls } from './attempt.ts';
import { askGrpc } from './grpc-probe.ts';
import { askHttp } from './http-probe.ts';
import type { Prober } from './probe.ts';

/** What {@link createProber} needs. */
export interface ProberOptions {
  readonly wheel: TimerWheel;
  /** Authorities to trust, and the certificate to show: that of the row, else the node's own if it has one. */
  readonly secureContext: (certificateId: string | undefined) => Promise<SecureContext>;
}

/** Creates the {@link Prober} of a node. Each question is a connection of its own, which ends with the answer. */
export function createProber({ wheel, secureContext }: ProberOptions): Prober {
  return async (target) => {
    const { type } = target.policy;
    let tls: AttemptTls | undefined;
    if (type === 'https' || type === 'grpcs') {
      const context = await secureContext(target.certificateId);
      tls = type === 'grpcs' ? { context, protocols: ['h2'] } : { context };
    }
    const onReady =
      type === 'tcp'
        ? (attempt: Attempt): void => attempt.end({ sign: 'success', detail: 'connected' })
        : type === 'http' || type === 'https'
          ? askHttp
          : askGrpc;
    return new Attempt(target, wheel, tls, onReady).result;
  };
}
