import { defaultFrameSize, defaultWindow, ErrorCode, maxWindow, readUint32, Setting } from './frames.ts';

/** What a peer said of itself, so far as we act upon it. */
export interface PeerSettings {
  headerTableSize: number;
  initialWindowSize: number;
  maxFrameSize: number;
  /** Streams that may be open at once. */
  maxConcurrentStreams: number;
}

/** What holds until a peer says something else (RFC 9113 section 6.5.2). */
export function createPeerSettings(): PeerSettings {
  return {
    headerTableSize: 4096,
    initialWindowSize: defaultWindow,
    maxFrameSize: defaultFrameSize,
    maxConcurrentStreams: Number.POSITIVE_INFINITY,
  };
}

/** Takes over the payload of a SETTINGS frame. Returns 0, or the error code for the connection. */
export function readSettings(settings: PeerSettings, bytes: Uint8Array, start: number, end: number): number {
  if ((end - start) % 6 !== 0) return ErrorCode.frameSizeError;
  for (let at = start; at < end; at += 6) {
    const value = readUint32(bytes, at + 2);
    switch ((bytes[at]! << 8) | bytes[at + 1]!) {
      case Setting.headerTableSize:
        settings.headerTableSize = value;
        break;
      case Setting.enablePush:
        if (value > 1) return ErrorCode.protocolError;
        break;
      case Setting.maxConcurrentStreams:
        settings.maxConcurrentStreams = value;
        break;
      case Setting.initialWindowSize:
        if (value > maxWindow) return ErrorCode.flowControlError;
        settings.initialWindowSize = value;
        break;
      case Setting.maxFrameSize:
        if (value < defaultFrameSize || value > 0xff_ffff) return ErrorCode.protocolError;
        settings.maxFrameSize = value;
        break;
      default:
      // RFC 9113 section 6.5.2: unknown ones are ignored.
    }
  }
  return 0;
}
