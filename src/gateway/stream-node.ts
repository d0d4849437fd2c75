import type { Balancers } from '../balancer/index.ts';
import { type Clock, GibbonError, type Logger, messageOf } from '../kernel/index.ts';
import {
  createStreamAccessLog,
  createStreamPicker,
  listenStream,
  type ProxyListener,
  type ProxyRuntime,
  type StreamRuntime,
} from '../proxy/index.ts';
import type { Settings } from '../settings/index.ts';
import type { CertificateStore } from '../tls/index.ts';
import { openAccessLog, openLog } from './log-file.ts';

/** What {@link createStreamNode} needs of its worker. */
export interface StreamNodeOptions {
  readonly settings: Settings;
  readonly runtime: ProxyRuntime;
  readonly balancers: Balancers;
  readonly certificates: CertificateStore;
  readonly clock: Clock;
}

/** The raw streams of one worker. */
export interface StreamNode {
  readonly logger: Logger;
  /** Opens the listeners; `ports` are used where the settings say 0. Returns the ports in use. */
  listen(ports: readonly number[]): Promise<readonly number[]>;
  /** Stops accepting and resolves once all streams are over. */
  drain(): Promise<void>;
}

/** Creates the {@link StreamNode} of a worker; without `stream_listen` it does nothing. */
export function createStreamNode(options: StreamNodeOptions): StreamNode {
  const { settings, runtime, balancers, certificates, clock } = options;
  const { prefix, stream_listen: addresses } = settings;
  const isOn = addresses.length > 0;
  const logger =
    !isOn || settings.proxy_stream_error_log === settings.proxy_error_log
      ? runtime.logger
      : openLog(prefix, settings.proxy_stream_error_log, settings.log_level, runtime.node.worker + 1);
  const accessLog = isOn ? openAccessLog(prefix, settings.proxy_stream_access_log) : undefined;
  const streams: StreamRuntime = {
    ...runtime,
    logger,
    picker: createStreamPicker(balancers),
    logAccess: accessLog === undefined ? undefined : createStreamAccessLog(accessLog, clock),
  };
  let listeners: readonly ProxyListener[] = [];
  return {
    logger,
    async listen(ports) {
      listeners = await Promise.all(
        addresses.map((address, at) =>
          listenStream(
            streams,
            {
              host: address.host,
              port: address.port === 0 ? (ports[at] ?? 0) : address.port,
              ssl: address.ssl,
              udp: address.udp,
              proxyProtocol: address.proxy_protocol,
              ...(address.backlog === undefined ? {} : { backlog: address.backlog }),
              ...(address.ipv6only === undefined ? {} : { ipv6Only: address.ipv6only }),
            },
            { certificates, options: certificates.serverOptions },
          ).catch((fault: unknown) => {
            throw new GibbonError(`Cannot listen on "${address.text}": ${messageOf(fault)}`, {
              code: 'ERR_STREAM_LISTEN',
              cause: fault,
            });
          }),
        ),
      );
      return listeners.map((listener) => listener.port);
    },
    async drain() {
      await Promise.all(listeners.map((listener) => listener.drain()));
    },
  };
}
