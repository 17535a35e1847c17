import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { volumeRegisters } from '../../../../../../src/lib/control/engines/docker/register-volumes.js';
import type { RegisterKey, Registers } from '../../../../../../src/lib/control/engines/docker/registers.js';
import { FakeVolumes } from './fake-volumes.js';
import { turns } from './turns.js';

const { signal } = new AbortController();
const key: RegisterKey = { kind: 'stack', namespace: 'ann', stack: 'shop', name: '' };
const service: RegisterKey = { ...key, kind: 'service', name: 'web' };
const secret: RegisterKey = { ...key, kind: 'secret', name: 'password' };

function open() {
  const volumes = new FakeVolumes();
  return { volumes, registers: volumeRegisters(volumes.api()) };
}

/** Writes values one after the other, after `revision`. */
async function writeAll(registers: Registers, of: RegisterKey, revision: number, values: readonly unknown[]) {
  for (const [index, value] of values.entries()) {
    expect(await registers.write(of, revision + index, value, signal)).toBe(true);
  }
}

describe('a register', () => {
  test('is read as it was last written, and keeps two links', async () => {
    const { volumes, registers } = open();
    expect(await registers.read(key, signal)).toBeNull();
    await writeAll(registers, key, 0, ['a', { b: [1, null] }, 'c', 'd']);
    expect(await registers.read(key, signal)).toEqual({ key, revision: 4, value: 'd' });
    expect(volumes.names('stack')).toEqual([
      expect.stringMatching(/^berth_stack_[0-9a-f]{16}_0$/),
      expect.stringMatching(/^berth_stack_[0-9a-f]{16}_3$/),
      expect.stringMatching(/^berth_stack_[0-9a-f]{16}_4$/),
    ]);
    expect(volumes.all.at(-1)).toMatchObject({
      Driver: 'local',
      Labels: { 'berth.register': 'stack', 'berth.namespace': 'ann', 'berth.stack': 'shop', 'berth.revision': '4' },
    });
  });

  test('takes any JSON, under any name', async () => {
    const name = fc.string({ unit: 'binary', maxLength: 8 });
    const value = fc.jsonValue().filter((each) => each !== null);
    await fc.assert(
      fc.asyncProperty(name, name, name, value, async (namespace, stack, inner, written) => {
        const { registers } = open();
        const one: RegisterKey = { kind: 'service', namespace, stack, name: inner };
        await writeAll(registers, one, 0, [written]);
        const entry = { key: one, revision: 1, value: JSON.parse(JSON.stringify(written)) };
        expect(await registers.read(one, signal)).toEqual(entry);
        expect(await registers.list({ namespace, stack }, signal)).toEqual([entry]);
        expect(await registers.read({ ...one, namespace: `${namespace}x` }, signal)).toBeNull();
        expect(await registers.read({ ...one, stack: stack + inner, name: 'x' }, signal)).toBeNull();
      }),
    );
  });

  test('is listed with others of the filter, each by its newest link', async () => {
    const { registers } = open();
    await writeAll(registers, key, 0, ['a', 'b']);
    await writeAll(registers, { ...key, stack: 'other' }, 0, ['c']);
    await writeAll(registers, service, 0, ['d']);
    await writeAll(registers, { ...service, namespace: 'bob' }, 0, ['e']);
    const values = async (filter: Parameters<Registers['list']>[0]) =>
      (await registers.list(filter, signal)).map(({ value }) => value).sort();
    expect(await values({ namespace: 'ann' })).toEqual(['b', 'c', 'd']);
    expect(await values({ namespace: 'ann', kind: 'stack' })).toEqual(['b', 'c']);
    expect(await values({ namespace: 'ann', stack: 'shop' })).toEqual(['b', 'd']);
  });

  test('is written by one of those who want to write after the same link', async () => {
    const { registers } = open();
    await writeAll(registers, key, 0, ['a']);
    const ids = Array.from({ length: 30 }, (_, index) => index);
    const wrote = await Promise.all(ids.map((id) => registers.write(key, 1, id, signal)));
    expect(wrote.filter(Boolean)).toHaveLength(1);
    expect(await registers.read(key, signal)).toEqual({ key, revision: 2, value: wrote.indexOf(true) });
  });

  test.each([0, 1, 2, 3, 4])('is not changed by a sleeper who read link %i', async (revision) => {
    const { registers } = open();
    await writeAll(registers, key, 0, ['a', 'b', 'c', 'd', 'e', 'f']);
    expect(await registers.write(key, revision, 'late', signal)).toBe(false);
    expect(await registers.read(key, signal)).toMatchObject({ revision: 6, value: 'f' });
    await writeAll(registers, key, 6, ['g']);
    expect(await registers.read(key, signal)).toMatchObject({ revision: 7, value: 'g' });
  });

  test('with a link that cannot be taken away goes on', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, key, 0, ['a']);
    for (const name of volumes.names('stack')) volumes.mounted.add(name);
    await writeAll(registers, key, 1, ['b', 'c', 'd']);
    expect(await registers.read(key, signal)).toMatchObject({ revision: 4, value: 'd' });
    expect(volumes.names('stack')).toHaveLength(4);
  });

  test('is what its labels say only under the name that follows from them', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, key, 0, ['a']);
    for (const volume of volumes.all) {
      volumes.put({ ...volume, Name: 'mine', Labels: { ...volume.Labels, 'berth.revision': '9' } });
      volumes.put({ ...volume, Name: 'odd', Labels: { ...volume.Labels, 'berth.revision': '-1' } });
    }
    expect(await registers.read(key, signal)).toMatchObject({ revision: 1, value: 'a' });
    expect(await registers.list({ namespace: 'ann' }, signal)).toHaveLength(1);
  });

  test('with a value that nobody wrote is damaged', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, key, 0, ['a']);
    for (const volume of volumes.all) {
      volumes.put({ ...volume, Labels: { ...volume.Labels, 'berth.value': '@@' } });
    }
    await expect(registers.read(key, signal)).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining(volumes.names('stack')[0] ?? 'none'),
    });
  });

  test('refuses what is too large, and makes nothing', async () => {
    const { volumes, registers } = open();
    const value = randomBytes(9 * 1024 * 1024).toString('latin1');
    await expect(registers.write(secret, 0, value, signal)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('secret password of stack shop'),
    });
    expect(volumes.all).toEqual([]);
  });

  test('is not asked for under a signal that has aborted', async () => {
    const { registers } = open();
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(registers.read(key, aborted)).rejects.toThrow('enough');
    await expect(registers.write(key, 0, 1, aborted)).rejects.toThrow('enough');
  });
});

