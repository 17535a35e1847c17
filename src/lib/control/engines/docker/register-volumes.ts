import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { isBerthError } from '../../../port/errors.js';
import { describeRegister, encodeValue, linkOf, linksOf, type RegisterLink, volumeName } from './register-links.js';
import type { EngineApi, RegisterEntry, RegisterFilter, RegisterKey, Registers } from './registers.js';

/** The newest link and the one before it. */
const keptLinks = 2;
/** Tombstones that are kept in a namespace however old they are; others for `tombstoneMs`. */
const keptTombstones = 50;
const tombstoneMs = 30 * 24 * 60 * 60 * 1000;
/** How often a list that contradicts itself is asked for again. */
const looks = 5;

const labelsSchema = v.object({ Labels: v.nullish(v.record(v.string(), v.string())) });

/**
 * Registers as volumes of a Docker engine (Engine API 1.24 and newer: `/volumes`). One link is one volume of the driver
 * `local`, whose labels hold the value.
 *
 * Why the newest link of a register is never taken away, and no write is lost. Let n be the newest.
 *
 * 1. Creating a volume that exists gives the labels of the first, so that one writer makes a link; its nonce tells who.
 * 2. A writer of link m takes away links up to m - 2, lowest first, after he has seen m - 1 beside his own. So while m - 1
 *    is there, m has not been taken away, and whoever sees m - 1 after making m was the first to make it.
 * 3. Where m - 1 is gone, a link above m has been made, unless the whole register was taken away: the writer has slept.
 *    He answers false, and what he made is below n and goes with the next write. Where he sees nothing above it, he takes
 *    it away himself, so that it is not taken for a register that is there.
 * 4. Before the first link there is none to look for. In its place stands the mark, which is made before link 1 is taken
 *    away and then stays: without it link 1 was made for the first time.
 *
 * So every removal but those of `remove` and `purge` is of a link below n. The daemon's list is not one moment: it takes
 * the names first and their labels after, and leaves out what was removed in between. None of the four needs more of it
 * than that it shows what is there all the while. A reader needs more: that n - 1 and n are there at every moment, and
 * the mark once n is above 2, shows him a list that has lost some, and he asks again.
 */
export function volumeRegisters(api: EngineApi): Registers {
  return new VolumeRegisters(api);
}

class VolumeRegisters implements Registers {
  readonly #api: EngineApi;

  constructor(api: EngineApi) {
    this.#api = api;
  }

