import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../../../../src/lib/compose/project.js';
import type { ContainerCommand } from '../../../../../src/lib/plan/resources.js';
import { parseSandboxConfig } from '../../../../../src/lib/control/engines/sandbox/config.js';
import {
  decodeInput,
  encodeApply,
  encodeCommand,
  encodeRemove,
} from '../../../../../src/lib/control/engines/sandbox/input.js';
import type { SandboxInput, SandboxTransition } from '../../../../../src/lib/control/engines/sandbox/journal.js';
import { advance } from '../../../../../src/lib/control/engines/sandbox/scheduler/advance.js';
import { decodeState, initialState, type SandboxState } from '../../../../../src/lib/control/engines/sandbox/state.js';
import { shop, startMs } from './lab.js';

const horizonMs = 60_000;

/** Definitions that together reach every branch: health, ports, placement, restarts, updates of all kinds, jobs. */
const definition: fc.Arbitrary<Service> = fc
  .record(
    {
      image: fc.constantFrom('app:1', 'app:2', 'redis:7'),
      restart: fc.constantFrom('no', 'always', 'on-failure:2'),
      healthcheck: fc.constant({ test: ['CMD', 'true'], interval: '2s', retries: 2 }),
      ports: fc.constantFrom(
        [{ target: 80, published: '8080' }],
        [{ target: 80 }, { target: 81, mode: 'host' as const, published: '8000-8002' }],
      ),
      deploy: fc.record(
        {
          mode: fc.constantFrom('replicated', 'global', 'replicated-job'),
          placement: fc.constantFrom(
            { max_replicas_per_node: 1 },
            { constraints: ['node.role==worker'] },
            { constraints: ['node.labels.disk==ssd'], preferences: [{ spread: 'node.labels.zone' }] },
          ),
          update_config: fc.record(
            {
              parallelism: fc.constantFrom(0, 1, 2),
              delay: fc.constant('1s'),
              order: fc.constantFrom('stop-first', 'start-first'),
              failure_action: fc.constantFrom('pause', 'continue', 'rollback'),
              monitor: fc.constant('2s'),
            },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['image'] },
  )
  .map((service): Service => service);

const environment = fc.record(
  {
    BERTH_SANDBOX_SPEED: fc.constantFrom('1', '7', '100'),
    BERTH_SANDBOX_NODES: fc.constantFrom('1', '3', 'a:zone=east,disk=ssd;b:zone=west,disk=ssd;c'),
    BERTH_SANDBOX_SEED: fc.constantFrom('one', 'two'),
    BERTH_SANDBOX_FAULTS: fc.constantFrom(
      'web:crash,p=0.5;db:unhealthy',
      'web:crash,times=2,after=3s;worker:pull-error,times=1;db:hang',
      'node sandbox-2:down,after=3s,for=10s;web:crash,image=app:2',
      '',
    ),
  },
  { requiredKeys: [] },
);

/** What is asked for may depend on what is there: commands are for containers. */
type Asked = (state: SandboxState, epoch: number) => string;

const service: fc.Arbitrary<Asked> = fc
  .tuple(
    fc.constantFrom('web', 'db', 'worker'),
    fc.nat(4),
    definition,
    fc.constantFrom(1, 2),
    fc.constantFrom({}, {}, { completes: true }, { stopped: true }),
    environment,
  )
  .map(([name, replicas, definition, generation, more, env]) => {
    const resource = { kind: 'service' as const, ...shop, name, replicas, definition, generation, ...more };
    return (_, epoch) =>
      encodeApply({ ...resource, hash: JSON.stringify(definition) }, { epoch }, parseSandboxConfig(env));
  });

/** Also of a service as it is, stopped or started. */
const turned: fc.Arbitrary<Asked> = fc.tuple(fc.nat(), fc.boolean()).map(([pick, stop]) => (state, epoch) => {
  const found = state.services[pick % Math.max(1, state.services.length)];
  const { name, replicas, definition, hash, generation } = found ?? missing;
  const resource = { kind: 'service' as const, ...shop, name, replicas, definition, hash, generation };
  return encodeApply({ ...resource, ...(stop ? { stopped: true } : {}) }, { epoch }, parseSandboxConfig({}));
});
const missing = { name: 'web', replicas: 1, definition: { image: 'app:1' }, hash: 'h', generation: 1 };

const command: fc.Arbitrary<Asked> = fc
  .tuple(
    fc.nat(),
    fc.constantFrom<ContainerCommand>(
      ...(['start', 'stop', 'restart', 'pause', 'unpause', 'replace', 'remove'] as const).map((word) => ({ do: word })),
      ...['SIGKILL', 'SIGTERM', 'SIGHUP'].map((signal) => ({ do: 'kill' as const, signal })),
    ),
  )
  .map(([pick, asked]) => ({ tasks }, epoch) => {
    const task = tasks[pick % Math.max(1, tasks.length)];
    const ref = { ...shop, service: task?.name ?? 'web', id: task?.id ?? 'none' };
    return encodeCommand(ref, asked, { epoch }, parseSandboxConfig({}));
  });

const body: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 5, arbitrary: service },
  { weight: 2, arbitrary: turned },
  { weight: 5, arbitrary: command },
  {
    weight: 1,
    arbitrary: fc.constantFrom('web', 'db', 'worker').map((name): Asked => {
      return (_, epoch) => encodeRemove({ kind: 'service', ...shop, name }, { epoch }, parseSandboxConfig({}));
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('front', 'back').map((name): Asked => {
      const network = { kind: 'network' as const, ...shop, name, definition: { name } };
      return (_, epoch) => encodeApply(network, { epoch }, parseSandboxConfig({}));
    }),
  },
);

/** Coarse times, so that inputs, looks and what is due often fall on the same millisecond. */
const offsets = fc.nat(horizonMs / 500).map((step) => step * 500);

const log: fc.Arbitrary<SandboxInput[]> = fc
  .array(fc.tuple(fc.oneof(offsets, fc.nat(horizonMs)), body, fc.constantFrom(1, 1, 1, 2)), {
    minLength: 1,
    maxLength: 10,
  })
  .map((entries) => {
    const inputs: SandboxInput[] = [];
    let state = initialState();
    for (const [offset, asked, epoch] of entries.sort(([a], [b]) => a - b)) {
      const atMs = startMs + offset;
      ({ state } = advance(state, inputs, atMs));
      inputs.push({ sequence: inputs.length + 1, atMs, body: asked(state, epoch) });
    }
    return inputs;
  });

function inOneLook(inputs: readonly SandboxInput[]): {
  state: SandboxState;
  transitions: readonly SandboxTransition[];
} {
  return advance(initialState(), inputs, startMs + horizonMs);
}

describe('advance', () => {
  it('gives the same transitions and state however the time is split into looks', () => {
    fc.assert(
      fc.property(log, fc.array(fc.oneof(offsets, fc.nat(horizonMs))), (inputs, looks) => {
        const whole = inOneLook(inputs);
        let state = initialState();
        const transitions: SandboxTransition[] = [];
        // Inputs at the very time of a look may be written before it or after it: of several looks at one time the
        // first sees none of them, the next one, and the last all.
        const inputTimes = inputs.map(({ atMs }) => atMs - startMs);
        const times = [...looks, ...looks, ...inputTimes, ...inputTimes, ...inputTimes, horizonMs];
        times.sort((a, b) => a - b);
        for (const [index, offset] of times.entries()) {
          const untilMs = startMs + offset;
          const early = inputs.filter(({ atMs }) => atMs < untilMs);
          const onTime = inputs.filter(({ atMs }) => atMs === untilMs);
          const seen = times[index + 1] === offset ? index - times.indexOf(offset) : onTime.length;
          const visible = [...early, ...onTime.slice(0, seen)];
          const next = advance(decodeState(JSON.stringify(state)), visible, untilMs);
          ({ state } = next);
          transitions.push(...next.transitions);
        }
        expect(transitions).toEqual(whole.transitions);
        expect(state).toEqual(whole.state);
      }),
      { numRuns: 300 },
    );
  });

  it('is pure: the same arguments give the same answer, and the state given stays as it was', () => {
    fc.assert(
      fc.property(log, (inputs) => {
        const first = inOneLook(inputs.slice(0, 1));
        const before = JSON.stringify(first.state);
        const untilMs = startMs + horizonMs * 2;
        expect(advance(first.state, inputs, untilMs)).toEqual(advance(first.state, inputs, untilMs));
        expect(JSON.stringify(first.state)).toBe(before);
      }),
    );
  });

  it('numbers transitions without gaps, in order of time', () => {
    fc.assert(
      fc.property(log, (inputs) => {
        const { transitions } = inOneLook(inputs);
        expect(transitions.map(({ sequence }) => sequence)).toEqual(transitions.map((_, index) => index + 1));
        const times = transitions.map(({ at }) => at);
        expect(times).toEqual([...times].sort());
      }),
    );
  });

  it('keeps a state that survives JSON', () => {
    fc.assert(
      fc.property(log, (inputs) => {
        const { state } = inOneLook(inputs);
        expect(decodeState(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it('never has two containers at one port of a host, nor more replicas than asked for once it is calm', () => {
    fc.assert(
      fc.property(log, (inputs) => {
        const { state } = advance(initialState(), inputs, startMs + horizonMs * 10);
        const held = new Map<string, string>();
        for (const task of state.tasks) {
          if (task.node === null || ['placing', 'exited', 'terminated'].includes(task.phase)) continue;
          for (const { published, protocol, mode } of task.ports) {
            if (published === null) continue;
            const holder = mode === 'host' ? task.id : task.name;
            for (const node of mode === 'host' ? [task.node] : state.nodes.map(({ name }) => name)) {
              const key = `${node} ${published}/${protocol}`;
              expect(held.get(key) ?? holder).toBe(holder);
              held.set(key, holder);
            }
          }
        }
        for (const service of state.services) {
          if (service.definition.deploy?.mode === 'global' || service.rollout?.status === 'paused') continue;
          const desired = state.tasks.filter(({ name, desired }) => desired && name === service.name);
          expect(new Set(desired.map(({ slot }) => slot)).size).toBe(service.replicas);
        }
        expect(state.tasks.filter(({ phase, dueMs }) => phase === 'stopping' && dueMs === null)).toEqual([]);
      }),
    );
  });

  it('does the same as if what came with an epoch that was over had never been asked for', () => {
    fc.assert(
      fc.property(log, (inputs) => {
        const newest = (until: number): number =>
          Math.max(0, ...inputs.slice(0, until).map(({ body: text }) => decodeInput(text).epoch));
        const good = inputs.filter(({ body: text }, index) => decodeInput(text).epoch >= newest(index));
        const all = inOneLook(inputs);
        const without = inOneLook(good);
        expect(all.transitions).toEqual(without.transitions);
        expect(all.state.tasks).toEqual(without.state.tasks);
        expect(all.state.services).toEqual(without.state.services);
        const refused = all.state.refusals.filter(({ code }) => code === 'conflict').map(({ input }) => input);
        expect(refused).toEqual(inputs.filter((input) => !good.includes(input)).map(({ sequence }) => sequence));
      }),
    );
  });

  it('takes in an input that comes late as of the last thing that happened', () => {
    const at = (sequence: number, offset: number, replicas: number): SandboxInput => ({
      sequence,
      atMs: startMs + offset,
      body: encodeApply(
        { kind: 'service', ...shop, name: 'web', replicas, definition: { image: 'a' }, hash: 'h', generation: 1 },
        { epoch: 1 },
        parseSandboxConfig({ BERTH_SANDBOX_SPEED: '1' }),
      ),
    });
    const first = advance(initialState(), [at(1, 0, 1)], startMs + 60_000);
    const late = advance(first.state, [at(2, 1, 2)], startMs + 60_000);
    const lastAt = first.transitions.at(-1)?.at ?? '';
    expect(late.transitions.length).toBeGreaterThan(0);
    expect(late.transitions.every(({ at: time }) => time >= lastAt)).toBe(true);
  });

  it('refuses a state and an input it did not write', () => {
    expect(() => decodeState('{')).toThrow(expect.objectContaining({ code: 'store' }));
    expect(() => decodeState('{"version":2}')).toThrow(expect.objectContaining({ code: 'store' }));
    const broken = { sequence: 1, atMs: 0, body: '{"verb":"burn"}' };
    expect(() => advance(initialState(), [broken], 1)).toThrow(expect.objectContaining({ code: 'store' }));
  });
});
