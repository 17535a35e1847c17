type Environment = Readonly<Record<string, string | undefined>>;

/** Shorter than any secret, so that it never is or contains one. */
const mask = '***';

/** Secrets shorter than this are not looked for: they would take ordinary words apart. */
const shortest = 4;

const secretWords = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'privatekey',
  'accesskey',
  'credential',
  'authorization',
  'signature',
  'setcookie',
];

/**
 * Makes the function that takes secrets out of text for debug logs, errors and JSON. It replaces the secrets it is
 * given (of at least 4 characters; also as JSON, URLs and base64 spell them), and what looks like one whatever its
 * value: Authorization and Cookie headers, passwords in URLs, query parameters, JSON fields and `KEY=VALUE` whose name
 * says so, PEM private keys.
 *
 * @param env variables whose names look like a secret's add their values.
 */
export function createRedactor(secrets: Iterable<string>, env: Environment = {}): (text: string) => string {
  const known = [...spellings([...secrets, ...secretsOf(env)])];
  // The longest first: a secret may be part of another.
  known.sort((a, b) => b.length - a.length);
  const pattern = known.length === 0 ? undefined : new RegExp(known.map(escapeRegExp).join('|'), 'g');
  const replaceKnown = (text: string): string => (pattern === undefined ? text : replaceAll(text, pattern));
  // Twice: the patterns must not take a part of a known secret and leave the rest, nor join two halves of one.
  return (text) => replaceKnown(replacePatterns(replaceKnown(text)));
}

/** Until none is left: a replacement can complete another secret. Every round makes the text shorter. */
function replaceAll(text: string, pattern: RegExp): string {
  let current = text;
  for (;;) {
    const next = current.replace(pattern, mask);
    if (next === current) return current;
    current = next;
  }
}

/** Values of settings like `NO_TOKEN=true`: to mask these words would make any text unreadable. */
const plainValue = /^(?:true|false|none|null|default|\d{1,5})$/i;

function secretsOf(env: Environment): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isSecretName(name) && !plainValue.test(value) ? [value] : [],
  );
}

/** The secrets as they are and as they look in JSON, URLs and base64. */
function spellings(secrets: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortest) continue;
    all.add(secret);
    all.add(JSON.stringify(secret).slice(1, -1));
    all.add(encodeURIComponent(Buffer.from(secret).toString()));
    all.add(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
  }
  return all;
}

/** Whether what has this name is likely to be a secret. Files that hold one are not: `DB_PASSWORD_FILE`. */
function isSecretName(name: string): boolean {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (/(?:file|path)$/.test(letters)) return false;
  return secretWords.some((word) => letters.includes(word)) || /(?:^|[_-])(?:pass|auth|cookie)$|[_-]pwd$/i.test(name);
}

/*
 * The patterns match a name of any kind and ask isSecretName about it. Names are matched from their first character and
 * only once, so that the time stays linear in the text.
 */

const pemKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
const header = /(?<![\w-])((?:proxy-)?authorization|(?:set-)?cookie)(\\?["']?\s*[:=]\s*\\?["']?)([^\r\n"']+)/gi;
const urlPassword = /(?<=:\/\/)([^\s/?#:@"']*):([^\s/?#"']+)@/g;
const jsonField = /"([^"\\\n]{1,100})"(\s*:\s*)(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)/g;
/** A field of JSON that is itself a JSON string. */
const escapedField = /\\"([^"\\\n]{1,100})\\"(\s*:\s*)\\"(?:[^"\\]|\\\\\\"|\\[^"])*\\"/g;
/** A line of YAML. Indented, because `token: expired` at the start of a line is a message. */
const yamlField = /^([ \t]+(?:- +)?|- +)(["']?)([\w-]+)\2(: +)\S.*$/gm;
const queryParameter = /(?<=[?&;])([\w.-]+)=[^&\s"'#]+/g;
const assignment = /(?<![\w.?&-])([\w.-]+)=("[^"\n]*"|'[^'\n]*'|[^\s"]+)/g;

function replacePatterns(text: string): string {
  return text
    .replace(pemKey, mask)
    .replace(header, (_, name: string, between: string) => `${name}${between}${mask}`)
    .replace(urlPassword, (_, user: string) => `${user}:${mask}@`)
    .replace(jsonField, (field: string, name: string, colon: string) =>
      isSecretName(name) ? `"${name}"${colon}"${mask}"` : field,
    )
    .replace(escapedField, (field: string, name: string, colon: string) =>
      isSecretName(name) ? `\\"${name}\\"${colon}\\"${mask}\\"` : field,
    )
    .replace(yamlField, (field: string, indent: string, quote: string, name: string, colon: string) =>
      isSecretName(name) ? `${indent}${quote}${name}${quote}${colon}${mask}` : field,
    )
    .replace(queryParameter, (whole: string, name: string) => (isSecretName(name) ? `${name}=${mask}` : whole))
    .replace(assignment, (whole: string, name: string) => (isSecretName(name) ? `${name}=${mask}` : whole));
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
