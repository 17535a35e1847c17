import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SandboxSnapshot, SandboxTransition } from '../../../../src/lib/control/engines/sandbox/journal.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

function event(sequence: number): SandboxTransition {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    sequence,
    at,
    namespace: 'ann',
    stack: 'shop',
    kind: 'container',
    name: 'web-1',
    verb: 'start',
    message: null,
  };
}

async function openJournal(path = join(temporaryFolder(), 'berth.db')) {
  return (await openTemporaryStore({ path })).journal('sandbox');
}

async function snapshot(journal: Awaited<ReturnType<typeof openJournal>>): Promise<SandboxSnapshot | undefined> {
  let seen: SandboxSnapshot | undefined;
  await journal.advance((given) => {
    seen = given;
    return null;
  });
  return seen;
}

describe('the sandbox journal', () => {
  test('is empty at first', async () => {
    const journal = await openJournal();
    expect(await snapshot(journal)).toEqual({ state: null, inputs: [], nextTransition: 1 });
    expect(await journal.state()).toBeNull();
  });

  test('numbers inputs without gaps, in an order that time follows', async () => {
    const journal = await openJournal();
    expect(await journal.append(1_000, 'a')).toBe(1);
    expect(await journal.append(900, 'b')).toBe(2);
    expect((await snapshot(journal))?.inputs).toEqual([
      { sequence: 1, atMs: 1_000, body: 'a' },
      { sequence: 2, atMs: 1_000, body: 'b' },
    ]);
  });

  test('gives only what the state has not taken in, to every process', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const journal = await openJournal(path);
    await journal.append(1, 'a');
    await journal.append(2, 'b');
    await journal.advance(() => ({ state: 'after a', lastInput: 1, transitions: [event(1), event(2)] }));
    const other = await openJournal(path);
    expect(await snapshot(other)).toEqual({
      state: 'after a',
      inputs: [{ sequence: 2, atMs: 2, body: 'b' }],
      nextTransition: 3,
    });
    expect(await other.transitions(1, 10)).toEqual([event(2)]);
    expect(await other.transitions(0, 1)).toEqual([event(1)]);
  });

  test('writes all of a look, or nothing', async () => {
    const journal = await openJournal();
    await journal.append(1, 'a');
    const failing = journal.advance(() => ({ state: 's', lastInput: 1, transitions: [event(1), event(1)] }));
    await expect(failing).rejects.toMatchObject({ code: expect.stringMatching(/^SQLITE_CONSTRAINT/) });
    expect(await snapshot(journal)).toMatchObject({ state: null, nextTransition: 1 });
    await expect(
      journal.advance(() => {
        throw new Error('cannot compute');
      }),
    ).rejects.toThrow('cannot compute');
    expect(await journal.append(2, 'b')).toBe(2);
  });

  test('keeps the last 1,000 inputs taken in, and all others; and 20,000 transitions', async () => {
    const journal = await openJournal();
    for (let index = 1; index <= 1_010; index++) await journal.append(index, 'x');
    const transitions = Array.from({ length: 20_010 }, (_, index) => event(index + 1));
    await journal.advance(() => ({ state: 's', lastInput: 1_005, transitions }));
    expect((await snapshot(journal))?.inputs).toHaveLength(5);
    expect((await journal.transitions(0, 1))[0]?.sequence).toBe(11);
    expect(await journal.append(2_000, 'next')).toBe(1_011);
    expect((await snapshot(journal))?.nextTransition).toBe(20_011);
  });
});
