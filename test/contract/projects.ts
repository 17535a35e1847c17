import { loadProject } from '../../src/lib/compose/load.js';
import type { Project } from '../../src/lib/compose/project.js';
import type { Images } from './subject.js';

/** A Compose file in its canonical form: what every definition is before it reaches a backend. */
async function canonical(yaml: string): Promise<Project> {
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
    ports: ["${name === 'shop' ? 18080 : 18081}:80"]
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

/** One service `app`, of that image. */
export function single(name: string, image: string, more: { readonly constraint?: string } = {}): Promise<Project> {
  const { constraint } = more;
  return canonical(`
name: ${name}
services:
  app:
    image: ${image}
    ${constraint === undefined ? '' : `deploy: { placement: { constraints: [${JSON.stringify(constraint)}] } }`}
`);
}
