import type { Registry } from '../../port/registries.js';
import { detail, list } from '../result.js';

export const registryList = list<Registry>({
  columns: [
    { header: 'host', value: ({ host }) => host, shrink: 'name' },
    { header: 'username', value: ({ username }) => username, shrink: 'name' },
    { header: 'tls', value: ({ tls }) => tls },
    { header: 'official', value: ({ official }) => official, wide: true },
    { header: 'email', value: ({ email }) => email, wide: true, shrink: true },
    { header: 'description', value: ({ description }) => description, wide: true, shrink: true },
  ],
  id: ({ id }) => id,
  name: ({ name }) => name,
  empty: 'No registries. Log in to one with `berth registry login HOST`.',
});

/** A registry that was logged in to. */
export const registryDetail = detail<Registry>({
  fields: [
    { header: 'host', value: ({ host }) => host },
    { header: 'username', value: ({ username }) => username },
    { header: 'encrypted', value: ({ tls }) => tls },
  ],
  id: ({ id }) => id,
  name: ({ name }) => name,
  properties: {
    id: null,
    name: null,
    host: null,
    username: null,
    email: null,
    description: null,
    official: null,
    tls: null,
  },
});
