import type { Duplex } from 'node:stream';
import { FrameReader } from '../engine-api/frames.js';
import type { OutputChunk } from '../engine-api/api.js';

/** Bytes that are read ahead of whoever takes the output. */
const aheadBytes = 256 * 1024;

/**
 * What comes over a hijacked connection. It is read ahead, and kept when the connection breaks: a command that has ended
 * takes no more input, and the write that finds this out destroys the connection before all output was taken.
 */
export class SessionOutput {
  readonly #stream: Duplex;
  readonly #frames: FrameReader | null;
  #chunks: OutputChunk[] = [];
  #bytes = 0;
  #ended = false;
  #broken = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(stream: Duplex, tty: boolean) {
    this.#stream = stream;
    this.#frames = tty ? null : new FrameReader();
    stream.on('data', (chunk: unknown) => {
      if (Buffer.isBuffer(chunk)) this.#take(chunk);
    });
    stream.on('error', (error) => {
      const isReset = 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
      if (isReset) this.#broken ||= !this.#ended;
      else this.#failure ??= { error };
    });
    stream.once('end', () => this.#end());
    const onClose = (): void => {
      this.#broken ||= !this.#ended;
      this.#end();
    };
    // One that broke before anybody listened says so no more.
    if (stream.destroyed) onClose();
    else stream.once('close', onClose);
  }

  /** What the connection failed with. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** It ended in a way that may be the command's end, with input that nobody took any more, or the loss of it. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Everything, to the end of the connection. Leaving it, or coming to its end, destroys the connection. */
  async *read(): AsyncGenerator<OutputChunk, void, undefined> {
    try {
      for (;;) {
        const chunks = this.#chunks;
        this.#chunks = [];
        this.#bytes = 0;
        this.#stream.resume();
        for (const chunk of chunks) yield chunk;
        if (this.#chunks.length > 0) continue;
        if (this.#failure !== undefined) throw this.#failure.error;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#stream.destroy();
    }
  }

  #take(data: Buffer): void {
    try {
      if (this.#frames === null) this.#chunks.push({ stream: 'stdout', data });
      else for (const frame of this.#frames.push(data)) this.#chunks.push(frame);
    } catch (error) {
      this.#failure ??= { error };
      this.#stream.destroy();
    }
    this.#bytes += data.length;
    if (this.#bytes > aheadBytes) this.#stream.pause();
    this.#wake();
  }

  #end(): void {
    if (this.#ended) return;
    const rest = this.#frames?.end() ?? null;
    if (rest !== null) this.#chunks.push(rest);
    this.#ended = true;
    this.#wake();
  }
}
