import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from './gateway.ts';
import { cpuMicros, freePorts, residentBytes } from './process.ts';

/**
 * What raw TCP streams cost: CPU time of the gateway for each megabyte, each message there and back, and each connection.
 * Clients and the server behind the gateway are this process. Run it alone: `node bench/load/streams.ts`.
 */

const megabyte = 1024 * 1024;
const block = Buffer.alloc(65_536, 7);
const message = Buffer.alloc(100, 7);

/** Sends back messages; to one that begins with `b` it sends megabytes without end. */
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', (first: Buffer) => {
    if (first[0] === 0x62) flood(socket);
    else {
      socket.write(first);
      socket.on('data', (bytes: Buffer) => socket.write(bytes));
    }
  });
});

function flood(socket: Socket): void {
  const fill = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', fill);
  fill();
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.on('error', reject);
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.destroy();
  });
}

async function download(port: number, connections: number, bytes: number): Promise<number> {
  let left = bytes;
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  await new Promise<void>((resolve) => {
    for (const socket of sockets) {
      socket.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left <= 0) resolve();
      });
      socket.write('b');
    }
  });
  await Promise.all(sockets.map(closed));
  return bytes / megabyte;
}

async function pingPong(port: number, connections: number, rounds: number): Promise<number> {
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = await open(port);
      await new Promise<void>((resolve) => {
        let left = rounds;
        socket.on('data', () => {
          left -= 1;
          if (left === 0) resolve();
          else socket.write(message);
        });
        socket.write(message);
      });
      await closed(socket);
    }),
  );
  return connections * rounds;
}

async function connectionEach(port: number, lanes: number, each: number): Promise<number> {
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let round = 0; round < each; round += 1) {
        const socket = await open(port);
        await new Promise<void>((resolve) => {
          socket.once('data', () => resolve());
          socket.write(message);
        });
        await closed(socket);
      }
    }),
  );
  return lanes * each;
}

async function run(): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const [streamPort = 0] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-streams-'));
  const gateway = await startGateway(
    {
      name: 'stream-tcp',
      async configure(create) {
        await create('/services', { name: 's', protocol: 'tcp', host: '127.0.0.1', port });
        await create('/services/s/routes', { protocols: ['tcp'], destinations: [{ port: streamPort }] });
      },
    },
    folder,
    [port],
    { KONG_STREAM_LISTEN: `127.0.0.1:${streamPort}`, KONG_PROXY_STREAM_ACCESS_LOG: 'off' },
  );

  async function measure(name: string, unit: string, work: () => Promise<number>): Promise<void> {
    const cpu = cpuMicros(gateway.pid);
    const since = performance.now();
    const count = await work();
    const seconds = (performance.now() - since) / 1000;
    const each = (cpuMicros(gateway.pid) - cpu) / count;
    console.log(
      `${name.padEnd(24)}${each.toFixed(1).padStart(9)} us CPU per ${unit}, ${(count / seconds).toFixed(0)} ${unit}s a second`,
    );
  }

  try {
    // Warm.
    await pingPong(streamPort, 8, 2000);
    await connectionEach(streamPort, 8, 200);
    await measure('download, 8 connections', 'MB', () => download(streamPort, 8, 1024 * megabyte));
    await measure('messages of 100 bytes', 'message', () => pingPong(streamPort, 32, 3000));
    await measure('connection per message', 'connection', () => connectionEach(streamPort, 16, 400));
    const idle = residentBytes(gateway.pid);
    const many = await Promise.all(Array.from({ length: 2000 }, () => open(streamPort)));
    const held = await Promise.all(
      many.map(
        (socket) =>
          new Promise<Socket>((resolve) => {
            socket.once('data', () => resolve(socket));
            socket.write(message);
          }),
      ),
    );
    console.log(`2000 open streams       ${((residentBytes(gateway.pid) - idle) / 2000 / 1024).toFixed(1)} KB each`);
    await Promise.all(held.map(closed));
  } finally {
    await gateway.stop();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await run();
process.exit(0);
