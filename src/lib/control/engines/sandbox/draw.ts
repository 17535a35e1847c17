import { createHash } from 'node:crypto';

/** A number in [0, 1) that depends on the parts alone: how the sandbox throws dice without keeping any. */
export function draw(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join('\u0000')) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  // FNV alone leaves near neighbours near; the murmur3 finaliser spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** A whole number in [low, high], both included, that depends on the parts alone. */
export function drawBetween(low: number, high: number, ...parts: readonly (string | number)[]): number {
  return low + Math.floor(draw(...parts) * (high - low + 1));
}

/** An id in the layout of a version 4 UUID that depends on the parts alone. */
export function drawId(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
