import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { UsageError } from '../../../port/errors.js';
import { nearest } from '../../../text/nearest.js';
import { readIfThere } from './docker-config-file.js';

/** A context of the docker command: the parts that say how to reach its engine. */
export interface DockerContext {
  /** Empty where the context leaves it to the default. */
  readonly host: string;
  readonly skipTlsVerify: boolean;
  /** Where its ca.pem, cert.pem and key.pem are, if it has any. */
  readonly tlsFolder: string;
  /** Its meta.json, for messages. */
  readonly file: string;
}

const metaSchema = v.looseObject({
  Name: v.optional(v.string()),
  Endpoints: v.optional(
    v.looseObject({
      docker: v.optional(
        v.looseObject({ Host: v.optional(v.string(), ''), SkipTLSVerify: v.optional(v.boolean(), false) }),
      ),
    }),
  ),
});

/**
 * Reads what `docker context create` stored: `contexts/meta/<sha256 of the name>/meta.json`, with TLS files under
 * `contexts/tls/<the same>/docker` (docker/cli, cli/context/store).
 *
 * @param folder Docker's own, as `dockerFolder` gives it.
 * @param source who named the context, for messages.
 * @throws UsageError when there is no such context, or it cannot be read.
 */
export function readContext(folder: string, name: string, source: string): DockerContext {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', id, 'meta.json');
  const text = readIfThere(file);
  if (text === null) {
    const near = nearest(name, contextNames(folder));
    throw new UsageError(`${source} names the context ${JSON.stringify(name)}, which is not there`, {
      hint: near === undefined ? `\`docker context ls\` shows those that are.` : `Did you mean ${near}?`,
    });
  }
  const meta = parseMeta(text);
  if (meta === null) throw new UsageError(`${file} is not what Docker writes for a context`);
  const docker = meta.Endpoints?.docker;
  if (docker === undefined) {
    throw new UsageError(`the context ${JSON.stringify(name)} has no endpoint for Docker (${file})`);
  }
  return {
    host: docker.Host,
    skipTlsVerify: docker.SkipTLSVerify,
    tlsFolder: join(folder, 'contexts', 'tls', id, 'docker'),
    file,
  };
}

function contextNames(folder: string): readonly string[] {
  const meta = join(folder, 'contexts', 'meta');
  let entries: readonly string[];
  try {
    entries = readdirSync(meta);
  } catch {
    return ['default'];
  }
  const names = entries.flatMap((entry) => {
    const text = readIfThere(join(meta, entry, 'meta.json'));
    const name = text === null ? undefined : parseMeta(text)?.Name;
    return name === undefined ? [] : [name];
  });
  return ['default', ...names];
}

function parseMeta(text: string): v.InferOutput<typeof metaSchema> | null {
  try {
    const parsed = v.safeParse(metaSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