describe('a register that was removed', () => {
  test('of a service leaves a tombstone that is gone on from', async () => {
    const { registers } = open();
    await registers.remove(service, signal);
    expect(await registers.read(service, signal)).toBeNull();
    await writeAll(registers, service, 0, ['a', 'b', 'c']);
    await registers.remove(service, signal);
    await registers.remove(service, signal);
    expect(await registers.read(service, signal)).toEqual({ key: service, revision: 4, value: null });
    expect(await registers.list({ namespace: 'ann' }, signal)).toEqual([]);
    expect(await registers.write(service, 0, 'late', signal)).toBe(false);
    expect(await registers.write(service, 3, 'late', signal)).toBe(false);
    expect(await registers.read(service, signal)).toMatchObject({ value: null });
    await writeAll(registers, service, 4, ['d']);
    expect(await registers.list({ namespace: 'ann' }, signal)).toMatchObject([{ revision: 5, value: 'd' }]);
  });

  test('of a secret leaves nothing, and nobody goes on from what he read before', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, secret, 0, ['a', 'b', 'c']);
    await registers.remove(secret, signal);
    await registers.remove(secret, signal);
    expect(volumes.all).toEqual([]);
    expect(await registers.write(secret, 3, 'late', signal)).toBe(false);
    expect(volumes.all).toEqual([]);
    await writeAll(registers, secret, 0, ['new']);
  });

  test('leaves no tombstone for ever: the newest 50 of a namespace, and those of 30 days', async () => {
    const { volumes, registers } = open();
    const comeAndGo = async (name: string, of = service) => {
      await writeAll(registers, { ...of, name }, 0, ['a']);
      volumes.clock.nowMs += 1000;
      await registers.remove({ ...of, name }, signal);
    };
    for (let index = 0; index < 60; index++) await comeAndGo(`s${index}`);
    await comeAndGo('another', { ...service, namespace: 'bob' });
    await writeAll(registers, { ...service, name: 'lasting' }, 0, ['a']);
    volumes.clock.nowMs += 29 * 24 * 3_600_000;
    await comeAndGo('young');
    const tombstones = async () => {
      const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
      const found = await Promise.all(names.map((name) => registers.read({ ...service, name }, signal)));
      return found.filter((entry) => entry !== null).map((entry) => entry.key.name);
    };
    expect(await tombstones()).toHaveLength(60);
    volumes.clock.nowMs += 2 * 24 * 3_600_000;
    await comeAndGo('last');
    const kept = await tombstones();
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([48, 's12', 's59']);
    expect(await registers.read({ ...service, name: 'lasting' }, signal)).toMatchObject({ value: 'a' });
    expect(await registers.read({ ...service, namespace: 'bob', name: 'another' }, signal)).toMatchObject({
      revision: 2,
    });
  });

  test('for good is so up to the link that was seen', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, key, 0, ['a', 'b', 'c']);
    await registers.purge(key, 2, signal);
    expect(await registers.read(key, signal)).toMatchObject({ revision: 3, value: 'c' });
    await registers.purge(key, 3, signal);
    expect(await registers.read(key, signal)).toBeNull();
    expect(volumes.all).toEqual([]);
  });
});

