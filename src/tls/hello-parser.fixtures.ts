/** An extension of a ClientHello. */
export function extension(type: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type);
  head.writeUInt16BE(data.length, 2);
  return Buffer.concat([head, data]);
}

/** The extension with one server name. */
export function nameExtension(name: string): Buffer {
  const text = Buffer.from(name, 'latin1');
  const head = Buffer.alloc(5);
  head.writeUInt16BE(text.length + 3);
  head.writeUInt16BE(text.length, 3);
  return extension(0, Buffer.concat([head, text]));
}

/** A ClientHello as a message of the handshake; without the field of extensions where they are undefined. */
export function helloOf(extensions: readonly Buffer[] | undefined): Buffer {
  const fields = [Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0, 2, 0x13, 0x01, 1, 0])];
  if (extensions !== undefined) {
    const all = Buffer.concat([...extensions]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(all.length);
    fields.push(length, all);
  }
  const body = Buffer.concat(fields);
  const head = Buffer.from([1, 0, 0, 0]);
  head.writeUIntBE(body.length, 1, 3);
  return Buffer.concat([head, body]);
}

/** A message in records of at most `size` bytes. */
export function inRecords(message: Uint8Array, size = 16_384): Buffer {
  const records: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    const head = Buffer.from([22, 3, 1, 0, 0]);
    head.writeUInt16BE(part.length, 3);
    records.push(head, part);
  }
  return Buffer.concat(records);
}
