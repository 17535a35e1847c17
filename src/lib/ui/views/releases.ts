import type { Release, ReleaseChange, ReleaseDetail } from '../../port/releases.js';
import { detail, list, mutation, value } from '../result.js';
import { stripControl, type Styles } from '../terminal.js';
import { section } from '../view.js';

const versionOf = (release: Release): string => `v${release.version}`;

/** Null for one of the past that went well. */
function status({ failed, current }: Release): { readonly state: string } | null {
  if (failed) return { state: current ? 'current (failed)' : 'failed' };
  return current ? { state: 'current' } : null;
}

export const releaseList = list<Release>({
  columns: [
    { header: 'version', value: versionOf },
    { header: 'status', value: status },
    { header: 'created', value: (release) => ({ age: release.createdAt }) },
    { header: 'user', value: (release) => release.user, shrink: true },
    { header: 'summary', value: (release) => release.summary, shrink: 'name' },
  ],
  id: (release) => release.id,
  name: versionOf,
  empty: 'No releases.',
});

export const releaseDetail = detail<ReleaseDetail>({
  fields: [
    { header: 'version', value: versionOf },
    { header: 'id', value: (release) => ({ id: release.id }) },
    { header: 'app', value: (release) => release.stack },
    { header: 'status', value: (release) => status(release) ?? { state: 'past' } },
    { header: 'created', value: (release) => ({ age: release.createdAt }) },
    { header: 'user', value: (release) => release.user },
    { header: 'summary', value: (release) => release.summary },
    { header: 'build', value: (release) => release.build },
    { header: 'config', value: (release) => release.config },
  ],
  id: (release) => release.id,
  name: versionOf,
  sections: [
    section({
      title: 'Processes',
      rows: (release: ReleaseDetail) => Object.entries(release.definition?.services ?? {}),
      columns: [
        { header: 'type', value: ([type]) => type, shrink: 'name' },
        { header: 'image', value: ([, service]) => service.image ?? null, shrink: true },
      ],
    }),
  ],
});

/** A line a field: `services.web.image: app:1 -> app:2`. */
export const releaseChanges = value<readonly ReleaseChange[]>({
  text: (changes, styles) =>
    changes.length === 0 ? 'No changes.\n' : changes.map((change) => `${changeLine(change, styles)}\n`).join(''),
});

function changeLine({ path, before, after }: ReleaseChange, styles: Styles): string {
  const shown = (value: string | null): string => (value === null ? '(none)' : stripControl(value));
  return `${stripControl(path)}: ${styles.red(shown(before))} -> ${styles.green(shown(after))}`;
}

export const releaseMutation = mutation<Release>({
  subjects: (release) => [{ id: release.id, name: versionOf(release) }],
});