describe('a list that the daemon made while links came and went', () => {
  test('is not taken for a register that is not there', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, key, 0, ['a', 'b']);
    const other = volumeRegisters(volumes.api());
    volumes.whileListing = async () => {
      volumes.whileListing = async () => undefined;
      await writeAll(other, key, 2, ['c', 'd']);
    };
    expect(await registers.read(key, signal)).toMatchObject({ revision: 4, value: 'd' });
  });

  test('does not hide a register from those who list many', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, key, 0, ['a', 'b', 'c']);
    await writeAll(registers, { ...key, stack: 'other' }, 0, ['x']);
    const other = volumeRegisters(volumes.api());
    volumes.whileListing = async () => {
      volumes.whileListing = async () => undefined;
      await writeAll(other, key, 3, ['d', 'e']);
    };
    const found = await registers.list({ kind: 'stack', namespace: 'ann' }, signal);
    expect(found.map(({ value }) => value).sort()).toEqual(['e', 'x']);
  });

  test('does not let a sleeper begin a register anew', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, key, 0, ['a', 'b', 'c']);
    const other = volumeRegisters(volumes.api());
    volumes.whileListing = async () => {
      volumes.whileListing = async () => undefined;
      await writeAll(other, key, 3, ['d', 'e']);
    };
    // The writers of those cannot take the sleeper's own link away: it is all that he sees beside the mark.
    volumes.onCreate = ({ Name }) => Name.endsWith('_1') && volumes.mounted.add(Name);
    expect(await registers.write(key, 0, 'late', signal)).toBe(false);
    expect(await registers.read(key, signal)).toMatchObject({ revision: 5, value: 'e' });
  });

  test('is believed in the end: a register of which all but the mark was removed by hand begins anew', async () => {
    const { volumes, registers } = open();
    await writeAll(registers, key, 0, ['a', 'b', 'c']);
    const [mark] = volumes.all.filter(({ Name }) => Name.endsWith('_0'));
    volumes.lose('stack');
    if (mark !== undefined) volumes.put(mark);
    expect(await registers.read(key, signal)).toBeNull();
    expect(await registers.list({ namespace: 'ann' }, signal)).toEqual([]);
    await writeAll(registers, key, 0, ['anew']);
    expect(await registers.read(key, signal)).toMatchObject({ revision: 1, value: 'anew' });
  });
});

describe('whatever many clients write at once', () => {
  test('nothing is lost, and nothing is there twice', async () => {
    for (const seed of fc.sample(fc.integer(), 15)) {
      const volumes = new FakeVolumes();
      const wait = turns(seed);
      volumes.whileListing = () => wait(2);
      const written = await Promise.all(
        Array.from({ length: 6 }, async (_, client) => {
          const registers = volumeRegisters(volumes.api(() => wait(client === 0 ? 200 : 20)));
          const ids = Array.from({ length: 5 }, (_unused, index) => `${client}.${index}`);
          for (const id of ids) await append(registers, id);
          return ids;
        }),
      );
      const end = await volumeRegisters(volumes.api()).read(key, signal);
      expect(JSON.parse(JSON.stringify(end?.value)), `seed ${seed}`).toHaveLength(30);
      expect(end?.value, `seed ${seed}`).toEqual(expect.arrayContaining(written.flat()));
      expect(volumes.names('stack').length).toBeLessThanOrEqual(4);
    }
  });
});

async function append(registers: Registers, id: string): Promise<void> {
  for (;;) {
    const entry = await registers.read(key, signal);
    const before: readonly string[] = JSON.parse(JSON.stringify(entry?.value ?? []));
    if (before.includes(id)) return;
    if (await registers.write(key, entry?.revision ?? 0, [...before, id], signal)) return;
  }
}