  async read(key: RegisterKey, signal: AbortSignal): Promise<RegisterEntry | null> {
    if (key.kind === 'release') return this.#readOnly(key, signal);
    const newest = (await this.#chain(key, signal)).at(-1);
    return newest === undefined || newest.revision === 0
      ? null
      : { key, revision: newest.revision, value: newest.value() };
  }

  async list(filter: RegisterFilter, signal: AbortSignal): Promise<readonly RegisterEntry[]> {
    const chains = chainsOf(await this.#links(filter, signal));
    const sure = await Promise.all(
      chains.map(async ({ key, links }) => (isDoubtful(links) ? this.#chain(key, signal) : links)),
    );
    const newest = sure.flatMap((links) => links.at(-1) ?? []);
    return newest
      .filter(({ removed }) => !removed)
      .map((link) => ({ key: link.key, revision: link.revision, value: link.value() }));
  }

  async write(key: RegisterKey, revision: number, value: unknown, signal: AbortSignal): Promise<boolean> {
    const link = revision + 1;
    if (!(await this.#create(key, link, value, signal))) return false;
    if (key.kind === 'release') return true;
    const links = await (revision === 0 ? this.#chain(key, signal) : this.#links(key, signal));
    const isNewest = (links.at(-1)?.revision ?? link) <= link;
    const follows = revision === 0 || links.some((other) => other.revision === revision);
    if (isNewest && follows) {
      await this.#tidy(key, link, links, signal);
      return true;
    }
    if (isNewest) await this.#delete(volumeName(key, link), signal);
    return false;
  }

  async remove(key: RegisterKey, signal: AbortSignal): Promise<void> {
    if (key.kind !== 'stack' && key.kind !== 'service') return this.purge(key, Number.MAX_SAFE_INTEGER, signal);
    for (;;) {
      const newest = (await this.#chain(key, signal)).at(-1);
      if (newest === undefined || newest.removed) return;
      if (await this.write(key, newest.revision, null, signal)) break;
    }
    await this.#dropTombstones(key, signal);
  }

  async purge(key: RegisterKey, revision: number, signal: AbortSignal): Promise<void> {
    if (key.kind === 'release') return this.#delete(volumeName(key, 1), signal);
    const links = await this.#links(key, signal);
    const old = links.filter((link) => link.revision <= revision && (link.revision > 0 || isAll(links, revision)));
    for (const { volume } of old) await this.#delete(volume, signal);
  }

  /** One that is written once has one link, whose name is known. */
  async #readOnly(key: RegisterKey, signal: AbortSignal): Promise<RegisterEntry | null> {
    try {
      const path = `/volumes/${encodeURIComponent(volumeName(key, 1))}`;
      const link = linkOf((await this.#api.call({ method: 'GET', path }, signal)).body);
      return link === null ? null : { key, revision: link.revision, value: link.value() };
    } catch (error) {
      if (isBerthError(error) && error.code === 'not_found') return null;
      throw error;
    }
  }

  /** True when it was made by this call. */
  async #create(key: RegisterKey, revision: number, value: unknown, signal: AbortSignal): Promise<boolean> {
    const nonce = randomBytes(12).toString('hex');
    const body = {
      Name: volumeName(key, revision),
      Driver: 'local',
      Labels: {
        'berth.register': key.kind,
        'berth.namespace': key.namespace,
        'berth.stack': key.stack,
        'berth.name': key.name,
        'berth.revision': String(revision),
        'berth.nonce': nonce,
        ...(value !== null && { 'berth.value': encodeValue(value, describeRegister(key)) }),
      },
    };
    const answer = await this.#api.call({ method: 'POST', path: '/volumes/create', body }, signal);
    return v.parse(labelsSchema, answer.body).Labels?.['berth.nonce'] === nonce;
  }

  /** Links of a register by revision, as they were at one moment. */
  async #chain(key: RegisterKey, signal: AbortSignal): Promise<readonly RegisterLink[]> {
    let links = await this.#links(key, signal);
    for (let look = 1; look < looks && isDoubtful(links); look++) {
      // Nothing at all is what most lists without a link really mean.
      if (links.length === 0 && look > 1) break;
      links = await this.#links(key, signal);
    }
    return links;
  }

  /** By revision. */
  async #links(filter: RegisterFilter & { readonly name?: string }, signal: AbortSignal): Promise<RegisterLink[]> {
    const { kind, namespace, stack, name } = filter;
    const label = [
      kind === undefined ? 'berth.register' : `berth.register=${kind}`,
      ...(namespace === undefined ? [] : [`berth.namespace=${namespace}`]),
      ...(stack === undefined ? [] : [`berth.stack=${stack}`]),
      ...(name === undefined ? [] : [`berth.name=${name}`]),
    ];
    const { body } = await this.#api.call({ method: 'GET', path: '/volumes', query: { filters: { label } } }, signal);
    return linksOf(body).sort((one, other) => one.revision - other.revision);
  }

  /** After link was written: takes old ones away. What cannot be taken away now is left to the next writer. */
  async #tidy(key: RegisterKey, link: number, links: readonly RegisterLink[], signal: AbortSignal): Promise<void> {
    const old = links.filter(({ revision }) => revision > 0 && revision <= link - keptLinks);
    if (old.length === 0) return;
    try {
      if (links[0]?.revision !== 0) await this.#create(key, 0, null, signal);
      for (const { volume } of old) await this.#delete(volume, signal);
    } catch {
      // The write has come through, and that is what counts.
    }
  }

  /** No error when it is gone, or when the daemon refuses since somebody has mounted it. */
  async #delete(volume: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#api.call({ method: 'DELETE', path: `/volumes/${encodeURIComponent(volume)}` }, signal);
    } catch (error) {
      if (isBerthError(error) && (error.code === 'not_found' || error.code === 'refused')) return;
      throw error;
    }
  }

  async #dropTombstones({ kind, namespace }: RegisterKey, signal: AbortSignal): Promise<void> {
    const chains = chainsOf(await this.#links({ kind, namespace }, signal));
    const tombstones = chains.flatMap(({ links }) => links.at(-1) ?? []).filter(({ removed }) => removed);
    tombstones.sort((one, other) => other.createdAtMs - one.createdAtMs);
    const nowMs = this.#api.clockMs();
    for (const { key, revision, createdAtMs } of tombstones.slice(keptTombstones)) {
      if (nowMs - createdAtMs > tombstoneMs) await this.purge(key, revision, signal);
    }
  }
}

/** True where something must have been there that is not in the list: the daemon may have lost it on the way. */
function isDoubtful(links: readonly RegisterLink[]): boolean {
  const newest = links.at(-1)?.revision ?? 0;
  const marked = links[0]?.revision === 0;
  return newest === 0 || (marked && newest <= keptLinks) || (newest > 1 && links.at(-2)?.revision !== newest - 1);
}

function isAll(links: readonly RegisterLink[], revision: number): boolean {
  return links.every((link) => link.revision <= revision);
}

/** The links of each register, by revision as they were. */
function chainsOf(links: readonly RegisterLink[]): { readonly key: RegisterKey; readonly links: RegisterLink[] }[] {
  const chains = new Map<string, { readonly key: RegisterKey; readonly links: RegisterLink[] }>();
  for (const link of links) {
    const chain = chains.get(link.chain) ?? { key: link.key, links: [] };
    chain.links.push(link);
    chains.set(link.chain, chain);
  }
  return [...chains.values()];
}
