import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../kernel/index.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { WorkerData } from './worker-data.ts';
import { createWorkerNode, type WorkerNode } from './worker-node.ts';

/** The entry of a worker thread: it builds the data plane and does what the main thread tells it. */
async function run(data: WorkerData): Promise<void> {
  const port = parentPort!;
  const send = (message: FromWorker): void => port.postMessage(message);
  let node: WorkerNode;
  try {
    node = await createWorkerNode(data, send);
  } catch (fault) {
    send({ type: 'refused', message: messageOf(fault) });
    return;
  }

  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'changes':
        node.apply(message.changes);
        send({ type: 'applied', version: message.version });
        return;
      case 'health':
        node.judge(message.verdicts);
        send({ type: 'applied', version: message.version });
        return;
      case 'found':
        node.answered(message.id, message.row);
        return;
      case 'failed':
        node.failed(message.id, message.message);
        return;
      case 'forget':
        node.forget();
        return;
      case 'count-dns':
        send({ type: 'dns-statistics', id: message.id, statistics: node.dnsStatistics() });
        return;
      case 'log-level':
        node.setLogLevel(message.level);
        return;
      case 'ticket-keys':
        node.setTicketKeys(message.keys);
        return;
      case 'listen':
        node.listen(message.ports).then(
          (ports) => send({ type: 'listening', ports }),
          (fault: unknown) => send({ type: 'refused', message: messageOf(fault) }),
        );
        return;
      case 'drain':
        void node.drain().then(() => {
          send({ type: 'drained' });
          port.close();
        });
        return;
    }
  });

  // One request's fault must not take the others down; what is left undone by it times out.
  process.on('uncaughtException', (fault) => {
    node.logger.crit(`Uncaught fault: ${fault.stack ?? fault.message}`);
  });
  process.on('unhandledRejection', (fault) => {
    node.logger.crit(`Unhandled rejection: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
  });
  send({ type: 'ready' });
}

if (!isMainThread) void run(workerData as WorkerData);
