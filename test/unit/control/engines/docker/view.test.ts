import { describe, expect, it } from 'vitest';
import type { ServiceRecord } from '../../../../../src/lib/control/engines/docker/record.js';
import { readContainer } from '../../../../../src/lib/control/engines/docker/snapshot-wire.js';
import { isAskedFor, toTasks } from '../../../../../src/lib/control/engines/docker/view-tasks.js';
import { replicasByService } from '../../../../../src/lib/control/engines/docker/view.js';
import type { Task } from '../../../../../src/lib/control/engines/engine.js';
import { inspected, record } from './view-facts.js';

const ground = { node: 'host', unmet: () => null, nowMs: Date.parse('2026-01-01T00:10:00.000Z') };

function tasksOf(containers: readonly unknown[], records: readonly ServiceRecord[] = [record()]): Task[] {
  return toTasks(containers.map(readContainer), { ...ground, records });
}

/** `web-1 Running wanted`. */
function told({ name, state, desired }: Task): string {
  return `${name} ${state}${desired ? ' wanted' : ''}`;
}

describe('a container as everybody sees it', () => {
  it('runs', () => {
    const [task] = tasksOf([inspected()]);
    expect(task).toEqual({
      id: 'c1',
      name: 'web-1',
      service: 'web',
      stack: 'shop',
      namespace: 'default',
      slot: 1,
      hash: 'new',
      generation: 0,
      desired: true,
      held: false,
      unplaceable: false,
      state: 'Running',
      health: null,
      image: 'shop/web:2',
      command: 'sleep 1000',
      exitCode: null,
      message: null,
      restarts: 0,
      release: 4,
      node: 'host',
      ports: [],
      createdAt: '2026-01-01T00:00:00.123Z',
      startedAt: '2026-01-01T00:00:01.999Z',
      stoppedAt: null,
    });
  });

  it.each([
    ['created, to be started', { Status: 'created', StartedAt: '0001-01-01T00:00:00Z' }, 'Starting', null, null],
    [
      'that could not be started',
      { Status: 'created', ExitCode: 127, Error: 'exec: "nosuch": not found', StartedAt: '0001-01-01T00:00:00Z' },
      'Stopped',
      null,
      'exec: "nosuch": not found',
    ],
    ['that is started again', { Status: 'restarting', ExitCode: 3 }, 'Starting', 3, null],
    ['paused', { Status: 'paused' }, 'Paused', null, null],
    ['being removed', { Status: 'removing', ExitCode: 0 }, 'Terminating', 0, null],
    ['that was killed', { Status: 'exited', ExitCode: 137 }, 'Stopped', 137, 'killed by SIGKILL'],
    [
      'out of memory',
      { Status: 'exited', ExitCode: 137, OOMKilled: true },
      'Stopped',
      137,
      'killed: it was out of memory',
    ],
    ['that ended', { Status: 'exited', ExitCode: 3 }, 'Stopped', 3, null],
    ['of a state that is not known', { Status: 'melted', ExitCode: 1 }, 'Stopped', 1, null],
  ])('one %s', (_what, state, expected, exitCode, message) => {
    const [task] = tasksOf([inspected({ state })]);
    expect(task).toMatchObject({ state: expected, exitCode, message });
  });

  it('tells what the last health check wrote, on one line and without control sequences', () => {
    const Health = { Status: 'unhealthy', Log: [{ Output: 'ok' }, { Output: '\u001b[31mwget: refused\n  again\n' }] };
    expect(tasksOf([inspected({ state: { Health } })])[0]).toMatchObject({
      health: 'unhealthy',
      message: 'health check: wget: refused again',
    });
  });

  it('has no health while it is paused or has ended: Docker calls it unhealthy then', () => {
    const Health = { Status: 'unhealthy', Log: [] };
    expect(tasksOf([inspected({ state: { Status: 'paused', Health } })])[0]?.health).toBeNull();
    expect(tasksOf([inspected({ state: { Status: 'exited', Health } })])[0]?.health).toBeNull();
  });

  it('shows ports as bound, both families as one; else as asked for', () => {
    const bound = {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '53/udp': [{ HostIp: '127.0.0.1', HostPort: '5353' }],
      '81/tcp': null,
    };
    expect(tasksOf([inspected({ ports: bound })])[0]?.ports).toEqual([
      { target: 53, published: 5353, hostIp: '127.0.0.1', protocol: 'udp' },
      { target: 80, published: 8080, hostIp: null, protocol: 'tcp' },
      { target: 81, published: null, hostIp: null, protocol: 'tcp' },
    ]);
    const asked = { '80/tcp': [{ HostIp: '', HostPort: '8000-8010' }] };
    expect(tasksOf([inspected({ bindings: asked, state: { Status: 'exited' } })])[0]?.ports).toEqual([
      { target: 80, published: null, hostIp: null, protocol: 'tcp' },
    ]);
  });

  it('says no command where it is the image’s own', () => {
    const [task] = tasksOf([inspected()], [record({ definition: { image: 'shop/web:2' } })]);
    expect(task?.command).toBeNull();
  });
});

