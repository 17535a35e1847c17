import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/lib/net/redact.js';

describe('known secrets', () => {
  const redact = createRedactor(['hunter22', 'hunter22-and-more', 'a"b\\c', 'p@ss word', 'abc']);

  it('replaces each, the longest first', () => {
    expect(redact('tried hunter22-and-more, then hunter22')).toBe('tried ***, then ***');
  });

  it('knows how JSON, URLs and base64 spell them', () => {
    const base64 = Buffer.from('hunter22').toString('base64');
    expect(redact(`${JSON.stringify({ x: 'a"b\\c' })} ${encodeURIComponent('p@ss word')} ${base64}`)).toBe(
      '{"x":"***"} *** ***=',
    );
  });

  it('leaves those alone that are too short to be told from words', () => {
    expect(redact('abc of it')).toBe('abc of it');
  });

  it('takes values of variables that are named like secrets, but not paths, switches and the working directory', () => {
    const fromEnvironment = createRedactor([], {
      DEIS_TOKEN: 'f00dcafe',
      DOCKERCLOUD_APIKEY: '0ff1ce00',
      NO_TOKEN: 'true',
      DB_PASSWORD_FILE: '/run/secrets/db',
      PWD: '/home/ada/project',
      EMPTY_SECRET: undefined,
    });
    expect(fromEnvironment('f00dcafe 0ff1ce00 true /run/secrets/db /home/ada/project')).toBe(
      '*** *** true /run/secrets/db /home/ada/project',
    );
  });

  it('lets no known secret of 4 characters or more through, whatever is around it', () => {
    const fragments = fc.oneof(
      fc.string({
        minLength: 0,
        maxLength: 6,
        unit: fc.constantFrom('*', 'a', 'b', '=', '"', ' ', ':', '&', '@', '/'),
      }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('token=', 'Authorization: ', 'https://user:', '"password": "', '\n  secret: '),
    );
    const secret = fc.oneof(
      fc.string({ minLength: 4, maxLength: 8, unit: fc.constantFrom('*', 'a', 'b', '=', '"', ' ', ':') }),
      fc.string({ minLength: 4, unit: 'binary' }),
    );
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.oneof(fragments, fc.nat(3)), { maxLength: 12 }),
        (secrets, parts) => {
          const text = parts.map((part) => (typeof part === 'string' ? part : (secrets[part] ?? ''))).join('');
          const clean = createRedactor(secrets)(text);
          for (const each of secrets) expect(clean).not.toContain(each);
        },
      ),
    );
  });

  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(redact(redact(text))).toBe(redact(text));
      }),
    );
  });
});

describe('what looks like a secret', () => {
  const redact = createRedactor([]);
  const examples: readonly (readonly [string, string])[] = [
    ['> Authorization: Basic YWRhOmh1bnRlcg==\n> Accept: */*', '> Authorization: ***\n> Accept: */*'],
    ['{"authorization":"Bearer abc.def","x":1}', '{"authorization":"***","x":1}'],
    ['Set-Cookie: session=1234; Path=/', 'Set-Cookie: ***'],
    ['tcp://ada:s3cr3t@db.example.com:5432/x', 'tcp://ada:***@db.example.com:5432/x'],
    ['redis://:p@ss@cache:6379', 'redis://:***@cache:6379'],
    ['ssh://ada@host and http://host:80/a@b', 'ssh://ada@host and http://host:80/a@b'],
    ['GET /v1/x?limit=2&token=abc&page=3', 'GET /v1/x?limit=2&token=***&page=3'],
    [
      '{"user": "ada", "password": "a\\"b", "apiKey":"k", "n": 1}',
      '{"user": "ada", "password": "***", "apiKey":"***", "n": 1}',
    ],
    ['{"private_key": 12345}', '{"private_key": "***"}'],
    ['{"body":"{\\"token\\":\\"abc\\",\\"id\\":1}"}', '{"body":"{\\"token\\":\\"***\\",\\"id\\":1}"}'],
    ['run with DB_PASSWORD=hunter2 DEBUG=1', 'run with DB_PASSWORD=*** DEBUG=1'],
    ['MYSQL_ROOT_PASSWORD="two words" X=1', 'MYSQL_ROOT_PASSWORD=*** X=1'],
    ['POSTGRES_PASSWORD_FILE=/run/secrets/db', 'POSTGRES_PASSWORD_FILE=/run/secrets/db'],
    ['      POSTGRES_PASSWORD: hunter2', '      POSTGRES_PASSWORD: ***'],
    ['token: expired', 'token: expired'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter', '***\nafter'],
  ];
  it.each(examples)('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('comes back from long adversarial text: quadratic time would not, within the time-out', () => {
    for (const unit of ['a.', 'token', '"', '://', 'a=', '\\"', '-----BEGIN PRIVATE KEY-----', '"k":"', ' - ']) {
      const text = unit.repeat(Math.ceil(200_000 / unit.length));
      expect(redact(text)).not.toBe('');
    }
  });
});
