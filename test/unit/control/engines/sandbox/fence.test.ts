import { describe, expect, it } from 'vitest';
import type { SandboxJournal } from '../../../../../src/lib/control/engines/sandbox/journal.js';
import { lab, type Lab, shop } from './lab.js';

const one = { image: 'app:1' };

async function apply({ engine, context }: Lab, epoch: number, name: string, stack = 'shop'): Promise<void> {
  const resource = { kind: 'service' as const, ...shop, stack, name, replicas: 1, definition: one };
  await engine.apply({ ...resource, hash: name, generation: 1 }, { epoch }, context);
}

async function services({ engine, context }: Lab): Promise<string[]> {
  return (await engine.observe(shop, context)).services.map(({ name }) => name);
}

describe('the epoch of a change', () => {
  it('is refused when it is older than the newest seen of its stack, before anything is written', async () => {
    const it = lab();
    await apply(it, 2, 'web');
    await apply(it, 2, 'db');
    const inputs = it.journal.inputs.length;
    const conflict = { code: 'conflict', message: expect.stringContaining('epoch 1, now 2') };
    await expect(apply(it, 1, 'late')).rejects.toMatchObject(conflict);
    const web = { kind: 'service' as const, ...shop, name: 'web' };
    await expect(it.engine.remove(web, { epoch: 1 }, it.context)).rejects.toMatchObject(conflict);
    const id = (await it.tasks())[0]?.id ?? '';
    const stop = it.engine.command?.({ ...shop, service: 'db', id }, { do: 'stop' }, { epoch: 1 }, it.context);
    await expect(stop).rejects.toMatchObject(conflict);
    expect(it.journal.inputs).toHaveLength(inputs);
    expect(await services(it)).toEqual(['db', 'web']);
    await apply(it, 1, 'web', 'blog');
    await apply(it, 3, 'late');
    expect(await services(it)).toEqual(['db', 'late', 'web']);
  });

  it('outlives the stack', async () => {
    const it = lab();
    await apply(it, 5, 'web');
    await it.engine.remove({ kind: 'service', ...shop, name: 'web' }, { epoch: 5 }, it.context);
    it.pass(60);
    await expect(apply(it, 4, 'web')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is refused too when somebody else was faster than the look before, and nothing happens', async () => {
    const it = lab();
    const journal: SandboxJournal = {
      ...it.journal,
      append: async (atMs, body) => {
        await apply(it, 7, 'newer');
        return it.journal.append(atMs, body);
      },
    };
    const slow = lab({ BERTH_SANDBOX_NODES: '9' }, { journal: { ...it.journal, ...journal }, clock: it.clock });
    await expect(apply(slow, 6, 'older')).rejects.toMatchObject({ code: 'conflict' });
    expect(await services(it)).toEqual(['newer']);
    expect(await it.engine.nodes(it.context)).toHaveLength(3);
  });
});