describe('which replica of a slot counts', () => {
  const old = { 'berth.hash': 'old' };

  it('is the new one, though it is not well yet, and the old one goes on running', () => {
    const starting = { Health: { Status: 'starting' } };
    const tasks = tasksOf([
      inspected({ id: 'old', labels: old, created: '2026-01-01T00:00:00Z' }),
      inspected({ id: 'new', state: starting, created: '2026-01-01T00:05:00Z' }),
    ]);
    expect(tasks.map(told)).toEqual(['web-1 Running', 'web-1 Running wanted']);
  });

  it('sees the old one on its way out as soon as the new one is well', () => {
    const tasks = tasksOf([
      inspected({ id: 'old', labels: old, created: '2026-01-01T00:00:00Z' }),
      inspected({ id: 'new', created: '2026-01-01T00:05:00Z' }),
    ]);
    expect(tasks.map(told)).toEqual(['web-1 Stopping', 'web-1 Running wanted']);
  });

  it('is the newest old one where there is none of the new version', () => {
    const tasks = tasksOf([
      inspected({ id: 'older', labels: old, created: '2026-01-01T00:00:00Z', state: { Status: 'exited' } }),
      inspected({ id: 'newer', labels: old, created: '2026-01-01T00:05:00Z' }),
    ]);
    expect(tasks.map(told)).toEqual(['web-1 Stopped', 'web-1 Running wanted']);
  });

  it('is the lowest slots, as many as there are to be', () => {
    const slots = ['2', '5', '3'].map((slot) => inspected({ id: `c${slot}`, labels: { 'berth.slot': slot } }));
    const tasks = tasksOf(slots, [record({ replicas: 2 })]);
    expect(tasks.map(told)).toEqual(['web-2 Running wanted', 'web-3 Running wanted', 'web-5 Stopping']);
  });

  it('is none of a service that is not there any more', () => {
    expect(tasksOf([inspected()], []).map(told)).toEqual(['web-1 Stopping']);
  });

  it('is none of a command of its own', () => {
    expect(tasksOf([inspected({ labels: { 'berth.oneoff': 'true' } })])).toEqual([]);
  });
});

it('takes containers that were taken over for what they were when that happened', () => {
  const records = [record({}, { adopted: { hash: 'then', generation: 3, slots: { theirs: 2 } } })];
  const theirs = { id: 'theirs', onlyLabels: { 'com.docker.compose.project': 'shop' } };
  const stranger = { ...theirs, id: 'stranger' };
  const tasks = tasksOf([inspected(theirs), inspected(stranger)], records);
  expect(tasks).toMatchObject([{ id: 'theirs', slot: 2, hash: 'then', generation: 3, desired: true }]);
  const replicas = replicasByService([inspected(theirs), inspected(stranger)].map(readContainer), records);
  expect(replicas.get('web')).toMatchObject([{ id: 'theirs', slot: 2, hash: 'then', state: 'running' }]);
});

it('keeps one that was stopped by hand, and says so', () => {
  const [task] = tasksOf([inspected({ state: { Status: 'exited', ExitCode: 0 } })], [record({}, { held: ['c1'] })]);
  expect(task).toMatchObject({ state: 'Stopped', held: true, desired: true });
});

describe('what no machine takes', () => {
  const refusing = { ...ground, unmet: () => 'node.labels.disk == ssd does not hold' };

  it('is shown in every slot without a container of the version wanted', () => {
    const containers = [inspected({ labels: { 'berth.hash': 'old' } })].map(readContainer);
    const tasks = toTasks(containers, { ...refusing, records: [record({ replicas: 2 })] });
    expect(tasks.map(told)).toEqual(['web-1 Running', 'web-1 Init wanted', 'web-2 Init wanted']);
    expect(tasks[2]).toMatchObject({
      unplaceable: true,
      node: null,
      startedAt: null,
      message: 'node.labels.disk == ssd does not hold',
      image: 'shop/web:2',
    });
    expect(tasks[2]?.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('has the same id at every look, and another in every slot', () => {
    const look = (nowMs: number): string[] =>
      toTasks([], { ...refusing, nowMs, records: [record({ replicas: 2 })] }).map(({ id }) => id);
    expect(look(1)).toEqual(look(2));
    expect(new Set(look(1)).size).toBe(2);
  });

  it('is nothing while the service is stopped', () => {
    expect(toTasks([], { ...refusing, records: [record({ stopped: true })] })).toEqual([]);
  });
});

it('leaves out those that have ended and were replaced, unless all are asked for', () => {
  const tasks = tasksOf([
    inspected({ id: 'old', labels: { 'berth.hash': 'old' }, state: { Status: 'exited' } }),
    inspected({ id: 'new', created: '2026-01-01T00:05:00Z' }),
  ]);
  const asked = (all: boolean): string[] =>
    tasks.filter((task) => isAskedFor(task, { namespace: 'default', stack: 'shop', all })).map(({ id }) => id);
  expect(asked(false)).toEqual(['new']);
  expect(asked(true)).toEqual(['old', 'new']);
});
