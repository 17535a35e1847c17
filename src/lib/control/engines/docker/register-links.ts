import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as v from 'valibot';
import { RefusedError, StoreError } from '../../../port/errors.js';
import type { RegisterKey } from './registers.js';

/** What a value may take in a label: deflated, and as JSON. In bytes. */
const maxDeflated = 8 * 1024 * 1024;
const maxJson = 64 * 1024 * 1024;

/**
 * One volume of a register. That of number 0 is no link but a mark: it is there since before the first link was taken
 * away, so that links that begin at 1 and have no mark beside them are all that there ever were.
 */
export interface RegisterLink {
  /** Name of the volume. */
  readonly volume: string;
  /** Same for all links of a register. */
  readonly chain: string;
  readonly key: RegisterKey;
  /** Counted from 1; 0 is the mark. */
  readonly revision: number;
  /** True for a tombstone, and for the mark. */
  readonly removed: boolean;
  /** Milliseconds since 1970 by the daemon's clock, to the second; 0 where it does not tell. */
  readonly createdAtMs: number;
  /** The value, null of a tombstone. Throws StoreError when it is none that was ever written. */
  value(): unknown;
}

const labels = v.object({
  'berth.register': v.picklist(['stack', 'release', 'service', 'secret', 'config']),
  'berth.namespace': v.string(),
  'berth.stack': v.string(),
  'berth.name': v.string(),
  'berth.revision': v.pipe(v.string(), v.regex(/^(0|[1-9][0-9]{0,14})$/), v.transform(Number)),
  'berth.value': v.optional(v.string()),
});
const volumeSchema = v.object({ Name: v.string(), CreatedAt: v.nullish(v.string()), Labels: labels });
const volumesSchema = v.object({ Volumes: v.nullish(v.array(v.unknown())) });

/** `berth_stack_0123456789abcdef_7`. */
export function volumeName(key: RegisterKey, revision: number): string {
  return `${chainName(key)}_${revision}`;
}

/** For messages. */
export function describeRegister({ kind, namespace, stack, name }: RegisterKey): string {
  const named = name === '' || kind === 'stack' ? `stack ${stack}` : `${kind} ${name} of stack ${stack}`;
  return `${named} (namespace ${namespace})`;
}

/** The links in an answer of `GET /volumes`. Volumes that only look like some are left out. */
export function linksOf(body: unknown): RegisterLink[] {
  const { Volumes: volumes } = v.parse(volumesSchema, body);
  return (volumes ?? []).flatMap((volume) => linkOf(volume) ?? []);
}

/** The link that a volume is, or null: labels can be given to any volume, but a link has the name that follows from them. */
export function linkOf(volume: unknown): RegisterLink | null {
  const parsed = v.safeParse(volumeSchema, volume);
  if (!parsed.success) return null;
  const { Name: name, CreatedAt: createdAt, Labels: found } = parsed.output;
  const revision = found['berth.revision'];
  const text = found['berth.value'];
  const key = {
    kind: found['berth.register'],
    namespace: found['berth.namespace'],
    stack: found['berth.stack'],
    name: found['berth.name'],
  };
  const chain = chainName(key);
  if (name !== `${chain}_${revision}`) return null;
  const createdAtMs = Date.parse(createdAt ?? '');
  return {
    volume: name,
    chain,
    key,
    revision,
    removed: text === undefined,
    createdAtMs: Number.isNaN(createdAtMs) ? 0 : createdAtMs,
    value: () => (text === undefined ? null : decodeValue(text, name)),
  };
}

/**
 * A value as text for a label.
 *
 * @param what for the message: whose value it is.
 * @throws RefusedError when it is too large.
 */
export function encodeValue(value: unknown, what: string): string {
  const json = JSON.stringify(value);
  const deflated = Buffer.byteLength(json) > maxJson ? null : deflateRawSync(json);
  if (deflated !== null && deflated.length <= maxDeflated) return deflated.toString('base64');
  throw new RefusedError(`${what} is too large to be kept on a Docker engine`, {
    hint: `It may take ${maxDeflated / 1024 / 1024} MB when it is compressed. Nothing was changed.`,
  });
}

/** @throws StoreError when it is none that `encodeValue` gave. */
function decodeValue(text: string, volume: string): unknown {
  try {
    const json = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: maxJson });
    return JSON.parse(json.toString());
  } catch (error) {
    throw new StoreError(`the volume ${volume}, in which berth keeps what it knows of a stack, is damaged`, {
      hint: `See what it is with \`docker volume inspect ${volume}\`.`,
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}

/** JSON keeps the parts apart, whatever is in them. */
function chainName({ kind, namespace, stack, name }: RegisterKey): string {
  const hash = createHash('sha256').update(JSON.stringify([namespace, stack, name]));
  return `berth_${kind}_${hash.digest('hex').slice(0, 16)}`;
}
