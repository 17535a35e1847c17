import { describe, expect, it } from 'vitest';
import type { Service } from '../../../../../src/lib/compose/project.js';
import { collect, lab, type Lab, shop } from './lab.js';

const one: Service = { image: 'app:1' };
const stopped = { stopped: true };

/** Id, node and state of every replica that counts. */
async function places({ tasks }: Lab): Promise<unknown[]> {
  return (await tasks()).map(({ id, slot, node }) => ({ id, slot, node }));
}

async function running(definition: Service = one, replicas = 2, env: Record<string, string> = {}): Promise<Lab> {
  const it = lab(env);
  await it.up('web', definition, { replicas });
  it.pass(60);
  return it;
}

describe('a service that is stopped', () => {
  it('keeps its replicas, none of which runs, until it is started again in place', async () => {
    const it = await running();
    const before = await places(it);
    await it.up('web', one, { replicas: 2, ...stopped });
    expect(await it.states()).toEqual(['web-1 Stopping', 'web-2 Stopping']);
    it.pass(1);
    expect(await it.states()).toEqual(['web-1 Stopped 0', 'web-2 Stopped 0']);
    expect(await it.tasks()).toMatchObject([{ desired: true, message: 'stopped', restarts: 0 }, { desired: true }]);
    expect((await it.engine.observe(shop, it.context)).services).toMatchObject([{ stopped: true, updating: false }]);
    expect(await places(it)).toEqual(before);
    it.pass(600);
    expect(await it.states()).toEqual(['web-1 Stopped 0', 'web-2 Stopped 0']);

    await it.up('web', one, { replicas: 2 });
    it.pass(2);
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running']);
    expect(await places(it)).toEqual(before);
    expect(await it.tasks()).toMatchObject([{ restarts: 0, message: null, stoppedAt: null }, { restarts: 0 }]);
    expect((await it.engine.observe(shop, it.context)).services[0]).not.toHaveProperty('stopped');
    const lines = await collect(it.engine.logs({ ...shop, container: 'web-1' }, {}, it.context));
    expect(lines.filter(({ text }) => text.startsWith('[sandbox]'))).toHaveLength(2);
    expect(lines.some(({ text }) => text === 'bye')).toBe(true);
  });

  it('tells how it stopped, and says nothing when it is asked for again', async () => {
    const it = await running(one, 1);
    const before = (await it.events()).length;
    await it.up('web', one, stopped);
    it.pass(5);
    await it.up('web', one, stopped);
    it.pass(60);
    expect((await it.events()).slice(before)).toEqual([
      'container web-1 kill (SIGTERM)',
      'service web update (stopped)',
      'container web-1 die (exit code 0)',
      'container web-1 stop',
    ]);
  });

  it('whose processes ignore the signal are killed after their grace period', async () => {
    const it = await running({ image: 'app:1', stop_grace_period: '20s' }, 1, { BERTH_SANDBOX_FAULTS: 'web:hang' });
    await it.up('web', { image: 'app:1', stop_grace_period: '20s' }, stopped);
    it.pass(19);
    expect(await it.states()).toEqual(['web-1 Stopping']);
    it.pass(2);
    expect(await it.tasks()).toMatchObject([{ state: 'Stopped', exitCode: 137, message: 'stopped' }]);
  });

  it('is not restarted by its policy, whatever its replicas were doing', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'loop:crash,after=100ms;slow:start-slow=1h' });
    const always = { image: 'app:1', restart: 'always' };
    const nowhere = { ...always, deploy: { placement: { constraints: ['node.labels.disk==ssd'] } } };
    await it.up('loop', always);
    await it.up('slow', always);
    await it.up('nowhere', nowhere);
    it.pass(20);
    await it.up('new', always);
    for (const name of ['loop', 'slow', 'new']) await it.up(name, always, stopped);
    await it.up('nowhere', nowhere, stopped);
    const asStopped = ['loop-1 Stopped 1', 'new-1 Stopped', 'nowhere-1 Stopped', 'slow-1 Stopped'];
    expect(await it.states()).toEqual(asStopped);
    it.pass(86_400);
    expect(await it.states()).toEqual(asStopped);
    expect((await it.tasks()).map(({ message, unplaceable }) => ({ message, unplaceable }))).toEqual(
      asStopped.map(() => ({ message: 'stopped', unplaceable: false })),
    );
  });

  it('can be scaled, and starts with as many as were asked for last', async () => {
    const it = await running();
    await it.up('web', one, { replicas: 2, ...stopped });
    it.pass(5);
    await it.up('web', one, { replicas: 4, ...stopped });
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Stopped 0', 'web-2 Stopped 0', 'web-3 Stopped', 'web-4 Stopped']);
    expect((await it.tasks())[3]).toMatchObject({ node: null, startedAt: null, message: 'stopped' });
    await it.up('web', one, { replicas: 3, ...stopped });
    expect(await it.states()).toHaveLength(3);
    await it.up('web', one, { replicas: 3 });
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running', 'web-3 Running']);
  });

  it('that gets a new definition gets new replicas that do not run, and starts with that', async () => {
    const it = await running();
    await it.up('web', one, { replicas: 2, ...stopped });
    it.pass(5);
    await it.up('web', { image: 'app:2' }, { replicas: 2, ...stopped });
    const after = await it.tasks();
    expect(after).toMatchObject([
      { state: 'Stopped', image: 'app:2', startedAt: null },
      { state: 'Stopped', image: 'app:2' },
    ]);
    expect((await it.engine.observe(shop, it.context)).services).toMatchObject([{ updating: false, stopped: true }]);
    await it.up('web', { image: 'app:2' }, { replicas: 2 });
    it.pass(60);
    expect((await it.tasks()).map(({ id }) => id)).toEqual(after.map(({ id }) => id));
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running']);
  });

  it('is started with a new definition at once, with nothing to spare', async () => {
    const it = await running();
    await it.up('web', one, { replicas: 2, ...stopped });
    it.pass(5);
    await it.up('web', { image: 'app:2' }, { replicas: 2 });
    it.pass(6);
    expect(await it.tasks()).toMatchObject([
      { state: 'Running', image: 'app:2' },
      { state: 'Running', image: 'app:2' },
    ]);
  });

  it('in the middle of an update becomes the new version, all of it', async () => {
    const it = await running(one, 3);
    const two = { image: 'app:2', deploy: { update_config: { delay: '1h' } } };
    await it.up('web', two, { replicas: 3 });
    it.pass(30);
    await it.up('web', two, { replicas: 3, ...stopped });
    it.pass(5);
    expect((await it.tasks()).map(({ image, state }) => `${image} ${state}`)).toEqual(Array(3).fill('app:2 Stopped'));
    await it.up('web', two, { replicas: 3 });
    it.pass(10);
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running', 'web-3 Running']);
  });

  it('and was one when it was made does not run at first', async () => {
    const it = lab();
    await it.up('web', one, stopped);
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Stopped']);
    await it.up('web', one);
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Running']);
    expect((await collect(it.engine.logs(shop, {}, it.context)))[0]?.text).toContain('[sandbox] pretending to run');
  });

  it('that is a job runs again only when it was stopped and is started', async () => {
    const it = lab();
    const job: Service = { image: 'job', deploy: { mode: 'replicated-job' } };
    await it.up('job', job);
    it.pass(60);
    await it.up('job', job);
    it.pass(60);
    const starts = async (): Promise<number> => (await it.events()).filter((event) => event.includes(' start ')).length;
    expect([await starts(), await it.states()]).toEqual([1, ['job-1 Stopped 0']]);
    await it.up('job', job, stopped);
    await it.up('job', job);
    it.pass(60);
    expect([await starts(), await it.states()]).toEqual([2, ['job-1 Stopped 0']]);
  });

  it('that is started before it has ended ends first, and then starts', async () => {
    const it = await running(one, 1);
    await it.up('web', one, stopped);
    await it.up('web', one);
    expect(await it.states()).toEqual(['web-1 Stopping']);
    it.pass(3);
    expect(await it.states()).toEqual(['web-1 Running']);
    expect((await it.events()).slice(-4)).toEqual([
      'service web update (started)',
      'container web-1 die (exit code 0)',
      'container web-1 stop',
      'container web-1 start (on sandbox-1)',
    ]);
  });

  it('frees its ports, and waits for them when somebody has taken them', async () => {
    const port: Service = { image: 'app:1', ports: [{ target: 80, published: '8080' }] };
    const it = await running(port, 1);
    await it.up('web', port, stopped);
    it.pass(5);
    await it.up('api', port);
    it.pass(10);
    await it.up('web', port);
    it.pass(10);
    expect((await it.tasks())[1]).toMatchObject({
      name: 'web-1',
      unplaceable: true,
      message: 'port 8080/tcp is held by service api of stack shop',
    });
    await it.down('api');
    it.pass(10);
    expect(await it.states()).toEqual(['web-1 Running']);
  });

  it('is started elsewhere where its node has gone down', async () => {
    const it = await running(one, 1);
    await it.up('web', one, stopped);
    it.pass(5);
    const down = it.again({ BERTH_SANDBOX_FAULTS: 'node sandbox-1:down' });
    await down.up('other', one);
    it.pass(5);
    expect(await it.states({ service: 'web' })).toEqual(['web-1 Stopped 0']);
    await it.up('web', one);
    it.pass(10);
    const [web] = await it.tasks({ service: 'web' });
    expect(web).toMatchObject({ name: 'web-1', state: 'Running' });
    expect(web?.node).not.toBe('sandbox-1');
  });

  it('can be removed', async () => {
    const it = await running();
    await it.up('web', one, { replicas: 2, ...stopped });
    await it.down('web');
    it.pass(5);
    expect(await it.states()).toEqual([]);
    expect(await it.states({ all: true })).toEqual(['web-1 Terminated 0', 'web-2 Terminated 0']);
  });
});
