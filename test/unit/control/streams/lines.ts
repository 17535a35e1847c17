import fc from 'fast-check';
import type { LogLine } from '../../../../src/lib/port/logs.js';

const startMs = Date.parse('2026-01-01T00:00:00.000Z');

/** A line of a container at that many milliseconds from the start; null is without a time. */
export function line(atMs: number | null, text = '', container = 'web-1'): LogLine {
  const at = atMs === null ? null : new Date(startMs + atMs).toISOString();
  return { at, stack: 'shop', service: 'web', container, stream: 'stdout', text };
}

/** Few times and few texts, so that many are alike; some times differ by a nanosecond alone. In order of time. */
export const lines: fc.Arbitrary<LogLine[]> = fc
  .array(fc.tuple(fc.nat(5), fc.constantFrom('000', '000000', '000000001', '5'), fc.constantFrom('a', 'b')), {
    maxLength: 40,
  })
  .map((entries) =>
    entries
      .map(([second, fraction, text]) => ({ at: `2026-01-01T00:00:0${second}.${fraction.padEnd(3, '0')}Z`, text }))
      .sort((a, b) => nanoseconds(a.at) - nanoseconds(b.at))
      .map(({ at, text }) => ({ ...line(0, text), at })),
  );

/** From the start of the minute: small enough to be exact. */
export function nanoseconds(at: string): number {
  const [, second = '', fraction = ''] = /:(\d\d)\.(\d+)Z$/.exec(at) ?? [];
  return Number(second) * 1e9 + Number(fraction.padEnd(9, '0'));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
