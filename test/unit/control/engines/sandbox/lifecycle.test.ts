import { describe, expect, it } from 'vitest';
import { lab, shop } from './lab.js';

const check = { test: ['CMD', 'true'], interval: '10s', retries: 2 };

describe('a container of the sandbox', () => {
  it('is placed, pulled, started and running, and tells so', async () => {
    const { up, pass, tasks, states, events } = lab();
    await up('web');
    const [task] = await tasks();
    expect(task).toMatchObject({ name: 'web-1', state: 'Starting', node: 'sandbox-1', message: 'pulling app:1' });
    expect(task?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(task?.createdAt).toBe('2026-01-01T00:00:00.000Z');
    pass(6);
    expect(await states()).toEqual(['web-1 Running']);
    expect(await events()).toEqual([
      'service web create (1 replicas)',
      'container web-1 create (image app:1)',
      'container web-1 start (on sandbox-1)',
    ]);
  });

  it('starts sooner where its image is already', async () => {
    const { up, pass, states } = lab({ BERTH_SANDBOX_NODES: '1' });
    await up('web');
    pass(1);
    expect(await states()).toEqual(['web-1 Starting']);
    pass(5);
    await up('web2');
    pass(1);
    expect(await states({ service: 'web2' })).toEqual(['web2-1 Running']);
  });

  it('passes time at the speed asked for', async () => {
    const { up, pass, states } = lab({ BERTH_SANDBOX_SPEED: '100' });
    await up('web', { image: 'app:1', healthcheck: check });
    pass(0.05);
    expect(await states()).toEqual(['web-1 Running starting']);
    pass(0.11);
    expect(await states()).toEqual(['web-1 Running healthy']);
  });

  it.each([
    ['at the first interval', check, 10_000],
    ['by default after half a minute', { test: ['CMD', 'true'] }, 30_000],
    ['sooner in a start period', { ...check, start_period: '30s', start_interval: '2s' }, 2_000],
    ['never without a test', { disable: true }, null],
    ['never with the test NONE', { test: ['NONE'] }, null],
  ])('gets healthy %s', async (_, healthcheck, expectedMs) => {
    const { up, pass, tasks, journal } = lab();
    await up('db', { image: 'db', healthcheck });
    pass(60);
    expect((await tasks())[0]?.health).toBe(expectedMs === null ? null : 'healthy');
    const at = (verb: string): number => Date.parse(journal.written.find((event) => event.verb === verb)?.at ?? '');
    const tookMs = at('health_status: healthy') - at('start');
    expect(tookMs).toBe(expectedMs ?? Number.NaN);
  });

  it('gets unhealthy by a fault after its retries, and stays running', async () => {
    const { up, pass, tasks, events } = lab({ BERTH_SANDBOX_FAULTS: 'db:unhealthy' });
    await up('db', { image: 'db', healthcheck: check });
    pass(15);
    expect((await tasks())[0]).toMatchObject({ state: 'Running', health: 'starting' });
    pass(11);
    expect((await tasks())[0]).toMatchObject({
      state: 'Running',
      health: 'unhealthy',
      message: 'health check failed 2 times in a row',
    });
    expect(await events()).toContain('container db-1 health_status: unhealthy');
  });

  it('gets unhealthy later with after=', async () => {
    const { up, pass, states } = lab({ BERTH_SANDBOX_FAULTS: 'db:unhealthy,after=1m' });
    await up('db', { image: 'db', healthcheck: check });
    pass(30);
    expect(await states()).toEqual(['db-1 Running healthy']);
    pass(70);
    expect(await states()).toEqual(['db-1 Running unhealthy']);
  });

  it.each([
    ['no policy', {}, 'Stopped', 1, 0],
    ['restart: no', { restart: 'no' }, 'Stopped', 1, 0],
    ['restart: on-failure:2', { restart: 'on-failure:2' }, 'Stopped', 1, 2],
    ['condition none', { deploy: { restart_policy: { condition: 'none' as const } } }, 'Stopped', 1, 0],
    ['max_attempts', { deploy: { restart_policy: { max_attempts: 3 } } }, 'Stopped', 1, 3],
  ])('that crashes ends by its policy: %s', async (_, policy, state, exitCode, restarts) => {
    const { up, pass, tasks } = lab({ BERTH_SANDBOX_FAULTS: 'web:crash' });
    await up('web', { image: 'app:1', ...policy });
    pass(600);
    expect(await tasks()).toMatchObject([{ state, exitCode, restarts, desired: true }]);
  });

  it('is restarted without end by "always", with a back-off that grows', async () => {
    const { up, pass, tasks, events } = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,exit=7' });
    await up('web', { image: 'app:1', restart: 'always' });
    pass(60);
    const early = (await tasks())[0]?.restarts ?? 0;
    expect(early).toBeGreaterThan(2);
    pass(7 * 86_400);
    const late = (await tasks())[0]?.restarts ?? 0;
    expect(late).toBeGreaterThan(early);
    expect(late).toBeLessThan(300);
    expect(await events()).toContain('container web-1 die (exit code 7)');
  });

  it('says what it waits for between two starts', async () => {
    const { up, pass, tasks } = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,after=100ms' });
    await up('web', { image: 'app:1', deploy: { restart_policy: { delay: '1h' } } });
    pass(10);
    expect((await tasks())[0]).toMatchObject({
      state: 'Starting',
      exitCode: 1,
      message: 'exit code 1, restart 1 follows',
    });
  });

  it('recovers after times=', async () => {
    const { up, pass, tasks } = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,times=2' });
    await up('web', { image: 'app:1', restart: 'always' });
    pass(600);
    expect(await tasks()).toMatchObject([{ state: 'Running', restarts: 2, exitCode: null }]);
  });

  it.each([
    ['exit=0 and on-failure', 'job:exit=0', { restart: 'on-failure' }, {}, 'Stopped', 0],
    ['exit=0 and always', 'job:exit=0,times=1', { restart: 'always' }, {}, 'Running', 1],
    ['a job mode', '', { deploy: { mode: 'replicated-job' as const } }, {}, 'Stopped', 0],
    ['a service that completes', '', {}, { completes: true }, 'Stopped', 0],
    ['x-berth.sandbox', '', { 'x-berth': { sandbox: 'exit=0,after=2s' } }, {}, 'Stopped', 0],
  ])('completes: %s', async (_, faults, definition, more, state, restarts) => {
    const { up, pass, tasks } = lab({ BERTH_SANDBOX_FAULTS: faults });
    await up('job', { image: 'job', ...definition }, more);
    pass(60);
    const exitCode = state === 'Stopped' ? 0 : null;
    expect(await tasks()).toMatchObject([{ state, exitCode, restarts, desired: true }]);
  });

  it.each([
    ['of one replica', 'web#2:crash', ['web-1 Running', 'web-2 Stopped 1']],
    ['of the service of a stack', 'web.shop:crash', ['web-1 Stopped 1', 'web-2 Stopped 1']],
    ['of another stack', 'web.blog:crash', ['web-1 Running', 'web-2 Running']],
    ['of every service', '*:crash', ['web-1 Stopped 1', 'web-2 Stopped 1']],
    ['of another image', 'web:crash,image=app:2', ['web-1 Running', 'web-2 Running']],
    ['that never happens', 'web:crash,p=0', ['web-1 Running', 'web-2 Running']],
  ])('has the faults %s', async (_, faults, expected) => {
    const { up, pass, states } = lab({ BERTH_SANDBOX_FAULTS: faults });
    await up('web', { image: 'app:1' }, { replicas: 2 });
    pass(60);
    expect(await states()).toEqual(expected);
  });

  it('tells of an image that cannot be pulled, and tries again where the policy says so', async () => {
    const { up, pass, tasks } = lab({ BERTH_SANDBOX_FAULTS: '*:pull-error,times=1' });
    await up('once');
    await up('again', { image: 'app:1', restart: 'on-failure' });
    pass(60);
    expect(await tasks()).toMatchObject([
      { name: 'again-1', state: 'Running', restarts: 1 },
      { name: 'once-1', state: 'Stopped', exitCode: null, startedAt: null, message: 'no such image: app:1' },
    ]);
  });

  it('starts late with start-slow', async () => {
    const { up, pass, states } = lab({ BERTH_SANDBOX_FAULTS: 'web:start-slow=1m' });
    await up('web');
    pass(60);
    expect(await states()).toEqual(['web-1 Starting']);
    pass(6);
    expect(await states()).toEqual(['web-1 Running']);
  });

  it('stops in a moment, or is killed after its grace period when it hangs', async () => {
    const { up, down, pass, states, events, engine, context } = lab({ BERTH_SANDBOX_FAULTS: 'stuck:hang' });
    await up('good');
    await up('stuck', { image: 'app:1', stop_grace_period: '20s' });
    pass(6);
    await down('good');
    await down('stuck');
    expect(await states()).toEqual(['good-1 Stopping', 'stuck-1 Stopping']);
    expect((await engine.observe(shop, context)).services).toEqual([]);
    pass(1);
    expect(await states({ all: true })).toEqual(['good-1 Terminated 0', 'stuck-1 Stopping']);
    pass(20);
    expect(await states()).toEqual([]);
    expect(await states({ all: true })).toEqual(['good-1 Terminated 0', 'stuck-1 Terminated 137']);
    expect((await events()).slice(-2)).toEqual([
      'container stuck-1 die (exit code 137)',
      'container stuck-1 destroy (removed)',
    ]);
  });

  it('that failed for good gets another try when the service is asked for again, one that completed does not', async () => {
    const faulty = lab({ BERTH_SANDBOX_FAULTS: 'web:crash;job:exit=0' });
    await faulty.up('web');
    await faulty.up('job');
    faulty.pass(60);
    expect(await faulty.states()).toEqual(['job-1 Stopped 0', 'web-1 Stopped 1']);
    const mended = faulty.again({});
    await mended.up('web');
    await mended.up('job');
    faulty.pass(10);
    expect(await faulty.states()).toEqual(['job-1 Stopped 0', 'web-1 Running']);
  });

  it('stays visible when it has ended: the latest twenty of a service', async () => {
    const { up, pass, tasks } = lab();
    for (let generation = 1; generation <= 25; generation++) {
      await up('web', { image: 'app:1' }, { generation });
      pass(60);
    }
    const all = await tasks({ all: true });
    expect(all.filter(({ state }) => state === 'Terminated').map(({ generation }) => generation)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 5),
    );
    expect(await tasks()).toMatchObject([{ state: 'Running', generation: 25 }]);
  });
});
