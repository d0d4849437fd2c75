import { STATUS_CODES } from 'node:http';

const lines: string[] = [];
for (let status = 100; status < 600; status += 1) lines[status] = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;

/** Code and reason, such as `200 OK`, as they follow the version in a status line. */
export function statusLine(status: number): string {
  return lines[status] ?? `${status} Unknown`;
}
