import { parseFormat } from '../../../src/lib/ui/format.js';
import type { RenderOptions } from '../../../src/lib/ui/render.js';
import { type DetailView, type ListView, section } from '../../../src/lib/ui/view.js';

export interface Ship {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly image: string;
  readonly replicas: number;
  readonly ports: readonly string[];
  readonly createdAt: string | null;
}

export const ships: readonly Ship[] = [
  {
    id: '0f8b8d6c-aaaa-4bbb-8ccc-000000000001',
    name: 'web',
    state: 'Running',
    image: 'registry.example.com/voting/web:1.2',
    replicas: 10,
    ports: ['80->80/tcp', '443->443/tcp'],
    createdAt: '2026-03-01T11:57:00Z',
  },
  {
    id: '1a2b3c4d-aaaa-4bbb-8ccc-000000000002',
    name: 'db',
    state: 'Failed',
    image: 'postgres:16',
    replicas: 2,
    ports: [],
    createdAt: null,
  },
];

export const shipList: ListView<Ship> = {
  kind: 'list',
  id: (ship) => ship.id,
  name: (ship) => ship.name,
  empty: 'No ships.',
  columns: [
    { header: 'id', value: (ship) => ({ id: ship.id }) },
    { header: 'name', value: (ship) => ship.name, shrink: true },
    { header: 'state', value: (ship) => ({ state: ship.state }) },
    { header: 'replicas', value: (ship) => ship.replicas, align: 'right' },
    { header: 'image', value: (ship) => ship.image, shrink: true, wide: true },
    { header: 'ports', value: (ship) => ship.ports, wide: true },
    { header: 'created', value: (ship) => ({ age: ship.createdAt }) },
  ],
};

export const shipDetail: DetailView<Ship> = {
  kind: 'detail',
  id: (ship) => ship.id,
  name: (ship) => ship.name,
  fields: shipList.columns,
  sections: [
    section({
      title: 'Ports',
      rows: (ship: Ship) => ship.ports.map((port) => port.split('->')),
      columns: [
        { header: 'published', value: ([published]) => published ?? null, align: 'right' },
        { header: 'target', value: ([, target]) => target ?? null },
        { header: 'note', value: () => 'none', wide: true },
      ],
    }),
  ],
};

const now = Date.parse('2026-03-01T12:00:00Z');

export const onPipe: RenderOptions = {
  format: parseFormat('table'),
  terminal: { isTTY: false, columns: 80, colour: false },
  quiet: false,
  noTrunc: false,
  noHeader: false,
  now,
};

export const onTty: RenderOptions = { ...onPipe, terminal: { isTTY: true, columns: 200, colour: false } };
