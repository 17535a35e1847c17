/** A verb that is killed at points of its way, and what is there before. */
export interface Scenario {
  readonly name: string;
  /** Command lines that make the state before, run in order; `v1.yaml` and `v2.yaml` are in the current directory. */
  readonly before: readonly (readonly string[])[];
  /** The verb. Without a version etc. where it may be left out: run again, it must go on, not go further. */
  readonly verb: readonly string[];
  /** True: the process that is killed is the detached runner. */
  readonly runner: boolean;
}

const up = (file: string): readonly string[] => ['stack', 'up', '-n', 'shop', '-f', file];

const verbs: Readonly<Record<string, Omit<Scenario, 'name' | 'runner'>>> = {
  create: { before: [], verb: up('v1.yaml') },
  up: { before: [up('v1.yaml')], verb: [...up('v2.yaml'), '--prune'] },
  scale: { before: [up('v1.yaml')], verb: ['service', 'scale', 'web=4', 'db=2'] },
  redeploy: { before: [up('v1.yaml')], verb: ['stack', 'redeploy', 'shop'] },
  rollback: { before: [up('v1.yaml'), [...up('v2.yaml'), '--prune']], verb: ['releases', 'rollback', '-a', 'shop'] },
  terminate: { before: [up('v1.yaml')], verb: ['stack', 'terminate', 'shop', '--yes'] },
};

/** Each verb waited for, and left to a detached runner. */
export const scenarios: readonly Scenario[] = Object.entries(verbs).flatMap(([name, { before, verb }]) => [
  { name, before, verb, runner: false },
  { name: `${name} --no-wait`, before, verb: [...verb, '--no-wait'], runner: true },
]);

/** A service that others wait for, one with replicas, and a job. */
export const files: Readonly<Record<string, string>> = {
  'v1.yaml': `
services:
  db:
    image: db:1
    healthcheck: { test: [CMD, "true"], interval: 1s }
  web:
    image: web:1
    depends_on: { db: { condition: service_healthy } }
    deploy: { replicas: 2, update_config: { parallelism: 2, order: start-first, monitor: 0s } }
  old:
    image: old:1
volumes: { data: {} }
`,
  'v2.yaml': `
services:
  db:
    image: db:1
    healthcheck: { test: [CMD, "true"], interval: 1s }
  web:
    image: web:2
    environment: { MODE: new }
    depends_on: { db: { condition: service_healthy } }
    deploy: { replicas: 2, update_config: { parallelism: 2, order: start-first, monitor: 0s } }
  worker:
    image: worker:1
volumes: { data: {} }
`,
};
