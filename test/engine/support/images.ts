import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Images } from '../../contract/subject.js';

/** What the contract wants, and more. */
export const engineImages = {
  steady: 'example/steady:1',
  newer: 'example/steady:2',
  crashing: 'example/crashing:1',
  slow: 'example/slow:1',
  late: 'example/late:1',
  once: 'example/once:1',
  /** Answer HTTP on port 8080 with `1` and `2`. */
  web: 'local/web:1',
  newerWeb: 'local/web:2',
} as const satisfies Images & Readonly<Record<string, string>>;

const words = [
  `steady=${engineImages.steady}`,
  `steady=${engineImages.newer}`,
  `crashing=${engineImages.crashing}`,
  `slow=${engineImages.slow}`,
  `late=${engineImages.late}`,
  `once=${engineImages.once}`,
  `web=${engineImages.web}`,
  `web=${engineImages.newerWeb}`,
];

const script = path.resolve(import.meta.dirname, '../../../scripts/engine-image.mjs');

/** Builds the images on that Docker. */
export async function buildImages(host: string): Promise<void> {
  const { DOCKER_CONTEXT: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, [script, ...words], { env: { ...env, DOCKER_HOST: host } });
}
