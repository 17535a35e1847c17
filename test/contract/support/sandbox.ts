import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openControl } from '../../../src/lib/control/open.js';
import type { Backend } from '../../../src/lib/port/backend.js';
import type { Principal } from '../../../src/lib/port/principal.js';
import { call } from '../harness.js';
import { alice, type Images, type NodeLabel, type Subject, type World } from '../subject.js';
import { openCliBackend } from './cli-backend.js';

const images: Images = {
  steady: 'example/steady:1',
  newer: 'example/steady:2',
  crashing: 'example/crashing:1',
  once: 'example/once:1',
  slow: 'example/slow:1',
  late: 'example/late:1',
};

const nodeLabel: NodeLabel = { key: 'disk', value: 'ssd', nodes: ['sandbox-2', 'sandbox-3'] };

/** A quick sandbox on which images do what their names say. */
const sandbox = {
  BERTH_ENGINE: 'sandbox',
  BERTH_SANDBOX_SPEED: '100',
  BERTH_SANDBOX_NODES: `sandbox-1;${nodeLabel.nodes.map((node) => `${node}:${nodeLabel.key}=${nodeLabel.value}`).join(';')}`,
  BERTH_SANDBOX_FAULTS: [
    `*:exit=3,after=200ms,image=${images.crashing}`,
    `*:start-slow=150s,image=${images.slow}`,
    `*:start-slow=1000s,image=${images.late}`,
  ].join(';'),
};

/** The engine backend on the sandbox, opened in this process. */
export const sandboxSubject: Subject = {
  name: 'the sandbox, in this process',
  slug: 'sandbox',
  images,
  nodeLabel,
  callsBack: true,
  combines: true,
  keepsReplaced: true,
  lanes: 16,
  open: async () => {
    const home = temporaryHome();
    const opened: Backend[] = [];
    const runners: Promise<unknown>[] = [];
    const open = async (principal: Principal): Promise<Backend> => {
      const backend = await openControl({
        home,
        env: sandbox,
        principal,
        now: Date.now,
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
        remove(home);
      },
    } satisfies World;
  },
};

/** The same through the commands: every call is a run of the built program. */
export const sandboxCliSubject: Subject = {
  name: 'the sandbox, through the built program',
  slug: 'sandbox-cli',
  images,
  nodeLabel,
  callsBack: false,
  combines: false,
  keepsReplaced: true,
  lanes: 6,
  open: async () => {
    const home = temporaryHome();
    const opened: Backend[] = [];
    return {
      backend: async (principal = alice) => {
        const backend = openCliBackend({ directory: home, env: sandbox, principal });
        opened.push(backend);
        return backend;
      },
      close: async () => {
        for (const backend of opened) await backend.close();
        remove(home);
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

function remove(home: string): void {
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
