import { expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/compose/load.js';
import { printProject } from '../../../src/lib/compose/print.js';
import type { Project } from '../../../src/lib/compose/project.js';

async function load(text: string, projectName?: string): Promise<Project> {
  const { project } = await loadProject({
    ...{ cwd: '/', env: {}, files: ['-'], readStdin: async () => text },
    ...(projectName !== undefined && { projectName }),
  });
  return project;
}

const file = `
name: shop
services:
  web: { image: "web:1", volumes: ["data:/data"], deploy: { replicas: 3 } }
  db: { image: "db:1", networks: { back: null }, entrypoint: ["run"] }
  api: { image: "api:1", networks: [default, back] }
networks:
  back: {}
  named: { name: elsewhere, external: true }
volumes:
  data: {}
  own: { name: mine }
`;

test('loads again to the same, and says nothing that follows from the name', async () => {
  const project = await load(file);
  const text = printProject(project, 'yaml', { portable: true });
  expect(await load(text)).toEqual(project);
  expect(text).not.toMatch(/shop_|command|entrypoint: null/);
});

test('takes another name', async () => {
  const copy = await load(
    printProject(await load(file), 'yaml', { portable: true }).replace('name: shop', 'name: copy'),
  );
  expect(copy).toEqual(await load(file.replace('name: shop', 'name: copy')));
});
