import { dnsFailed } from './faults.ts';
import type { DnsRecord, NameServers, RecordType, Reply } from './records.ts';

/** Addresses or aliases as texts, SRV records as `priority weight port target`; a code; or no answer at all. */
type Answer = readonly string[] | readonly DnsRecord[] | number | 'silent';

/** Name servers whose answers are set by the test, under `TYPE name`; every question is noted, and can be held back. */
export function createFakeNameServers(ttl = 10) {
  const answers = new Map<string, Answer>();
  const extras = new Map<string, readonly DnsRecord[]>();
  const asked: string[] = [];
  let gate: Promise<void> | undefined;

  const servers: NameServers = {
    async ask(name, type): Promise<Reply> {
      const question = `${type} ${name}`;
      asked.push(question);
      if (gate !== undefined) await gate;
      const answer = answers.get(question) ?? 3;
      if (answer === 'silent') throw dnsFailed(name, 'no name server answered in time');
      if (typeof answer === 'number') return { code: answer, answers: [], extras: [] };
      const records = answer.map((one) => (typeof one === 'string' ? recordOf(name, type, one, ttl) : one));
      return { code: 0, answers: records, extras: extras.get(question) ?? [] };
    },
  };
  return {
    servers,
    answers,
    extras,
    asked,
    /** Holds answers back from now on, until the returned function is called. */
    hold: (): (() => void) => {
      let open = (): void => {};
      gate = new Promise((resolve) => {
        open = () => {
          gate = undefined;
          resolve();
        };
      });
      return open;
    },
  };
}

/** The record that a text of a test stands for. */
export function recordOf(owner: string, type: RecordType, text: string, ttl = 10): DnsRecord {
  if (type === 'CNAME') return { owner, ttl, type, target: text };
  if (type !== 'SRV') return { owner, ttl, type, ip: text };
  const [priority, weight, port, target] = text.split(' ');
  return {
    owner,
    ttl,
    type,
    priority: Number(priority),
    weight: Number(weight),
    port: Number(port),
    target: target!,
  };
}
