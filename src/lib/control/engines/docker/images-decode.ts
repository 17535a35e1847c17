import * as v from 'valibot';
import type { Image, ImageDetail } from '../../../port/images.js';

const texts = v.nullish(v.array(v.string()));

const summary = v.looseObject({
  Id: v.string(),
  RepoTags: texts,
  RepoDigests: texts,
  Size: v.nullish(v.number()),
  /** Seconds since 1970. */
  Created: v.nullish(v.number()),
});

const inspected = v.looseObject({
  Id: v.string(),
  RepoTags: texts,
  RepoDigests: texts,
  Size: v.nullish(v.number()),
  /** RFC 3339 with nanoseconds. */
  Created: v.nullish(v.string()),
  Architecture: v.nullish(v.string()),
  Os: v.nullish(v.string()),
  Config: v.nullish(
    v.looseObject({
      Cmd: texts,
      Entrypoint: texts,
      Env: texts,
      ExposedPorts: v.nullish(v.record(v.string(), v.unknown())),
      Labels: v.nullish(v.record(v.string(), v.string())),
    }),
  ),
});

const removals = v.array(v.looseObject({ Untagged: v.optional(v.string()), Deleted: v.optional(v.string()) }));

/** The answer of `GET /images/json` (Engine API 1.41), on one node. Throws ValiError for what is none. */
export function decodeImages(body: unknown, node: string): Image[] {
  return v.parse(v.array(summary), body).map((image) => ({
    ...names(image),
    sizeBytes: image.Size ?? 0,
    nodes: [node],
    createdAt: secondsToTime(image.Created),
  }));
}

/** The answer of `GET /images/{name}/json`. Throws ValiError for what is none. */
export function decodeImage(body: unknown, node: string): ImageDetail {
  const image = v.parse(inspected, body);
  const { Cmd, Entrypoint, Env, ExposedPorts, Labels } = image.Config ?? {};
  return {
    ...names(image),
    sizeBytes: image.Size ?? 0,
    nodes: [node],
    createdAt: textToTime(image.Created),
    architecture: blankToNull(image.Architecture),
    os: blankToNull(image.Os),
    command: Cmd ?? null,
    entrypoint: Entrypoint ?? null,
    environment: Object.fromEntries((Env ?? []).map(variable)),
    ports: Object.keys(ExposedPorts ?? {}).sort(),
    labels: Labels ?? {},
  };
}

/** The answer of `DELETE /images/{name}`: what was done to which name or id, in order. */
export function decodeRemovals(
  body: unknown,
): readonly { readonly did: 'untagged' | 'deleted'; readonly name: string }[] {
  return v
    .parse(removals, body)
    .flatMap(({ Untagged, Deleted }) => [
      ...(Untagged === undefined ? [] : [{ did: 'untagged' as const, name: Untagged }]),
      ...(Deleted === undefined ? [] : [{ did: 'deleted' as const, name: Deleted }]),
    ]);
}

interface Named {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null | undefined;
  readonly RepoDigests?: readonly string[] | null | undefined;
}

/** Engine API 1.41 tells of an image without a name as `<none>:<none>`. */
function names({ Id, RepoTags, RepoDigests }: Named): Pick<Image, 'id' | 'tags' | 'digests'> {
  return {
    id: Id,
    tags: (RepoTags ?? []).filter((name) => name !== '<none>:<none>').sort(),
    digests: (RepoDigests ?? []).filter((name) => name !== '<none>@<none>').sort(),
  };
}

function variable(text: string): [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function secondsToTime(seconds: number | null | undefined): string | null {
  return typeof seconds !== 'number' || seconds <= 0 ? null : timeOf(seconds * 1000);
}

function textToTime(text: string | null | undefined): string | null {
  return timeOf(Date.parse(text ?? ''));
}

/** Docker's zero time is of the year 1. */
function timeOf(ms: number): string | null {
  return Number.isNaN(ms) || ms <= 0 || ms > 8.64e15 ? null : new Date(ms).toISOString();
}

function blankToNull(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : text;
}
