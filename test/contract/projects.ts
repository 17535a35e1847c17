import { loadProject } from '../../src/lib/compose/load.js';
import type { Project } from '../../src/lib/compose/project.js';
import type { Images } from './subject.js';

/** A Compose file in its canonical form: what every definition is before it reaches a backend. */
export async function canonical(yaml: string): Promise<Project> {
  const { project } = await loadProject({ cwd: '/', env: {}, files: ['-'], readStdin: async () => yaml });
  return project;
}

export interface ShopOptions {
  readonly name?: string;
  /** Image of `web`. Default: the steady one. */
  readonly web?: string;
  /** Without the service `worker`. */
  readonly withoutWorker?: boolean;
}

/** Three services: `web` (two replicas, after a healthy `db`, a port and a `$`), `worker`, and `db` with a volume. */
export function shop(images: Images, options: ShopOptions = {}): Promise<Project> {
  const { name = 'shop', web = images.steady, withoutWorker = false } = options;
  const worker = `
  worker:
    image: ${images.steady}
    command: ["work", "--fast"]`;
  return canonical(`
name: ${name}
services:
  web:
    image: ${web}
    ports: ["${name === 'shop' ? '18080-18089' : '18090-18099'}:80"]
    environment: { PRICE: "5$$", GREETING: "hello, world" }
    depends_on: { db: { condition: service_healthy } }
    deploy: { replicas: 2 }${withoutWorker ? '' : worker}
  db:
    image: ${images.steady}
    volumes: ["data:/data"]
    healthcheck: { test: ["CMD", "true"], interval: 1s, timeout: 1s, retries: 3 }
volumes:
  data: {}
`);
}

export interface AppOptions {
  /** Where it may be placed. */
  readonly constraint?: string;
  /** Default 1. */
  readonly replicas?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Published as it is. */
  readonly port?: number;
  readonly memory?: string;
  /** When it is started again; never by default. */
  readonly restart?: 'unless-stopped';
  /** It does its work once, and is done. */
  readonly job?: boolean;
  /** What Compose cannot say. */
  readonly berth?: Readonly<Record<string, unknown>>;
}

/** One service `app`, of that image. */
export function single(name: string, image: string, options: AppOptions = {}): Promise<Project> {
  return canonical(JSON.stringify({ name, services: { app: app(image, options) } }));
}

/** Two services of the same image: `app`, made like that of `single`, and `mate`, with nothing of its own. */
export function pair(name: string, image: string, options: AppOptions = {}): Promise<Project> {
  return canonical(JSON.stringify({ name, services: { app: app(image, options), mate: { image } } }));
}

function app(image: string, options: AppOptions): object {
  const { constraint, replicas, environment, port, memory, restart, job = false, berth } = options;
  const deploy = {
    ...(replicas !== undefined && { replicas }),
    ...(job && { mode: 'replicated-job' }),
    ...(memory !== undefined && { resources: { limits: { memory } } }),
    ...(constraint !== undefined && { placement: { constraints: [constraint] } }),
  };
  return {
    image,
    ...(environment && { environment }),
    ...(restart && { restart }),
    ...(port !== undefined && { ports: [`${port}:${port}`] }),
    ...(Object.keys(deploy).length > 0 && { deploy }),
    ...(berth && { 'x-berth': berth }),
  };
}
