import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openDockerControl } from '../../../src/lib/control/open-docker.js';
import type { Backend } from '../../../src/lib/port/backend.js';
import type { Principal } from '../../../src/lib/port/principal.js';
import { borrowEngine } from './engines.js';
import { engineImages } from './images.js';
import { call } from '../../contract/harness.js';
import { alice, type NodeLabel, type Subject, type World } from '../../contract/subject.js';
import { openCliBackend } from '../../contract/support/cli-backend.js';

/** A label that the daemons of tests have, so that some service asks for another in vain. */
const nodeLabel: NodeLabel = { key: 'disk', value: 'ssd', nodes: [os.hostname()] };

/** The engine backend on a Docker of its own, opened in this process. */
export const dockerSubject: Subject = {
  name: 'Docker, in this process',
  slug: 'docker',
  images: engineImages,
  nodeLabel,
  callsBack: true,
  combines: true,
  keepsReplaced: false,
  lanes: 5,
  open: async () => {
    const engine = await borrowEngine();
    const home = temporaryHome();
    const env = { DOCKER_HOST: engine.host };
    const opened: Backend[] = [];
    const runners: Promise<unknown>[] = [];
    const open = async (principal: Principal): Promise<Backend> => {
      const backend = await openDockerControl({
        home,
        userHome: home,
        env,
        principal,
        now: Date.now,
        signal: new AbortController().signal,
        detach: async ({ id, namespace, user }) => {
          runners.push(runDetached(await open({ ...principal, namespace, user }), id));
        },
      });
      opened.push(backend);
      return backend;
    };
    return {
      backend: (principal = alice) => open(principal),
      close: async () => {
        await Promise.all(runners);
        for (const backend of opened) await backend.close();
        fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
        engine.release();
      },
    } satisfies World;
  },
};

/** The same through the commands: every call is a run of the built program. */
export const dockerCliSubject: Subject = {
  name: 'Docker, through the built program',
  slug: 'docker-cli',
  images: engineImages,
  nodeLabel,
  callsBack: false,
  combines: false,
  keepsReplaced: false,
  lanes: 4,
  open: async () => {
    const engine = await borrowEngine();
    const home = temporaryHome();
    const env = { BERTH_ENGINE: 'docker', DOCKER_HOST: engine.host };
    const opened: Backend[] = [];
    return {
      backend: async (principal = alice) => {
        const backend = openCliBackend({ directory: home, env, principal });
        opened.push(backend);
        return backend;
      },
      close: async () => {
        for (const backend of opened) await backend.close();
        fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
        engine.release();
      },
    } satisfies World;
  },
};

/** What an action that fails ends with is told by the action; nobody waits for its runner. */
async function runDetached({ facets }: Backend, action: string): Promise<void> {
  await facets.actions?.run?.({ action }, {}, call()).catch(() => undefined);
}

function temporaryHome(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'berth-contract-'));
}
